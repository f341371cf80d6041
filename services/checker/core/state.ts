/** What is known of one real server of one virtual server. One loop runs per pair. */
import type { Millis } from '#platform/clock-port.ts'
import type { CheckerEvent, CheckerSnapshot } from '#schemas/checker.ts'
import type { Check } from '#schemas/config.ts'
import type { ProbeResult } from '../ports.ts'

export type Memory = CheckerSnapshot['servers'][number]
export type Verdict = NonNullable<Memory['verdict']>

export interface CheckState {
  /** `TCP_CHECK 192.168.105.203:80`, unique within the real server. */
  name: string
  definition: Check
  /** `unknown`: no probe has decided yet, and the log says nothing. */
  status: 'unknown' | 'up' | 'down'
  /** Failed probes in a row. */
  failures: number
  /** The last failure while there are any. */
  failure: { reason: string; detail: string } | null
  /** The status comes from a probe of this run: the log knows nothing newer. */
  observed: boolean
  /** How long the last good probe took. */
  tookMs: number
  /** Number of the current schedule: timers and probes of an earlier one no longer count. */
  round: number
}

export interface State {
  virtualServer: string
  realServer: string
  checks: readonly CheckState[]
  /** What our events have said last. */
  verdict: Verdict | null
  /** The verdict comes from an event of this run. */
  verdictIsNew: boolean
  /**
   * awaited: the log is being read; known: all of it has been; unavailable: no bus for so long that ipvs may have an
   * opinion which nobody here knows.
   */
  history: 'awaited' | 'known' | 'unavailable'
}

export type Input =
  /** The checks that the configuration gives the server; `luck` holds a random number in [0, 1) for each of them. */
  | { type: 'ChecksConfigured'; checks: readonly Check[]; luck: readonly number[]; at: Millis }
  | { type: 'ProbeTimeCame'; check: string; round: number }
  | { type: 'ProbeEnded'; check: string; round: number; result: ProbeResult; at: Millis }
  | { type: 'HistoryRead' }
  | { type: 'HistoryMissing' }

export type Fact =
  | CheckerEvent
  | { type: 'ChecksTaken'; checks: readonly CheckState[] }
  | { type: 'ProbeScheduled'; check: string; when: Millis }
  | { type: 'ProbeBegan'; check: string; round: number }
  /** The check was not known to pass, and does now. */
  | { type: 'CheckPassed'; check: string; tookMs: number }
  | { type: 'AttemptPassed'; check: string; tookMs: number }
  /** Not yet a failed check: there are retries left, or it has failed before. */
  | { type: 'AttemptFailed'; check: string; reason: string; detail: string }
  | { type: 'CheckFailed'; check: string; reason: string; detail: string }
  | { type: 'ProbeMadeImpossible'; check: string; detail: string }
  | { type: 'HistorySettled'; history: 'known' | 'unavailable' }
  /** An event of an earlier run, out of the log. */
  | { type: 'EventRecalled'; event: CheckerEvent }

export type Effect =
  | { type: 'ProbeAt'; check: string; round: number; when: Millis }
  | { type: 'Probe'; check: string; round: number; definition: Check }
  | { type: 'Complain'; check: string; detail: string }

export function initialState(virtualServer: string, realServer: string, history: State['history']): State {
  return { virtualServer, realServer, checks: [], verdict: null, verdictIsNew: false, history }
}
