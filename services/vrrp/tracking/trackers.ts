import type { Clock } from '#platform/clock-port.ts'
import { isEqual } from '#platform/equality.ts'
import type { Log } from '#platform/log.ts'
import type { Config } from '#schemas/config.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { BfdTracker, FileTracker, ProcessTracker, ScriptTracker } from '#schemas/tracking.ts'
import type { BfdSpeaker } from '../bfd/bfd-speaker.ts'
import type { TrackerReport } from '../core/tracking.ts'
import type { CheckRuns, OpenNumberFile, ProcessList } from '../ports.ts'
import { createBfdTracker } from './bfd-tracker.ts'
import { createFileTracker } from './file-tracker.ts'
import { createProcessTracker } from './process-tracker.ts'
import { createScriptTracker } from './script-tracker.ts'

/** Everything that is watched on behalf of the instances, besides links and addresses. */
export interface Trackers {
  /** Watches what is in it; what is the same as before goes on untouched. */
  apply(config: Pick<Config, 'trackers'>): void
  stop(): void
}

export interface TrackerPorts {
  clock: Clock
  log: Log
  runs: CheckRuns
  files: OpenNumberFile
  processes: ProcessList
  speaker: Pick<BfdSpeaker, 'open'>
  report(report: TrackerReport, cause?: Cause): void
}

/** Who watches one thing. */
interface Watcher<Settings> {
  /** Takes over what can change while it goes on; false, or without this: it starts anew. */
  change?(settings: Settings): boolean
  stop(): void
}

export function createTrackers(ports: TrackerPorts): Trackers {
  const scripts = createGroup((settings: ScriptTracker) => createScriptTracker(settings, ports))
  const files = createGroup((settings: FileTracker) => createFileTracker(settings, ports))
  const processes = createGroup((settings: ProcessTracker) => createProcessTracker(settings, ports))
  const sessions = createGroup((settings: BfdTracker) => createBfdTracker(settings, ports))
  return {
    apply({ trackers }) {
      sessions.apply(trackers.sessions)
      scripts.apply(trackers.scripts)
      files.apply(trackers.files)
      processes.apply(trackers.processes)
    },
    stop() {
      sessions.apply([])
      scripts.apply([])
      files.apply([])
      processes.apply([])
    },
  }
}

interface Group<Settings> {
  apply(all: readonly Settings[]): void
}

/** Watchers by name: one whose settings have changed starts anew. */
function createGroup<Settings extends { name: string }>(
  start: (settings: Settings) => Watcher<Settings>,
): Group<Settings> {
  const running = new Map<string, { settings: Settings; watcher: Watcher<Settings> }>()
  return {
    apply(all) {
      const wanted = new Map(all.map((settings) => [settings.name, settings]))
      for (const [name, { settings, watcher }] of running) {
        const next = wanted.get(name)
        if (isEqual(settings, next)) continue
        if (next !== undefined && watcher.change?.(next)) {
          running.set(name, { settings: next, watcher })
          continue
        }
        watcher.stop()
        running.delete(name)
      }
      for (const [name, settings] of wanted) {
        if (!running.has(name)) running.set(name, { settings, watcher: start(settings) })
      }
    },
  }
}
