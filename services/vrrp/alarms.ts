import type { Cancel, Clock, Millis } from '#platform/clock-port.ts'

/** One named moment. */
export interface Alarm {
  /** Rings at `when` instead of at any moment set before. */
  set(when: Millis): void
  clear(): void
}

/**
 * An alarm that is cheap to put off: a timer that runs already is left alone, and goes to sleep again when it finds
 * that its moment has moved. A backup moves its master-down timer with every advert.
 */
export function createAlarm(clock: Clock, ring: (at: Millis) => void): Alarm {
  let due: Millis | null = null
  let armed: { when: Millis; cancel: Cancel } | null = null

  function arm(when: Millis): void {
    armed = { when, cancel: clock.at(when, wake) }
  }

  function wake(): void {
    armed = null
    const now = clock.now()
    if (due === null) return
    if (now < due) {
      arm(due)
      return
    }
    due = null
    ring(now)
  }

  return {
    set(when) {
      due = when
      if (armed !== null && armed.when <= when) return
      armed?.cancel()
      arm(when)
    },
    clear() {
      due = null
      armed?.cancel()
      armed = null
    },
  }
}
