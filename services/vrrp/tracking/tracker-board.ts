import type { Bus } from '#platform/bus-port.ts'
import { isEqual } from '#platform/equality.ts'
import type { Log } from '#platform/log.ts'
import { causeOf } from '#platform/loop.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { Tracked } from '#schemas/tracking.ts'
import { type TrackerReport, trackerKey } from '../core/tracking.ts'

/** A report, and the event that tells of it; null when nobody had to be told. */
export interface Noted {
  report: TrackerReport
  cause: Cause | null
}

/** What is known of everything that instances track, once for all of them. */
export interface TrackerBoard {
  /**
   * Whoever watches something says how it is, as often as it likes: only changes go on. `cause` is the event that tells
   * of it already; without one TrackerChanged does.
   */
  report(report: TrackerReport, cause?: Cause): void
  /** undefined: nobody has reported it yet. */
  latest(tracked: Tracked): Noted | undefined
  /** From now on only these matter; what is known of others is forgotten. */
  keep(tracked: readonly Tracked[]): void
}

export interface BoardPorts {
  publish: Bus['publish']
  log: Log
  /** Passes a change on to the instances. */
  tell(noted: Noted): void
}

/** Publishes each change once, whatever the number of instances: the event is the cause of what they do. */
export function createBoard({ publish, log, tell }: BoardPorts): TrackerBoard {
  let wanted: ReadonlySet<string> = new Set()
  const known = new Map<string, Noted>()

  function announce(report: TrackerReport): Cause {
    const { kind, name } = report
    const draft = { service: 'vrrp' as const, entity: `${kind} ${name}`, data: { type: 'TrackerChanged', ...report } }
    const published = publish(draft, null)
    log.info({ event: published.envelope.id, entity: draft.entity, data: draft.data }, 'TrackerChanged')
    return causeOf(published)
  }

  return {
    report(report, told) {
      const key = trackerKey(report)
      const before = known.get(key)
      if (isEqual(before?.report, report) || !isChange(before?.report, report)) return
      const isOurs = wanted.has(key) && isNews(before?.report, report)
      const cause = told ?? (isOurs ? announce(report) : null)
      const noted = { report, cause }
      known.set(key, noted)
      tell(noted)
    },
    latest: (tracked) => known.get(trackerKey(tracked)),
    keep(tracked) {
      wanted = new Set(tracked.map(trackerKey))
      for (const key of known.keys()) if (!wanted.has(key)) known.delete(key)
    },
  }
}

/** A script that fails in another way than before has not changed. */
function isChange(before: TrackerReport | undefined, { status, value }: TrackerReport): boolean {
  return before === undefined || before.status !== status || before.value !== value
}

/** That something is as it should be at first is nothing new. */
function isNews(before: TrackerReport | undefined, { status, value }: TrackerReport): boolean {
  return (before !== undefined && before.status !== 'unknown') || status === 'down' || (value ?? 0) !== 0
}
