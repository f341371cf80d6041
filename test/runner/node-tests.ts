import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeEnding, type Ending, runBounded } from './child.ts'
import { NOTHING, readTally, type Tally } from './tally.ts'

const CACHE = fileURLToPath(new URL('../../.cache/test', import.meta.url))
const COUNTER = fileURLToPath(new URL('./tally-reporter.ts', import.meta.url))

export interface Run {
  flags: readonly string[]
  boundMs: number
  /** Puts the command into another machine; `folder` is where it may write. */
  wrap?: (command: readonly string[], folder: string, boundMs: number) => string[]
}

/**
 * Runs test files with `node --test`. What it prints is for people; the counts come from a reporter of our own, so that
 * no text has to be understood.
 */
export async function runTests(files: readonly string[], { flags, boundMs, wrap }: Run): Promise<Tally> {
  if (files.length === 0) return NOTHING
  const folder = join(CACHE, String(process.pid))
  mkdirSync(folder, { recursive: true })
  try {
    const tallyFile = join(folder, 'tally')
    const readers = ['--test-reporter=spec', '--test-reporter-destination=stdout']
    const counters = [`--test-reporter=${COUNTER}`, `--test-reporter-destination=${tallyFile}`]
    const command = [process.execPath, '--test', ...flags, ...readers, ...counters, ...files]
    const ending = await runBounded(wrap?.(command, folder, boundMs) ?? command, boundMs)
    return judge(ending, readTally(tallyFile))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The counts, with one more failure when the run itself failed and no test says so. */
export function judge(ending: Ending, { tally, complete }: ReturnType<typeof readTally>): Tally {
  const total = tally.passed + tally.failed + tally.skipped
  const problem = describeEnding(ending)
  const isExplained = tally.failed > 0 && complete
  if (isExplained) return tally
  if (problem === undefined && complete && total > 0) return tally
  console.log(`✖ the run itself failed: ${problem ?? (complete ? 'it ran no test' : 'it ended before its tests did')}`)
  return { ...tally, failed: tally.failed + 1 }
}
