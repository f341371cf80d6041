/**
 * Instances may have to keep out of elections for a while after a start, so that a machine that has just booted finds
 * its network first (vrrp_startup_delay, vrrp_delay_after_boot).
 */
import type { Millis } from '#platform/clock-port.ts'
import type { Config } from '#schemas/config.ts'
import { awaitDevice, awaitsDevice } from './device.ts'
import { enter, leaseLeft } from './standing.ts'
import type { Fact, Input, State } from './state.ts'

/**
 * When instances may take part at the earliest.
 *
 * @param startedAt when this process was started; CLOCK_MONOTONIC, which counts from the boot of the machine
 */
export function firstElection(
  { startupDelayMs, delayAfterBootMs }: Pick<Config, 'startupDelayMs' | 'delayAfterBootMs'>,
  startedAt: Millis,
): Millis {
  return Math.max(startedAt + startupDelayMs, delayAfterBootMs)
}

/** services/ipvs has not made the device of this instance in time: now that is a fault. */
export function missDevice(at: Millis, state: State): Fact[] {
  if (!awaitsDevice(state)) return []
  return [{ type: 'DeviceOverdue', at }, ...enter('start', at, { ...state, devicePatience: 'over' })]
}

/** Begins, unless it has to wait. A lease that is alive does not wait: nothing of this node may interrupt it. */
export function start({ at, notBefore }: Extract<Input, { type: 'Started' }>, state: State): Fact[] {
  if (state.role !== 'init') return []
  const until = notBefore ?? state.startAt ?? at
  // A sync group starts its members together, when none of them has to wait any more.
  if (state.group !== null && at >= until) {
    return [...awaitDevice(at, state), ...(state.startAt === null ? [] : [{ type: 'StartDue', at } as const])]
  }
  const leased = leaseLeft(state) !== null
  if (at >= until || (state.group === null && leased)) return enter('start', at, state)
  if (until === state.startAt) return []
  const waitMs = Math.round(until - at)
  // Whether it goes on with its lease is for the group to say.
  if (leased) return [{ type: 'StartDeferred', at, until }]
  return [
    { type: 'StartDeferred', at, until },
    { type: 'StartHeld', at, instance: state.config.name, waitMs },
  ]
}
