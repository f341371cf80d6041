import type { Cancel, Clock } from './clock-port.ts'

/** CLOCK_MONOTONIC and libuv timers; wall time only for what people read. */
export function systemClock(): Clock {
  const now = () => Number(process.hrtime.bigint() / 1_000n) / 1_000
  return {
    now,
    wall: () => Date.now(),
    at(when: number, fire: () => void): Cancel {
      // libuv may fire up to a millisecond early against hrtime: a timer here never does.
      const check = () => {
        const left = when - now()
        if (left <= 0) fire()
        else timer = setTimeout(check, left)
      }
      let timer = setTimeout(check, Math.max(0, when - now()))
      return () => clearTimeout(timer)
    },
  }
}
