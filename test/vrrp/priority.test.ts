import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advert, instance, started } from './given.ts'

// Priority 100, VRRPv2.
const DOWN = 3_609.375

test('a new configuration moves no timer of a backup that keeps its priority', () => {
  const subject = started()
  subject.after({ type: 'Reconfigured', at: 1, config: instance({ preempt: false }) })
  assert.equal(subject.state().downAt, DOWN)
})

test('a backup whose priority changes waits for the skew of the new one, from when its timer began', () => {
  const subject = started()
  assert.deepEqual(subject.effects({ type: 'Reconfigured', at: 1, config: instance({ priority: 200 }) }), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 3_218.75 },
  ])
  subject.after({ type: 'Reconfigured', at: 2, config: instance({ priority: 100 }) })
  assert.equal(subject.state().downAt, DOWN)
})

test('version 3: that skew is counted in intervals of the master that is followed', () => {
  const v3 = { version: 3 } as const
  const subject = started(v3).after(advert(1_000, 250, { intervalMs: 5_000 }))
  subject.after({ type: 'Reconfigured', at: 2_000, config: instance({ ...v3, priority: 200 }) })
  assert.equal(subject.state().downAt, 1_000 + 15_000 + (56 * 5_000) / 256)
})

test('T15: a backup waits for as many adverts as down_timer_adverts says', () => {
  const subject = started({ version: 3, downTimerAdverts: 5 })
  assert.equal(subject.state().downAt, 5_609.375)
  assert.equal(subject.after(advert(1_000, 200)).state().downAt, 1_000 + 5_609.375)
})
