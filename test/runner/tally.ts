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

/** What tally-reporter.ts wrote to `path`, and whether it got to its end. A missing file is a run that never began. */
export function readTally(path: string): { tally: Tally; complete: boolean } {
  let lines: string[] = []
  try {
    lines = readFileSync(path, 'utf8').split('\n')
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw cause
    return { tally: NOTHING, complete: false }
  }
  const count = (outcome: string) => lines.filter((line) => line === outcome).length
  const tally = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  return { tally, complete: lines.includes('end') }
}

/** The line that closes a run: `7 passed, 0 failed`, and `, 1 skipped` when there are any. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
