import type { Clock, Millis } from './clock-port.ts'

export interface FakeClock extends Clock {
  /** Moves time forward, firing due timers in order at their own moment. */
  advance(byMs: number): void
}

/** The clock's twin for tests: time moves only when told. */
export function fakeClock(start: Millis = 0): FakeClock {
  let time = start
  let timers: { when: Millis; fire: () => void }[] = []
  const next = (until: Millis) => timers.filter((timer) => timer.when <= until).sort((a, b) => a.when - b.when)[0]
  return {
    now: () => time,
    wall: () => 1_700_000_000_000 + time,
    at(when, fire) {
      const timer = { when, fire }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(byMs) {
      const until = time + byMs
      for (let due = next(until); due !== undefined; due = next(until)) {
        const fired = due
        timers = timers.filter((timer) => timer !== fired)
        time = Math.max(time, fired.when)
        fired.fire()
      }
      time = until
    },
  }
}
