import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import { createAlarm } from '../../services/vrrp/alarms.ts'

function alarm() {
  const clock = fakeClock()
  const rung: number[] = []
  return { clock, rung, alarm: createAlarm(clock, (at) => rung.push(at)) }
}

test('an alarm rings once, at its moment', () => {
  const { clock, rung, alarm: one } = alarm()
  one.set(10)
  clock.advance(100)
  assert.deepEqual(rung, [10])
})

test('an alarm that is put off again and again rings at the last moment only', () => {
  const { clock, rung, alarm: one } = alarm()
  for (let at = 0; at < 50; at += 5) {
    one.set(at + 20)
    clock.advance(5)
  }
  clock.advance(100)
  assert.deepEqual(rung, [65])
})

test('an alarm that is moved forward rings earlier', () => {
  const { clock, rung, alarm: one } = alarm()
  one.set(50)
  one.set(10)
  clock.advance(100)
  assert.deepEqual(rung, [10])
})

test('an alarm that was cleared does not ring, and can be set again', () => {
  const { clock, rung, alarm: one } = alarm()
  one.set(10)
  one.clear()
  clock.advance(20)
  one.set(30)
  clock.advance(20)
  assert.deepEqual(rung, [30])
})

test('an alarm may be set from within its own ringing', () => {
  const clock = fakeClock()
  const rung: number[] = []
  const one = createAlarm(clock, (at) => {
    rung.push(at)
    if (rung.length < 3) one.set(at + 10)
  })
  one.set(10)
  clock.advance(100)
  assert.deepEqual(rung, [10, 20, 30])
})

test('an alarm that is put off needs no timer of its own', () => {
  const clock = fakeClock()
  let timers = 0
  const counting = {
    ...clock,
    at(when: number, fire: () => void) {
      timers += 1
      return clock.at(when, fire)
    },
  }
  const one = createAlarm(counting, () => {})
  for (let at = 100; at < 200; at += 1) one.set(at)
  assert.equal(timers, 1)
})
