import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasIpvs } from '../../cli/setup/kernel.mjs'
import { describeEnding, type Output, runBounded } from './child.ts'
import { runTests } from './node-tests.ts'
import { NOTHING, sum, type Tally } from './tally.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MINUTE_MS = 60_000
const LANGUAGE_TESTS = 'test/system/config-*.test.ts'

/** Runs the tests of one kind whose file name holds `pattern`; what they print goes to `output`. */
export type Group = (pattern: string, output?: Output) => Promise<Tally>

/**
 * In the order of a whole run, but for the one that runs beside others (see ../run.ts). Without that one their bounds
 * add up to less than 40 minutes.
 */
export const groups: Record<string, Group> = {
  async check() {
    const commands = [
      ['tsc', '--noEmit'],
      ['biome', 'check', '--max-diagnostics=50', '--error-on-warnings'],
    ]
    const tallies = []
    for (const [name = '', ...args] of commands) tallies.push(await runCheck(name, args))
    return sum(tallies)
  },

  unit(pattern) {
    const files = testFiles('test/**/*.test.ts', pattern).filter((file) => !file.startsWith('test/system/'))
    return runTests(files, { isolated: false, boundMs: 3 * MINUTE_MS })
  },

  /** The configuration language against keepalived and against everything that can be typed. */
  config(pattern) {
    return runTests(testFiles(LANGUAGE_TESTS, pattern), { isolated: true, boundMs: 9 * MINUTE_MS })
  },

  system(pattern) {
    const language = testFiles(LANGUAGE_TESTS, '')
    const files = testFiles('test/system/*.test.ts', pattern).filter((file) => !language.includes(file))
    if (process.getuid?.() !== 0) return skipAll(files, 'only root may make network namespaces')
    return runTests(files, { isolated: true, boundMs: 22 * MINUTE_MS })
  },

  uml(pattern, output = 'inherit') {
    const files = testFiles('test/system/uml/*.test.ts', pattern)
    const boundMs = 15 * MINUTE_MS
    if (!hasIpvs()) return runTests(files, { isolated: true, boundMs, output, wrap: inUserModeLinux })
    if (process.getuid?.() !== 0) return skipAll(files, 'only root may change IP_VS')
    return runTests(files, { isolated: true, boundMs, output })
  },
}

function inUserModeLinux(command: readonly string[], folder: string, boundMs: number): string[] {
  // Sooner than the bound of this side, so that the guest is what says that it took too long.
  const seconds = String(boundMs / 1000 - 15)
  return [join(ROOT, 'cli/lab/uml-run.sh'), '-t', seconds, '-o', folder, '--', ...command]
}

function testFiles(glob: string, pattern: string): string[] {
  return globSync(glob, { cwd: ROOT })
    .filter((file) => file.includes(pattern))
    .sort()
}

/** A check that is no test of node's counts as one. */
async function runCheck(name: string, args: readonly string[]): Promise<Tally> {
  const ending = await runBounded([join(ROOT, 'node_modules/.bin', name), ...args], MINUTE_MS)
  const failure = describeEnding(ending)
  console.log(failure === undefined ? `✔ ${name}` : `✖ ${name}: ${failure}`)
  return failure === undefined ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 }
}

function skipAll(files: readonly string[], reason: string): Promise<Tally> {
  console.log(`skipped, because ${reason}: ${files.join(' ')}`)
  return Promise.resolve({ ...NOTHING, skipped: files.length })
}
