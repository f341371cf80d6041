/** How far an event or an own advert may be believed, and the times that follow from an instance's settings. */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { Instance } from './state.ts'

/** How long the event that belongs to an advert is waited for before the addresses are told without their cause. */
export const TELL_MS = 100
/** With the bus down: how long vrrp needs, at most, to see a loss and to fall silent. */
const SILENCE_MS = 20
/** How much too young the time stamp of an advert may make it. */
const STAMP_SLACK_MS = 5
/** An event's time is cut to milliseconds: an advert must be clearly younger to contradict it. */
const CLOCK_SLACK_MS = 50

/**
 * Age up to which something speaks for the present. Older adverts and events lay in a queue, most likely because this
 * process or the machine was stopped, and somebody else may be master by now.
 */
export function freshMs(config: VrrpInstance): number {
  return Math.min(500, Math.max(100, config.advertIntervalMs / 2))
}

export function isFresh(config: VrrpInstance, happenedAt: Millis, at: Millis): boolean {
  return at - happenedAt <= freshMs(config)
}

/**
 * Whether an advert left after the last loss, leave or resignation. Both times have been worked out from a wall clock
 * of whole milliseconds, so that an advert from just before could look younger than it is.
 */
export function leftSince(sentAt: Millis, notBefore: Millis): boolean {
  return sentAt > notBefore + STAMP_SLACK_MS
}

/** Own adverts left after this event of vrrp: it was held back, and is history. */
export function isSuperseded(instance: Instance, happenedAt: Millis): boolean {
  return instance.advertAt > happenedAt + CLOCK_SLACK_MS
}

/**
 * An own advert that left after this ends a loss. vrrp needs a moment to see the loss and to resign: adverts in it mean
 * nothing. With the bus up vrrp would tell us of a new mastership, so there the adverts must go on for much longer.
 */
export function lossEndsAfter(config: VrrpInstance, lostAt: Millis, busConnected: boolean): Millis {
  return lostAt + (busConnected ? Math.max(1_000, 2 * config.advertIntervalMs) : SILENCE_MS)
}

/** How long an address without a lease waits for an own advert before it counts as left over. */
export function leftOverWaitMs(config: VrrpInstance): number {
  return config.advertIntervalMs * 1.5 + 500
}

/** Refreshing more often than this only costs: each refresh wakes every listener of address events. */
export function refreshSpacingMs(config: VrrpInstance): number {
  return config.leaseMs / 8
}
