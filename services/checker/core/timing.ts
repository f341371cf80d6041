import type { Millis } from '#platform/clock-port.ts'
import type { CheckState } from './state.ts'

/** Interfaces and servers get this long to come up before the first probe, milliseconds. */
const BOOTSTRAP_MS = 1_000

/** @param luck random number in [0, 1): spreads the checks of all servers over the warm-up time */
export function firstProbeAt(at: Millis, warmupMs: number, luck: number): Millis {
  return at + BOOTSTRAP_MS + luck * warmupMs
}

/** The next probe counts from the end of the one before. */
export function nextProbeAt({ definition, status, failures }: CheckState, at: Millis): Millis {
  const retrying = status === 'up' && failures > 0
  return at + (retrying ? definition.delayBeforeRetryMs : definition.delayLoopMs)
}
