import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches, memoryBus } from '#platform/bus-memory.ts'
import { verifyChain } from '#platform/chain.ts'

const DRAFT = { service: 'vrrp' as const, entity: 'VI_1', data: { type: 'BecameMaster' } }

test('what is published is stored at once, and heard by those who follow', async () => {
  const bus = memoryBus()
  const heard: unknown[] = []
  bus.put(DRAFT)
  bus.follow({
    filters: ['ha.*.*.vrrp.>'],
    after: 0,
    onEvent: ({ sequence }, phase, position) => heard.push([sequence, phase, position]),
    onCaughtUp: () => heard.push('caught up'),
  })
  await bus.publish(DRAFT, null).stored
  assert.deepEqual(heard, [[1, 'replay', 1], 'caught up', [2, 'live', 2]])
  assert.equal(verifyChain(bus.events.map((event) => Buffer.from(JSON.stringify(event)))).fault, null)
})

test('while it is away events wait, and go out in order when it is back', async () => {
  const bus = memoryBus()
  const states: boolean[] = []
  bus.onConnection((connected) => states.push(connected))
  bus.setConnected(false)
  const { stored } = bus.publish(DRAFT, null)
  assert.deepEqual([bus.status(), bus.events.length], [{ connected: false, spooled: 1 }, 0])
  bus.setConnected(true)
  await stored
  assert.deepEqual([bus.status(), bus.events.length], [{ connected: true, spooled: 0 }, 1])
  assert.deepEqual(states, [true, false, true])
})

test('work that is put off is offered again', async () => {
  const bus = memoryBus()
  let offers = 0
  const done = new Promise<void>((resolve) => {
    bus.work({
      durable: 'notifier',
      filters: ['ha.>'],
      parallel: 1,
      patienceMs: 1_000,
      async handle() {
        offers += 1
        if (offers < 3) return { done: false, retryInMs: 1_000 }
        resolve()
        return { done: true }
      },
    })
  })
  bus.put(DRAFT)
  await done
  assert.equal(offers, 3)
})

test('filters match as in NATS', () => {
  for (const [filter, subject, wanted] of [
    ['ha.>', 'ha.s.n', true],
    ['ha.>', 'ha', false],
    ['ha.*.n', 'ha.s.n', true],
    ['ha.*', 'ha.s.n', false],
    ['ha.s.n', 'ha.s', false],
  ] as const)
    assert.equal(matches(filter, subject), wanted, `${filter} ${subject}`)
})
