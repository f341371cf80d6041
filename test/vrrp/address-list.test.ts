import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { formOf } from '../../services/vrrp/wire/station.ts'
import { type Node, node } from './fake-node.ts'
import { instance, vip } from './given.ts'

const OTHERS = [vip('192.0.2.101')]

/** An advert of priority 200 in version 2, with our list or another. */
function tell({ sockets, clock }: Node, source: string, addresses = instance().addresses): void {
  const payload = encodeAdvert(formOf(instance({ addresses }), source), 200)
  sockets[0]?.deliver({ source, destination: '224.0.0.18', ttl: 255, payload, at: clock.now() })
}

const rejections = (one: Node) => one.log().filter(({ type }) => type === 'AdvertRejected').length

test('K6: with skip_check_adv_addr the list of a master that is known is not compared again', () => {
  const one = node(instance({ skipKnownAddresses: true }))
  tell(one, '192.0.2.2')
  tell(one, '192.0.2.2', OTHERS)
  assert.equal(rejections(one), 0)
  assert.deepEqual(one.routers.states()[0]?.rejected, {})
})

test('K6: the list of another master than last time is compared', () => {
  const one = node(instance({ skipKnownAddresses: true }))
  tell(one, '192.0.2.2')
  tell(one, '192.0.2.3', OTHERS)
  assert.equal(rejections(one), 1)
  tell(one, '192.0.2.3')
  tell(one, '192.0.2.2', OTHERS)
  assert.deepEqual(one.routers.states()[0]?.rejected, { 'address-list': 2 })
})

test('R5: without it every list is compared', () => {
  const one = node(instance())
  tell(one, '192.0.2.2')
  tell(one, '192.0.2.2', OTHERS)
  assert.equal(rejections(one), 1)
})
