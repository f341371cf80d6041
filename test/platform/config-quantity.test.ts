import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, bytesText, secondsOf, secondsText } from '#platform/config/statements/quantity.ts'
import { parse } from './config/parse.ts'

test('a size is bytes, or a number with K, M, G or T: powers of 1024', () => {
  assert.deepEqual(['0', '512', '2K', '16M', '3G', '1T'].map(bytesOf), [0, 512, 2048, 16 << 20, 3 * 2 ** 30, 2 ** 40])
  assert.deepEqual(['', 'M', '1.5G', '10 M', '1k', '1MB'].map(bytesOf), [null, null, null, null, null, null])
})

test('a duration is seconds, or a number with s, m, h, d or w', () => {
  assert.deepEqual(['90', '90s', '5m', '2h', '30d', '1w'].map(secondsOf), [90, 90, 300, 7200, 2_592_000, 604_800])
  assert.deepEqual(['', 'd', '1.5d', '1y', '2D'].map(secondsOf), [null, null, null, null, null])
})

test('an amount is written in the largest unit that leaves no remainder', () => {
  assert.deepEqual([0, 512, 16 << 20, 1025, 2 ** 40].map(bytesText), ['0', '512', '16M', '1025', '1T'])
  assert.deepEqual([0, 59, 5400, 604_800, 691_200].map(secondsText), ['0', '59s', '90m', '1w', '8d'])
})

test('what is wrong with an amount is said with the units it may have', () => {
  const said = (line: string) =>
    parse(`event_bus {\n ${line}\n}`).diagnostics.flatMap(({ severity, message, hint }) =>
      severity === 'error' ? [`${message}; ${hint}`] : [],
    )
  assert.deepEqual(said('max_size 2GB'), [
    'max_size: 2GB is not a size; allowed: 16M to 64T; K, M, G or T may follow the number; it is not used',
  ])
  assert.deepEqual(said('max_age 30'), [
    'max_age: 30 is outside 1h to 520w; s, m, h, d or w may follow the number; it is not used',
  ])
  assert.deepEqual(said('max_age 30d'), [])
})
