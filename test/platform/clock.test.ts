import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../platform/clock.ts'
import { fakeClock } from '../../platform/clock-fake.ts'

test('a system timer never fires before its moment', async () => {
  const clock = systemClock()
  const early = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const when = clock.now() + 1 + index * 0.37
      return new Promise<boolean>((resolve) => clock.at(when, () => resolve(clock.now() < when)))
    }),
  )
  assert(!early.includes(true))
})

test('a cancelled system timer does not fire', async () => {
  const clock = systemClock()
  let fired = false
  const cancel = clock.at(clock.now() + 1, () => {
    fired = true
  })
  cancel()
  await new Promise<void>((resolve) => clock.at(clock.now() + 5, resolve))
  assert.equal(fired, false)
})

test('the fake clock fires timers in order, each at its own moment, also those set by a timer', () => {
  const clock = fakeClock()
  const seen: string[] = []
  clock.at(20, () => seen.push(`b ${clock.now()}`))
  clock.at(10, () => {
    seen.push(`a ${clock.now()}`)
    clock.at(15, () => seen.push(`c ${clock.now()}`))
  })
  const cancel = clock.at(12, () => seen.push('never'))
  cancel()
  clock.advance(30)
  assert.deepEqual(seen, ['a 10', 'c 15', 'b 20'])
  assert.equal(clock.now(), 30)
})
