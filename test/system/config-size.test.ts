import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '#platform/config/to-config.ts'
import { SHAPES } from '../fuzz/config-shapes.ts'
import { memoryFiles, OPTIONS, PATH } from '../platform/config/parse.ts'

const SIZE = 8_000
/** Four times the size may take this many times as long; linear is four, quadratic sixteen. */
const MOST = 10
/** Less is not measured: what comes in between would count more. */
const SHORTEST_MS = 60

describe('four times as much of the same takes about four times as long', () => {
  for (const [name, make] of Object.entries(SHAPES)) {
    test(name, () => {
      const small = quickest(make(SIZE))
      const large = quickest(make(4 * SIZE))
      assert.ok(
        large < Math.max(SHORTEST_MS, small) * MOST,
        `${Math.round(small)} ms for ${SIZE}, ${Math.round(large)} ms for ${4 * SIZE}`,
      )
    })
  }
})

/** Milliseconds of the best of three readings. */
function quickest(text: string): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now()
    parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
    return performance.now() - start
  })
  return Math.min(...times)
}
