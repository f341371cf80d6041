import type { Clock } from '#platform/clock-port.ts'
import type { Log } from '#platform/log.ts'
import type { Settings } from '#schemas/settings.ts'
import { processRuns, type ScriptPolicy } from '../adapters/check-runs.ts'
import { initialiseFiles, isFirstSince, numberFiles } from '../adapters/number-file.ts'
import { procList } from '../adapters/process-list.ts'
import { createTrackers, type TrackerPorts, type Trackers } from './trackers.ts'

export interface TrackingOptions {
  clock: Clock
  log: Log
  /** Those that this process was started with. */
  settings: Settings
  /** What the configuration in force says of all scripts. */
  policy(): ScriptPolicy
  speaker: TrackerPorts['speaker']
  report: TrackerPorts['report']
}

/** What watches scripts, files and processes on this machine. To be called before root is given up. */
export function openTrackers({ clock, log, settings, policy, speaker, report }: TrackingOptions): Trackers {
  const { boot, spoolDir, identity, config } = settings
  const canSwitch = identity !== null || process.getuid?.() === 0
  const files = config.trackers.files.filter(({ init }) => init !== null)
  if (files.length > 0 && isFirstSince(boot, spoolDir, identity)) initialiseFiles(files, log)
  return createTrackers({
    clock,
    log,
    speaker,
    report,
    runs: processRuns({ canSwitch, policy, warn: (message) => log.warn(message) }),
    files: numberFiles({ clock, log }),
    processes: procList({ clock, log }),
  })
}
