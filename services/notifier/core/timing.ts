/**
 * How long a mail is tried. Mails go out in the order of the log, one at a time, and while the server is away the first
 * one waits: none of the others would get through either. A mail that the server itself keeps putting off (4xx:
 * greylisting, a full mailbox) is set aside after three times, so that later news passes it; it goes on being tried
 * for the five days of RFC 5321 4.5.4.1, at the end every half hour as that section asks. Alerts are wanted soon, and
 * the server is usually our own relay: hence the quick start, which the section leaves open.
 */

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000
const LONGEST_ASIDE_MS = 30 * 60_000
const GIVE_UP_MS = 5 * 24 * 3_600_000

/** So often may the server put a mail off before others pass it. */
const PATIENCE = 3
/** When so many are set aside it is not one mail's fault: the order of the others is worth more. */
const MOST_ASIDE = 10

/** Pause before the next attempt at a mail, milliseconds: 1 s, doubling to 60 s. `failed`: attempts so far, from 1. */
export function retryDelayMs(failed: number): number {
  return doubled(failed, LONGEST_RETRY_MS)
}

/** The same for one that is set aside: doubling on, to half an hour. `putOff`: how often the server did so, from 1. */
export function asideDelayMs(putOff: number): number {
  return doubled(putOff, LONGEST_ASIDE_MS)
}

/** `aside`: how many are set aside already. */
export function mustStandAside(putOff: number, aside: number): boolean {
  return putOff >= PATIENCE && aside < MOST_ASIDE
}

export function isHopeless(ageMs: number): boolean {
  return ageMs >= GIVE_UP_MS
}

function doubled(failed: number, longestMs: number): number {
  return Math.min(longestMs, FIRST_RETRY_MS * 2 ** Math.min(Math.max(0, failed - 1), 20))
}
