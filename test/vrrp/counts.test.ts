import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CountReply } from '#schemas/control.ts'
import { type Node, node } from './fake-node.ts'
import { instance, VIP } from './given.ts'

const counted = (one: Node) => CountReply.parse(one.routers.answer({ type: 'CountAdverts' }))

test('R10: adverts, resignations and masterships are counted, each way', () => {
  const one = node(instance())
  one.clock.advance(3_610)
  one.links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  one.clock.advance(2_000)
  one.hear(200)
  one.hear(200)
  one.hear(0)
  const [counts] = counted(one).instances
  assert.deepEqual(counts, {
    ...{ instance: 'VI_1', heard: 3, resignationsHeard: 1, sent: 3, resignationsSent: 0 },
    ...{ becameMaster: 1, leftMaster: 1, dropped: {} },
  })
})

test('R10: each reason for a dropped advert has a count of its own', () => {
  const one = node(instance())
  for (let n = 0; n < 3; n += 1) one.hear(200, { advertIntervalMs: 2_000 })
  one.hear(200, { version: 3 })
  one.hear(200, { authentication: { type: 'pass', password: 'x' } })
  assert.deepEqual(counted(one).instances[0]?.dropped, { interval: 3, version: 1, 'auth-mismatch': 1 })
  assert.equal(counted(one).instances[0]?.heard, 0)
})

test('A11: adverts for virtual routers that nobody has are counted by interface and id, and change nothing', () => {
  const one = node(instance())
  for (let n = 0; n < 4; n += 1) one.hear(200, { virtualRouterId: 53 })
  assert.deepEqual(counted(one).unknown, { 'eth0 53': 4 })
  assert.equal(counted(one).instances[0]?.heard, 0)
})
