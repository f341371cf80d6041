import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import { VIP, VIP_NAME } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const began: VrrpEvent = {
  ...{ type: 'HandoverBegan', instance: 'VI_1', actor: 'anna', reason: 'memory', forMs: null, holdMs: 2_050 },
}
const nobodyCame: VrrpEvent = { type: 'HandoverEnded', instance: 'VI_1', reason: 'nobody-came', actor: null }

/** A master whose hand-over was told 50 ms before priority 0 left. */
function yielding() {
  const node = simulatedNode().start()
  node.hears(becameMaster)
  node.news()
  node.hears(began)
  node.advert()
  node.clock.advance(50)
  node.advert(0)
  return node
}

test('priority 0 of a hand-over leaves the addresses where they are, until vrrp has heard the successor', () => {
  const node = yielding()
  assert.equal(node.kernel.has(VIP), true)
  node.clock.advance(600)
  node.hears(becameBackup)
  assert.equal(node.kernel.has(VIP), false)
  const removed = { type: 'AddressesRemoved', instance: 'VI_1', addresses: [VIP_NAME], reason: 'not-master' }
  assert.deepEqual(node.news(), [removed])
})

test('a hand-over that nobody takes up leaves the addresses, and the lease goes on', () => {
  const node = yielding()
  node.clock.advance(2_000)
  node.hears(nobodyCame)
  node.advert()
  node.adverts(10)
  assert.equal(node.kernel.has(VIP), true)
  node.advert(0)
  assert.equal(node.kernel.has(VIP), false)
})

test('when vrrp dies while it hands over, the lease ends what it holds', () => {
  const node = yielding()
  node.clock.advance(4_000)
  assert.equal(node.kernel.has(VIP), false)
})

test('a resignation after the time that was asked for ends the hold at once', () => {
  const node = yielding()
  node.clock.advance(2_100)
  node.advert(0)
  assert.equal(node.kernel.has(VIP), false)
})

test('when the bus goes while it hands over, the word of vrrp past the bus ends the hold', () => {
  const node = yielding()
  node.bus(false)
  node.clock.advance(600)
  node.advert(0, { unicast: true })
  assert.equal(node.kernel.has(VIP), false)
})
