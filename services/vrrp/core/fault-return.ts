/**
 * The way back from FAULT, where FAULT comes and goes (a link that flaps): the first one is free, and each further one
 * within the window of flap_damping waits, a second and then twice as long each time, for as long as there is no fault
 * again. Until then the instance stays in FAULT and says nothing, so that there is one FAULT and one BACKUP per wait.
 *
 * It listens meanwhile: as soon as a backup in its place would take over, because no master is heard any more, the wait
 * is over. Members of a sync group do not wait: their group lets them back together.
 */
import type { Millis } from '#platform/clock-port.ts'
import { endOf, LAST_RESORT, limitOf, within } from './damping.ts'
import type { Fact, HeardAdvert, State } from './state.ts'
import { patienceMs, standingOf } from './state.ts'
import { backoffMs, skewMs } from './timing.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

/** There is no fault any more; null: it may return at once. */
export function holdReturn(at: Millis, state: State): Fact[] | null {
  const { damping, config } = state
  const limit = limitOf(state)
  if (limit === null) return null
  if (damping.hold !== null) return []
  const count = within(damping.returns, limit.windowMs, at).length
  const waitMs = backoffMs(count, FIRST_WAIT_MS, Math.min(LONGEST_WAIT_MS, limit.windowMs))
  if (waitMs === 0) return null
  const aloneAt = at + patienceMs(state, config.advertIntervalMs)
  const held: Fact = { type: 'ReturnHeld', at, until: at + waitMs, aloneAt }
  if (damping.told) return [held]
  const { windowMs } = limit
  const detail = `was in FAULT ${count + 1} times in ${windowMs / 1_000} s, the last time: ${damping.fault}`
  return [
    held,
    {
      type: 'DampingBegan',
      ...{ at, instance: config.name, what: 'return', count: count + 1, windowMs, waitMs, detail },
    },
  ]
}

/** There is a fault again, before the wait was over. */
export function loseReturn(at: Millis, { damping }: State): Fact[] {
  return damping.hold === null ? [] : [{ type: 'ReturnLost', at }]
}

/** While the way back waits masters are heard, as a backup would that preempts nobody. */
export function overhear({ source, priority, intervalMs }: HeardAdvert, at: Millis, state: State): Fact[] {
  if (state.damping.hold === null || priority === LAST_RESORT) return []
  const waitMs = priority === 0 ? skewMs(standingOf(state), intervalMs) : patienceMs(state, intervalMs)
  const master = { address: source, priority }
  return [{ type: 'MasterOverheard', at, master, intervalMs, aloneAt: at + waitMs }]
}

export function isReturnDue(at: Millis, { damping: { hold } }: State): boolean {
  return hold !== null && at >= endOf(hold)
}

/** What a backup knows that has listened already. */
export function knownMaster(at: Millis, { damping: { hold } }: State): Fact[] {
  if (hold === null) return []
  const { heard, aloneAt: downAt } = hold
  if (heard === null) return [{ type: 'MasterDoubted', at, downAt }]
  const { peer: master, at: heardAt, intervalMs } = heard
  if (master.priority === 0) return [{ type: 'MasterResigned', at: heardAt, master, downAt }]
  return [{ type: 'MasterAlive', at: heardAt, master, intervalMs, downAt }]
}
