import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeEnding, type Ending, type Output, runBounded } from './child.ts'
import { NOTHING, type Reading, readTally, type Tally } from './tally.ts'

const CACHE = fileURLToPath(new URL('../../.cache/test', import.meta.url))
const COUNTER = fileURLToPath(new URL('./tally-reporter.ts', import.meta.url))

export interface Run {
  /** A process for each file, one after the other; else one process for all, which is quicker. */
  isolated: boolean
  boundMs: number
  output?: Output
  /** Puts the command into another machine; `folder` is where it may write. */
  wrap?: (command: readonly string[], folder: string, boundMs: number) => string[]
}

/**
 * Runs test files with `node --test`. What it prints is for people; the counts come from a reporter of our own, so that
 * no text has to be understood.
 */
export async function runTests(
  files: readonly string[],
  { isolated, boundMs, wrap, output = 'inherit' }: Run,
): Promise<Tally> {
  if (files.length === 0) return NOTHING
  mkdirSync(CACHE, { recursive: true })
  // Each run its own: two may go on at the same time.
  const folder = mkdtempSync(join(CACHE, `${process.pid}-`))
  try {
    const tallyFile = join(folder, 'tally')
    const readers = ['--test-reporter=spec', '--test-reporter-destination=stdout']
    const counters = [`--test-reporter=${COUNTER}`, `--test-reporter-destination=${tallyFile}`]
    // A file that leaves something open does not hold up the rest.
    const flags = isolated ? ['--test-concurrency=1', '--test-force-exit'] : ['--test-isolation=none']
    const command = [process.execPath, '--test', ...flags, ...readers, ...counters, ...files]
    const ending = await runBounded(wrap?.(command, folder, boundMs) ?? command, boundMs, output)
    return judge(ending, readTally(tallyFile), isolated ? files.length : 0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The counts, with one more failure when the run itself failed and no test says so.
 *
 * @param files how many files should have come to their end in a process of their own
 * @param say gets the reason for that one more failure
 */
export function judge(
  ending: Ending,
  reading: Reading,
  files: number,
  say: (text: string) => void = console.log,
): Tally {
  const problem = problemOf(ending, reading, files)
  if (problem === undefined) return reading.tally
  say(`✖ the run itself failed: ${problem}`)
  return { ...reading.tally, failed: reading.tally.failed + 1 }
}

function problemOf(ending: Ending, { tally, files: ended, complete }: Reading, files: number): string | undefined {
  const hasFailed = tally.failed > 0
  const told = describeEnding(ending)
  if (told !== undefined && !(hasFailed && complete)) return told
  if (!complete) return 'it ended before its tests did'
  if (tally.passed + tally.failed + tally.skipped === 0) return 'it ran no test'
  // A file that crashes is a failed test by itself.
  if (ended < files && !hasFailed) return `${files - ended} of ${files} files ended before their tests did`
  return undefined
}
