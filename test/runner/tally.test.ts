import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { describeEnding } from './child.ts'
import { judge } from './node-tests.ts'
import { closingLine, NOTHING, readTally, sum, type Tally } from './tally.ts'

const REPORTER = fileURLToPath(new URL('./tally-reporter.ts', import.meta.url))
const IMPORTS = "import { before, describe, test } from 'node:test'\n"

/** What the runner makes of a test file with this text. */
function outcomeOf(t: TestContext, text: string, flags: readonly string[] = []): Tally {
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-tally-`))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'sample.test.mjs')
  const tally = join(folder, 'tally')
  writeFileSync(file, IMPORTS + text)
  // Otherwise node takes the run for a part of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const reporter = [`--test-reporter=${REPORTER}`, `--test-reporter-destination=${tally}`]
  const { status, signal } = spawnSync(process.execPath, ['--test', ...flags, ...reporter, file], { env })
  const ending = status === null ? { reason: `ended by ${signal}` } : { status }
  return judge(ending, readTally(tally), flags.length === 0 ? 1 : 0, () => {})
}

for (const flags of [[], ['--test-isolation=none']]) {
  describe(`counting with ${flags.join(' ') || 'a process for each file'}`, () => {
    test('every test counts once, and a suite does not', (t) => {
      const text = `
        test('a', () => {})
        describe('suite', () => {
          test('b', () => {})
          test('c', { skip: 'why' }, () => {})
          test('d', () => { throw new Error('wrong') })
        })`
      assert.deepEqual(outcomeOf(t, text, flags), { passed: 2, failed: 1, skipped: 1 })
    })

    test('a suite whose hook fails is a failure', (t) => {
      const text = `
        test('a', () => {})
        describe('suite', () => {
          before(() => { throw new Error('wrong') })
          test('b', () => {})
        })`
      assert.ok(outcomeOf(t, text, flags).failed > 0)
    })

    test('a file that cannot be loaded is a failure', (t) => {
      assert.ok(outcomeOf(t, "import './missing.mjs'", flags).failed > 0)
    })

    test('a run that dies is a failure, whatever passed before', (t) => {
      const text = "test('a', () => {})\ntest('b', () => process.kill(process.pid, 'SIGKILL'))"
      assert.ok(outcomeOf(t, text, flags).failed > 0)
    })

    test('a file that ends before its tests do is a failure', (t) => {
      const text = "test('a', () => {})\ntest('b', async () => { process.exit(0) })"
      assert.ok(outcomeOf(t, text, flags).failed > 0)
    })
  })
}

test('a run without any test is a failure', () => {
  const silent = () => {}
  assert.deepEqual(judge({ status: 0 }, { tally: NOTHING, files: 1, complete: true }, 1, silent), {
    ...NOTHING,
    failed: 1,
  })
})

test('a run that fails without a failed test is a failure', () => {
  const passed = { ...NOTHING, passed: 3 }
  const said: string[] = []
  const reading = { tally: passed, files: 1, complete: true }
  const tally = judge({ reason: 'took longer than 5 s' }, reading, 1, (text) => said.push(text))
  assert.deepEqual(tally, { ...passed, failed: 1 })
  assert.match(said.join(), /took longer than 5 s/)
})

test('the closing line leaves out what is not there', () => {
  const all = sum([
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 2, failed: 1, skipped: 0 },
  ])
  assert.equal(closingLine(all), '3 passed, 1 failed, 2 skipped')
  assert.equal(closingLine({ passed: 3, failed: 0, skipped: 0 }), '3 passed, 0 failed')
})

test('an ending is described only when it is bad', () => {
  assert.equal(describeEnding({ status: 0 }), undefined)
  assert.equal(describeEnding({ status: 2 }), 'exit status 2')
})
