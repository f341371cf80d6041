import type { FileTracker as Settings } from '#schemas/tracking.ts'
import { fileValue } from '../core/file-value.ts'
import type { TrackerReport } from '../core/tracking.ts'
import type { OpenNumberFile } from '../ports.ts'

export interface FileTrackerPorts {
  files: OpenNumberFile
  report(report: TrackerReport): void
}

/** One track_file, for all instances that track it. */
export function createFileTracker({ name, path }: Settings, { files, report }: FileTrackerPorts): { stop(): void } {
  const file = files(path, (text) => {
    const value = fileValue(text ?? '')
    // A number that nobody can have meant leaves things as they are.
    if (value === null) return
    const detail = text === null ? 'is not there, which counts as 0' : `holds ${value}`
    report({ kind: 'file', name, status: 'up', detail, value })
  })
  return { stop: () => file.close() }
}
