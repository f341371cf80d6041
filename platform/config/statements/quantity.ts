/** Amounts with a unit behind the number: sizes in bytes and durations in seconds. */

/** Powers of 1024, as in nats-server's own configuration. */
const BYTES = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

type Units = Readonly<Record<string, number>>

/** `512M` as bytes; a number alone is bytes. Null for anything else. */
export function bytesOf(text: string): number | null {
  return amountOf(text, BYTES)
}

/** `30d` as seconds; a number alone is seconds. Null for anything else. */
export function secondsOf(text: string): number | null {
  return amountOf(text, SECONDS)
}

/** Bytes as one would write them: in the largest unit that leaves no remainder. */
export function bytesText(bytes: number): string {
  return amountText(bytes, BYTES)
}

/** Seconds as one would write them: in the largest unit that leaves no remainder. */
export function secondsText(seconds: number): string {
  return amountText(seconds, SECONDS)
}

function amountOf(text: string, units: Units): number | null {
  const [, digits, unit] = /^(-?\d+)([A-Za-z]?)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined) return null
  const factor = unit === '' ? 1 : units[unit]
  return factor === undefined ? null : Number(digits) * factor
}

function amountText(amount: number, units: Units): string {
  const [unit, factor] = Object.entries(units).findLast(([, each]) => amount > 0 && amount % each === 0) ?? ['', 1]
  return `${amount / factor}${unit}`
}
