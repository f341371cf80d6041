import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AdvertHmac, VrrpInstance } from '#schemas/config.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { createSeal } from '../../services/vrrp/wire/seal.ts'
import { formOf } from '../../services/vrrp/wire/station.ts'
import { type Node, node } from './fake-node.ts'
import { instance, VIP } from './given.ts'

const SECRET = 'hunter22'
const KEY = 'ab'.repeat(32)

function hmac(key = KEY): AdvertHmac {
  return { keys: [{ id: 1, key }], activeKeyId: 1, mode: 'enforce', antiReplay: 'time', windowMs: 5_000 }
}

function asMaster(config: VrrpInstance): Node {
  const one = node(config)
  one.clock.advance(3_610)
  one.links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  return one
}

/** Another master of priority 50, set up like this; `slowMs`: its clock is behind ours. */
function rival(one: Node, config: VrrpInstance, slowMs = 0): void {
  const form = formOf(config, '192.0.2.2')
  const message = encodeAdvert(form, 50)
  const signed =
    config.hmac === null ? message : createSeal(config.hmac, () => one.clock.wall() - slowMs).sign([message], form)[0]
  assert.ok(signed !== undefined)
  one.sockets[0]?.deliver({
    ...{ source: '192.0.2.2', destination: '224.0.0.18', ttl: 255, payload: signed, at: one.clock.now() },
  })
}

/** The alarm that two adverts of a rival with such settings, an interval apart, lead to. */
function alarm(own: VrrpInstance, other: VrrpInstance, slowMs = 0): VrrpEvent | undefined {
  const one = asMaster(own)
  for (let n = 0; n < 2; n += 1) {
    one.clock.advance(1_000)
    rival(one, other, slowMs)
  }
  return one.log().find(({ type }) => type === 'TwoMasters')
}

const withPassword = (password: string) => instance({ authentication: { type: 'pass', password } })

test('V4: a wrong password is told of at once, and an alarm when both are master', () => {
  const one = asMaster(withPassword(SECRET))
  rival(one, withPassword('other'))
  const rejected = one.log().find(({ type }) => type === 'AdvertRejected')
  assert.ok(rejected?.type === 'AdvertRejected')
  assert.deepEqual([rejected.reason, rejected.source], ['auth-failure', '192.0.2.2'])
  const told = alarm(withPassword(SECRET), withPassword('other'))
  assert.ok(told?.type === 'TwoMasters')
  assert.deepEqual([told.cause, told.rival.address], ['password', '192.0.2.2'])
})

test('V4: so is a password where none is expected', () => {
  const told = alarm(instance(), withPassword('other'))
  assert.equal(told?.type === 'TwoMasters' && told.cause, 'password')
})

test('V3: no event says a password, right or wrong', () => {
  const one = asMaster(withPassword(SECRET))
  rival(one, withPassword('other'))
  one.clock.advance(1_000)
  rival(one, withPassword('other'))
  assert.doesNotMatch(JSON.stringify(one.log()), /hunter22|other/)
})

test('V3: a password is compared in full, however early it differs', () => {
  for (const wrong of ['xunter22', 'hunter2x', 'hunter2', 'hunter22'.toUpperCase()]) {
    const one = node(withPassword(SECRET))
    rival(one, withPassword(wrong))
    assert.deepEqual(one.routers.states()[0]?.rejected, { 'auth-failure': 1 }, wrong)
  }
})

test('H3: a rival whose signature does not count is an alarm, with its cause', () => {
  const causes = [
    alarm(instance({ hmac: hmac() }), instance({ hmac: hmac('cd'.repeat(32)) })),
    alarm(instance({ hmac: hmac() }), instance()),
    alarm(instance(), instance({ hmac: hmac() })),
    alarm(instance({ hmac: hmac() }), instance({ hmac: hmac() }), 6_000),
  ].map((event) => (event?.type === 'TwoMasters' ? event.cause : null))
  assert.deepEqual(causes, ['signature', 'signature', 'signature', 'clock'])
})

test('H2: what a signed router sends is signed, each time anew', () => {
  const one = asMaster(instance({ hmac: hmac() }))
  one.clock.advance(2_000)
  const sent = one.sockets[0]?.sent ?? []
  assert.equal(sent.length, 3)
  assert.equal(new Set(sent.map((message) => message.toString('hex', 20))).size, 3)
  const judge = createSeal(hmac(), one.clock.wall)
  for (const message of sent) {
    const sender = formOf(instance(), '192.0.2.1')
    assert.equal(judge.judge(message.subarray(0, 20), message.subarray(20), sender), null)
  }
})
