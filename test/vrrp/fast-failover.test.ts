// What a router makes of the news that fast detection has of its master.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advert, master, silence, started, types } from './given.ts'

// Priority 100, VRRPv2: skew 609.375 ms, master-down interval 3609.375 ms.
const SKEW = 609.375
const DOWN = 3_609.375
const FAST = { fastDetection: { intervalMs: 50, multiplier: 3 } }
const address = '192.0.2.2'

const following = (change = {}) => started({ ...FAST, ...change }).after(advert(1_000, 200))

test('a master that is gone for sure leaves the skew to wait, as after a resignation', () => {
  const subject = following()
  assert.deepEqual(subject.effects({ type: 'PeerLost', at: 1_300, address }), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 1_300 + SKEW },
  ])
  assert.deepEqual(subject.facts(silence(1_300 + SKEW - 0.001)), [])
  const [fact] = subject.facts(silence(1_300 + SKEW))
  assert.ok(fact?.type === 'BecameMaster')
  assert.deepEqual([fact.reason, fact.previousMaster?.address, fact.silentMs], ['unreachable', address, 909])
})

test('the skew is that of the interval of the master', () => {
  const subject = started({ ...FAST, version: 3 }).after(advert(1_000, 200, { intervalMs: 400 }))
  subject.after({ type: 'PeerLost', at: 1_300, address })
  assert.equal(subject.state().downAt, 1_300 + (156 * 400) / 256)
})

test('a master that answers after all has what is left of its master-down interval', () => {
  const subject = following().after({ type: 'PeerLost', at: 1_300, address })
  assert.deepEqual(subject.effects({ type: 'PeerFound', at: 1_400, address }), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 1_000 + DOWN },
  ])
  assert.deepEqual(subject.facts(silence(1_300 + SKEW)), [])
  const [fact] = subject.facts(silence(1_000 + DOWN))
  assert.ok(fact?.type === 'BecameMaster')
  assert.equal(fact.reason, 'silence')
})

test('an advert of the lost master, or of another one, counts as ever', () => {
  for (const source of [address, '192.0.2.3']) {
    const subject = following().after({ type: 'PeerLost', at: 1_300, address }, advert(1_400, 200, { source }))
    assert.equal(subject.state().downAt, 1_400 + DOWN)
    assert.equal(subject.state().masterLost, false)
  }
})

test('what becomes of a router that is not followed moves nothing', () => {
  const other = { type: 'PeerLost', at: 1_300, address: '192.0.2.3' } as const
  assert.deepEqual(following().facts(other), [])
  assert.deepEqual(master(FAST).facts({ type: 'PeerLost', at: 20_000, address }), [])
  assert.deepEqual(started(FAST).facts({ type: 'PeerLost', at: 1_300, address }), [])
  assert.deepEqual(following().facts({ type: 'PeerFound', at: 1_300, address }), [])
})

test('a wait that is shorter already is not made longer, as after a resignation', () => {
  const subject = following().after(advert(1_200, 0))
  assert.deepEqual(subject.facts({ type: 'PeerLost', at: 1_300, address }), [])
})

test('with fast_detection off nobody is lost before the master-down interval', () => {
  assert.deepEqual(types(following({ fastDetection: null }).facts({ type: 'PeerLost', at: 1_300, address })), [])
})

test('a loss before one mastership says nothing of the next', () => {
  const subject = following().after({ type: 'PeerLost', at: 1_300, address }, silence(2_000), advert(3_000, 200))
  assert.deepEqual([subject.state().role, subject.state().masterLost], ['backup', false])
})
