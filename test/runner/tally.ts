import { readFileSync } from 'node:fs'
import { isErrno } from '#platform/errors.ts'

/** How many tests ended how. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 }

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    NOTHING,
  )
}

/** What tally-reporter.ts wrote. */
export interface Reading {
  tally: Tally
  /** Files with a process of their own that came to their end. */
  files: number
  /** Whether the run as a whole came to its end. */
  complete: boolean
}

/** Reads what tally-reporter.ts wrote to `path`. A missing file is a run that never began. */
export function readTally(path: string): Reading {
  const lines = linesOf(path)
  const count = (word: string) => lines.filter((line) => line === word).length
  const tally = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  return { tally, files: count('file'), complete: lines.includes('end') }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return []
    throw cause
  }
}

/** The line that closes a run: `7 passed, 0 failed`, and `, 1 skipped` when there are any. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
