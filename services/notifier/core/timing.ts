const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/** Pause before the next attempt at a mail, milliseconds: 1 s, doubling to 60 s. `failed`: attempts so far, from 1. */
export function retryDelayMs(failed: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failed - 1, 10))
}
