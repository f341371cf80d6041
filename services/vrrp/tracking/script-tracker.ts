import type { Cancel, Clock } from '#platform/clock-port.ts'
import type { Log } from '#platform/log.ts'
import type { ScriptTracker as Settings } from '#schemas/tracking.ts'
import { afterRun, firstRound } from '../core/rounds.ts'
import type { TrackerReport } from '../core/tracking.ts'
import type { CheckRuns, RunningCheck } from '../ports.ts'

/** One vrrp_script at work, for all instances that track it. */
export interface ScriptTracker {
  stop(): void
}

export interface ScriptTrackerPorts {
  clock: Clock
  log: Log
  runs: CheckRuns
  report(report: TrackerReport): void
}

/** What a script gets to clean up after a TERM, and what the kernel may take for a KILL. */
const GRACE_MS = 2_000
/** A process that even KILL does not end (it waits for a disk) is killed again so often. */
const AGAIN_MS = 10_000

/** Runs it at once, and then at its interval; a run that is due while the one before goes on is left out. */
export function createScriptTracker(
  settings: Settings,
  { clock, log, runs, report }: ScriptTrackerPorts,
): ScriptTracker {
  let rounds = firstRound(settings.initFail, settings)
  let nextAt = clock.now()
  let running: RunningCheck | null = null
  let outOfTime = false
  let stopped = false
  let cancelDeadline: Cancel = () => {}
  let cancelNext: Cancel = () => {}
  tell('has not succeeded yet')
  begin()

  function tell(detail: string | null): void {
    const { name } = settings
    if (rounds.verdict !== 'unknown') report({ kind: 'script', name, status: rounds.verdict, detail, value: null })
  }

  function begin(): void {
    nextAt = Math.max(nextAt + settings.intervalMs, clock.now())
    cancelNext = clock.at(nextAt, begin)
    if (running !== null) return
    outOfTime = false
    running = runs.start(settings, (fault) => end(fault))
    cancelDeadline = clock.at(clock.now() + settings.timeoutMs, expire)
  }

  function end(fault: string | null): void {
    cancelDeadline()
    // What it has left behind in its group belongs to a run that is over.
    if (outOfTime) running?.kill()
    running = null
    if (!outOfTime && !stopped) judge(fault)
  }

  /** It counts as bad at once: it may never end. */
  function expire(): void {
    outOfTime = true
    judge(`timed out after ${settings.timeoutMs / 1_000} s`)
    running?.terminate()
    cancelDeadline = clock.at(clock.now() + GRACE_MS, () => insist(GRACE_MS))
  }

  function insist(patienceMs: number): void {
    running?.kill()
    cancelDeadline = clock.at(clock.now() + patienceMs, () => {
      log.warn({ script: settings.name }, 'a script does not end, not even by SIGKILL')
      insist(AGAIN_MS)
    })
  }

  function judge(fault: string | null): void {
    const before = rounds.verdict
    rounds = afterRun(rounds, fault === null, settings)
    if (rounds.verdict === before) return
    const times = settings.fall > 1 && before === 'up' ? ` ${settings.fall} times` : ''
    tell(fault === null ? 'succeeded' : `failed${times}: ${fault}`)
  }

  return {
    stop() {
      stopped = true
      cancelNext()
      cancelDeadline()
      running?.terminate()
      running = null
    },
  }
}
