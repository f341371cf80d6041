import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPaint, WIDTH, wantsColour, wrap } from '../../../cli/lab/paint.ts'
import type { StepResult } from '../../../cli/lab/player.ts'
import { createScreen } from '../../../cli/lab/screen.ts'
import { SCENARIO } from '../../../cli/lab/steps.ts'
import { createStory } from '../../../cli/lab/story.ts'
import { summaryLines } from '../../../cli/lab/summary.ts'

test('colour is for terminals, and for nobody who set NO_COLOR', () => {
  assert.equal(wantsColour(true, {}), true)
  assert.equal(wantsColour(false, {}), false)
  assert.equal(wantsColour(true, { NO_COLOR: '1' }), false)
  assert.equal(wantsColour(true, { NO_COLOR: '' }), true)
})

test('long words go on below, indented, within the width', () => {
  const lines = wrap('head: ', 'word '.repeat(60).trim(), 8)
  assert.ok(lines.length > 1)
  for (const line of lines) assert.ok(line.length <= WIDTH, line)
  for (const line of lines.slice(1)) assert.match(line, /^ {8}word/)
})

test('a line that comes while somebody may type goes above the prompt', () => {
  let text = ''
  const screen = createScreen((part) => {
    text += part
  }, true)
  screen.ask()
  screen.print('something happened')
  screen.typed()
  screen.print('the answer')
  assert.equal(text, 'lab> \rsomething happened\nlab> the answer\n')
})

test('without a terminal there is no prompt', () => {
  let text = ''
  const screen = createScreen((part) => {
    text += part
  }, false)
  screen.ask()
  screen.print('line')
  assert.equal(text, 'line\n')
})

test('what comes in together is told in its order, and what an event caused below it', () => {
  const lines: string[] = []
  const fires: (() => void)[] = []
  const story = createStory({
    print: (line) => lines.push(line),
    paint: createPaint(false),
    now: () => 1_000,
    later: (fire) => fires.push(fire),
  })
  const told = { host: 'vos2', fact: 'other', realServer: null, told: true } as const
  story.happened({ ...told, at: 1_510, words: 'address added', id: 'b', causedBy: 'a' })
  story.happened({ ...told, at: 1_500, words: 'became master', id: 'a', causedBy: null })
  assert.deepEqual(lines, [])
  assert.equal(fires.length, 1)
  fires[0]?.()
  assert.deepEqual(lines, ['  +0.50 s  vos2    became master', '  +0.51 s  vos2    └─ address added'])
})

test('what is waiting is told before the next thing that the lab says', () => {
  const lines: string[] = []
  const story = createStory({ print: (line) => lines.push(line), paint: createPaint(false), now: () => 0, later() {} })
  const told = { host: 'vos2', fact: 'other', realServer: null, told: true, id: null, causedBy: null } as const
  story.happened({ ...told, at: 0, words: 'became master' })
  story.tell('client', 'sees it')
  assert.deepEqual(lines, ['  +0.00 s  vos2    became master', '  +0.00 s  client  sees it'])
})

const results: StepResult[] = SCENARIO.map((step) => ({
  ...{ step, faults: [], seen: 'web2 web1 web2 web1', outageMs: 3_270, failed: 300, sharedMs: 0 },
}))

test('the summary fits the width and says that all is well', () => {
  const lines = summaryLines(results, createPaint(false))
  for (const line of lines) assert.ok(line.length <= WIDTH, line)
  assert.equal(lines.at(-1), 'All steps showed what they must.')
})

test('the summary names the first step that failed and what was missing', () => {
  const bad = results.map((result) =>
    result.step.label === '3' ? { ...result, faults: ['not seen: silence'] } : result,
  )
  assert.equal(
    summaryLines(bad, createPaint(false)).at(-1),
    'Step 3 (vos2 shut down as well) failed: not seen: silence.',
  )
})
