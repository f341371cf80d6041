/**
 * What tracked things mean for an instance: it cannot take part (weight 0), or has another priority. Measured with
 * keepalived 2.2.7: `reverse` turns the sign of what a weight does, and not when it does it (weight 10 reverse takes 10
 * away while the script is good).
 */
import type { Tracked, TrackerKind } from '#schemas/tracking.ts'

/** How a tracked thing is. Whoever watches one reports it; all instances that track it are told. */
export interface TrackerReport {
  kind: TrackerKind
  name: string
  /** unknown: nobody can say yet. An instance that starts waits for it; one that runs goes on as before. */
  status: 'up' | 'down' | 'unknown'
  /** What is wrong, in words that follow its kind and name: `failed: exit status 1`. null: nothing to add. */
  detail: string | null
  /** The number in a tracked file; null for all other kinds. */
  value: number | null
}

/** The newest report of each tracked thing, by `trackerKey`. */
export type Reports = ReadonlyMap<string, TrackerReport>

/** As in keepalived: weights of 254 count as 253. */
const LARGEST = 253

export function trackerKey({ kind, name }: Pick<TrackerReport, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}

/** Why an instance that tracks this cannot take part, in words; null: it can. */
export function trackedFault(tracked: readonly Tracked[], reports: Reports): string | null {
  for (const each of tracked) {
    const report = reports.get(trackerKey(each))
    if (report !== undefined && effectOf(each, report) === 'fault') return reportWords(report)
  }
  return null
}

/** Whether something that could put the instance into FAULT has not been heard of yet. */
export function awaitsReport(tracked: readonly Tracked[], reports: Reports): boolean {
  return tracked.some((each) => each.weight === 0 && (reports.get(trackerKey(each))?.status ?? 'unknown') === 'unknown')
}

/** What all of it together adds to the priority. */
export function trackedWeight(tracked: readonly Tracked[], reports: Reports): number {
  let sum = 0
  for (const each of tracked) {
    const report = reports.get(trackerKey(each))
    const effect = report === undefined ? 0 : effectOf(each, report)
    if (effect !== 'fault') sum += effect
  }
  return sum
}

/** `script chk_web failed: exit status 1` */
export function reportWords({ kind, name, status, detail }: Omit<TrackerReport, 'value'>): string {
  return `${kind} ${name} ${detail ?? `is ${status}`}`
}

function effectOf({ weight, reverse }: Tracked, { status, value }: TrackerReport): number | 'fault' {
  if (status === 'unknown') return 0
  const sign = reverse ? -1 : 1
  if (weight === 0) {
    const bad = value === null ? status === 'down' : value !== 0
    return bad !== reverse ? 'fault' : 0
  }
  if (value !== null) {
    const product = value * weight * sign
    return product < -LARGEST ? 'fault' : Math.min(product, LARGEST)
  }
  const counts = weight > 0 ? status === 'up' : status === 'down'
  return counts ? sign * Math.max(-LARGEST, Math.min(weight, LARGEST)) : 0
}
