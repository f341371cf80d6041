import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareHlc, formatHlc, HLC_START, parseHlc, receive, tick } from '#platform/hlc.ts'

test('time follows the wall clock while that moves on', () => {
  assert.deepEqual(tick({ ms: 1_000, counter: 7 }, 1_001.9), { ms: 1_001, counter: 0 })
})

test('two events of one millisecond are told apart by the counter', () => {
  assert.deepEqual(tick({ ms: 1_000, counter: 7 }, 1_000), { ms: 1_000, counter: 8 })
})

test('a wall clock that is set back never brings time back', () => {
  assert.deepEqual(tick({ ms: 5_000, counter: 0 }, 1_000), { ms: 5_000, counter: 1 })
})

test('a full counter borrows a millisecond', () => {
  assert.deepEqual(tick({ ms: 5_000, counter: 0xffff }, 1_000), { ms: 5_001, counter: 0 })
})

test('an effect is later than its cause although the clock of the cause is ahead', () => {
  const cause = { ms: 9_000, counter: 3 }
  const effect = receive({ ms: 1_000, counter: 0 }, 1_000, cause)
  assert.ok(compareHlc(effect, cause) > 0)
})

test('a message from behind leaves our own time ahead', () => {
  const effect = receive({ ms: 9_000, counter: 0 }, 9_000, { ms: 1_000, counter: 5 })
  assert.deepEqual(effect, { ms: 9_000, counter: 1 })
})

test('what is written can be read again, whatever the name of the node', () => {
  const time = { ms: 1_700_000_000_000, counter: 0xabc }
  assert.deepEqual(parseHlc(formatHlc(time, 'vos-1.a')), time)
})

test('the written form sorts as time does', () => {
  let time = HLC_START
  const written = [5, 5, 5, 4, 70_000, 70_000].map((wall) => {
    time = tick(time, wall)
    return formatHlc(time, 'n')
  })
  assert.deepEqual([...written].sort(), written)
})

test('what is not in the written form is not read', () => {
  for (const text of ['', '17', 'zz', '0000000003e8-00zz-n']) assert.equal(parseHlc(text), null)
})
