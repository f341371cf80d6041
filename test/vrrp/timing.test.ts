import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs, commitTimeoutMs, masterDownMs, skewMs } from '../../services/vrrp/core/timing.ts'

/** Version, interval, priority; skew and master-down interval, all exact. */
const TABLE = [
  { id: 'T1', version: 3, interval: 1_000, priority: 100, skew: 609.375, down: 3_609.375 },
  { id: 'T2', version: 3, interval: 1_000, priority: 200, skew: 218.75, down: 3_218.75 },
  { id: 'T3', version: 3, interval: 1_000, priority: 254, skew: 7.8125, down: 3_007.8125 },
  { id: 'T4', version: 3, interval: 1_000, priority: 255, skew: 3.90625, down: 3_003.90625 },
  { id: 'T5', version: 3, interval: 1_000, priority: 1, skew: 996.09375, down: 3_996.09375 },
  { id: 'T6', version: 3, interval: 5_000, priority: 100, skew: 3_046.875, down: 18_046.875 },
  { id: 'T7', version: 2, interval: 5_000, priority: 100, skew: 609.375, down: 15_609.375 },
  { id: 'T8', version: 3, interval: 10, priority: 254, skew: 0.078125, down: 30.078125 },
  { id: 'T9', version: 3, interval: 100, priority: 100, skew: 60.9375, down: 360.9375 },
  { id: 'T10', version: 3, interval: 40_950, priority: 1, skew: 40_790.0390625, down: 163_640.0390625 },
] as const

test('T1 T2 T3 T4 T5 T6 T7 T8 T9 T10: skew and master-down interval are exact for every row of the conformance table', () => {
  for (const { id, version, interval, priority, skew, down } of TABLE) {
    assert.equal(skewMs({ version, priority }, interval), skew, id)
    assert.equal(masterDownMs({ version, priority, downTimerAdverts: 3 }, interval), down, id)
  }
})

test('addresses get an advert interval to show up, and never less than a second', () => {
  assert.equal(commitTimeoutMs(10), 1_000)
  assert.equal(commitTimeoutMs(5_000), 5_000)
})

test('quiet times double from the first repetition on, up to their cap', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 2_000].map((n) => backoffMs(n, 10, 50)),
    [0, 10, 20, 40, 50, 50],
  )
})
