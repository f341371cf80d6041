/** Monotonic milliseconds. Only differences mean anything. */
export type Millis = number

export type Cancel = () => void

/** What the rest of the program knows of time. */
export interface Clock {
  /** Monotonic milliseconds with microsecond fractions (CLOCK_MONOTONIC). */
  now(): Millis
  /** Wall clock, milliseconds since 1970; never used for deciding, except whether a signature is of now. */
  wall(): number
  /** Calls `fire` once `now()` has reached `when`, never before. */
  at(when: Millis, fire: () => void): Cancel
}
