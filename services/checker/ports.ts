/** What the effects of checker need from outside. */
import type { Check } from '#schemas/config.ts'

export type ProbeResult =
  | { outcome: 'passed'; tookMs: number }
  | { outcome: 'failed'; reason: string; detail: string }
  /** We could not even ask (no descriptors, no memory): this says nothing about the server. */
  | { outcome: 'impossible'; detail: string }

export interface Probes {
  /** Asks once; `onEnd` is called exactly once, later. */
  probe(check: Check, onEnd: (result: ProbeResult) => void): void
}
