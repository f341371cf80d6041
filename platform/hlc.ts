/**
 * Hybrid logical clock (Kulkarni et al. 2014): close to wall time, and an effect is always later than its cause,
 * whatever the clocks of the machines say. Wire form: `<unix ms, 12 hex digits>-<counter, 4 hex digits>-<node>`.
 */
export interface HlcTime {
  /** Milliseconds since 1970: the highest wall time seen here or in anything received. */
  ms: number
  /** Orders what has the same `ms`; 0 to 0xffff. */
  counter: number
}

export const HLC_START: HlcTime = { ms: 0, counter: 0 }

const COUNTER_END = 0x1_0000

/** The time of a local event: later than everything before it. */
export function tick(last: HlcTime, wallMs: number): HlcTime {
  const wall = Math.floor(wallMs)
  return wall > last.ms ? { ms: wall, counter: 0 } : following(last)
}

/** The clock after a message stamped `remote` was read: what happens next is later than both. */
export function receive(last: HlcTime, wallMs: number, remote: HlcTime): HlcTime {
  const latest = compareHlc(last, remote) >= 0 ? last : remote
  return tick(latest, wallMs)
}

/** Negative, zero or positive as `a` is before, at or after `b`; the node is no part of it. */
export function compareHlc(a: HlcTime, b: HlcTime): number {
  return a.ms - b.ms || a.counter - b.counter
}

export function formatHlc(time: HlcTime, node: string): string {
  return `${time.ms.toString(16).padStart(12, '0')}-${time.counter.toString(16).padStart(4, '0')}-${node}`
}

/** null for what is not in the wire form. */
export function parseHlc(text: string): HlcTime | null {
  const parts = /^([0-9a-f]{12})-([0-9a-f]{4})-/.exec(text)
  if (parts === null) return null
  return { ms: Number.parseInt(parts[1] ?? '', 16), counter: Number.parseInt(parts[2] ?? '', 16) }
}

function following({ ms, counter }: HlcTime): HlcTime {
  // A full counter borrows a millisecond from the future rather than repeat itself.
  return counter + 1 < COUNTER_END ? { ms, counter: counter + 1 } : { ms: ms + 1, counter: 0 }
}
