import type { Cancel, Clock } from '#platform/clock-port.ts'
import type { ProcessTracker as Settings } from '#schemas/tracking.ts'
import { countWords, isEnough, isMeant, type ProcessLook } from '../core/process-match.ts'
import type { TrackerReport } from '../core/tracking.ts'
import type { ProcessList } from '../ports.ts'

export interface ProcessTrackerPorts {
  clock: Clock
  processes: ProcessList
  report(report: TrackerReport): void
}

/** One vrrp_track_process, for all instances that track it. */
export function createProcessTracker(
  settings: Settings,
  { clock, processes, report }: ProcessTrackerPorts,
): { stop(): void } {
  const { name, forkDelayMs, terminateDelayMs } = settings
  const meant = new Set<number>()
  let verdict: boolean | null = null
  let pending: Cancel | null = null

  function settle(): void {
    pending?.()
    pending = null
    verdict = isEnough(settings, meant.size)
    report({
      kind: 'process',
      name,
      status: verdict ? 'up' : 'down',
      detail: countWords(settings, meant.size),
      value: null,
    })
  }

  /** The count has changed: what follows waits, and is forgotten when the next change takes it back. */
  function weigh(hasMore: boolean): void {
    if (isEnough(settings, meant.size) === verdict) {
      pending?.()
      pending = null
      return
    }
    const delayMs = hasMore ? forkDelayMs : terminateDelayMs
    if (delayMs === 0) settle()
    else pending ??= clock.at(clock.now() + delayMs, settle)
  }

  const watch = processes.follow({ needsArguments: settings.match !== 'name' }, (pid, look: ProcessLook | null) => {
    const isOne = look !== null && isMeant(settings, look)
    if (isOne === meant.has(pid)) return
    if (isOne) meant.add(pid)
    else meant.delete(pid)
    if (verdict !== null) weigh(isOne)
  })
  settle()
  return {
    stop() {
      watch.close()
      pending?.()
    },
  }
}
