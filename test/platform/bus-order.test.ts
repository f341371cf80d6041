import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOrder, type Order } from '#platform/bus-order.ts'
import { GENESIS, nextEvent, rechain, runName } from '#platform/chain.ts'
import type { Envelope } from '#schemas/envelope.ts'

const SOURCE = '/s/n/vrrp'

test('a copy and its record are handed over once, whichever is first', () => {
  const order = gapless()
  assert.deepEqual(take(order, [live(1), record(1), record(2), live(2)]), [1, 2])
})

test('a copy that overtook the events before it waits for them', () => {
  const order = gapless()
  assert.deepEqual(take(order, [live(1), live(3), live(4)]), [1])
  assert.equal(order.waiting(), made(3).id)
  assert.deepEqual(take(order, [record(2)]), [2, 3, 4])
  assert.equal(order.waiting(), null)
})

test('a record waits for nothing: what is missing before it was trimmed', () => {
  assert.deepEqual(take(gapless(), [record(5), record(9)]), [5, 9])
})

test('with a filter that leaves events out a missing number means nothing', () => {
  assert.deepEqual(take(createOrder({}, false), [live(1), live(7)]), [1, 7])
})

test('a source of which nothing is known begins anywhere, until the whole stream has been read', () => {
  assert.deepEqual(take(gapless(), [live(7)]), [7])
  const read = gapless()
  read.begin()
  assert.deepEqual(take(read, [live(2), record(1)]), [1, 2])
})

test('what never comes is given up', () => {
  const order = gapless()
  take(order, [live(1), live(4), live(3)])
  assert.deepEqual(
    order.release().map(({ sequence }) => sequence),
    [3, 4],
  )
  assert.deepEqual(take(order, [record(2)]), [2])
})

test('an event that got another number is still the same event', () => {
  const order = gapless()
  take(order, [live(1)])
  const moved = rechain({ sequence: 8, hash: 'a'.repeat(64) }, made(1)).envelope
  assert.deepEqual(order.take(moved, true), [])
})

test('two events that had the same number are both handed over', () => {
  const order = gapless()
  take(order, [live(1)])
  assert.equal(order.take(made(1, 2_000), true).length, 1)
})

test('what is in the snapshot is not handed over again, what came after it is', () => {
  const order = createOrder({ [SOURCE]: { sequence: 2, id: made(2).id } }, true)
  assert.deepEqual(take(order, [record(1), record(2), record(3)]), [3])
  assert.deepEqual(order.delivered(), { [SOURCE]: { sequence: 3, id: made(3).id } })
})

test('a source that lost everything and begins at 1 again is heard', () => {
  const order = createOrder({ [SOURCE]: { sequence: 500, id: made(500).id } }, true)
  assert.equal(order.take(made(1, 2_000), true).length, 1)
  assert.equal(order.take(made(1, 500), true).length, 0)
})

test('a long history is remembered by where it ended', () => {
  const order = gapless()
  for (let sequence = 1; sequence <= 5_000; sequence += 1) order.take(made(sequence), true)
  assert.deepEqual(take(order, [record(1), record(2_000), record(4_999), live(5_000), live(5_001)]), [5_001])
})

interface Coming {
  event: Envelope
  settled: boolean
}

function gapless(): Order {
  return createOrder({}, true)
}

function made(sequence: number, run = 1_000): Envelope {
  const stamp = { name: { site: 's', node: 'n' }, run: runName('b', run), counter: sequence, hlc: '', time: '' }
  const draft = { service: 'vrrp' as const, entity: 'VI_1', data: { type: 'BecameMaster' } }
  return nextEvent({ ...GENESIS, sequence: sequence - 1 }, draft, null, stamp).envelope
}

function live(sequence: number): Coming {
  return { event: made(sequence), settled: false }
}

function record(sequence: number): Coming {
  return { event: made(sequence), settled: true }
}

function take(order: Order, coming: Coming[]): number[] {
  return coming.flatMap(({ event, settled }) => order.take(event, settled)).map(({ sequence }) => sequence)
}
