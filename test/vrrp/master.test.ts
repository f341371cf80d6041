import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advert, gone, instance, link, master, present, silence, started, types, vip } from './given.ts'

const DOWN = 3_609.375

test('S13: a master sends at its interval and arms the next advert', () => {
  const subject = master()
  assert.deepEqual(subject.effects({ type: 'AdvertTimerExpired', at: 11_000 }), [
    { type: 'SendAdvert', priority: 100 },
    { type: 'SetAlarm', alarm: 'advert', when: 12_000 },
  ])
})

test('S22: an advert timer that rings early or in a backup sends nothing', () => {
  assert.deepEqual(master().effects({ type: 'AdvertTimerExpired', at: 10_999 }), [])
  assert.deepEqual(started().effects({ type: 'AdvertTimerExpired', at: 10_999 }), [])
})

test('S12: a master that is stopped resigns with priority 0 before it says that it stopped', () => {
  const subject = master()
  assert.deepEqual(subject.facts({ type: 'StopRequested', at: 10_500 }), [
    { type: 'LastWord', at: 10_500, priority: 0 },
    { type: 'InstanceStopped', at: 10_500, instance: 'VI_1', priority: 100, wasMaster: true },
  ])
  assert.deepEqual(subject.facts({ type: 'StopRequested', at: 10_600 }), [])
})

test('S14: a master answers a resignation of another with an advert at once', () => {
  const subject = master()
  assert.deepEqual(subject.effects(advert(10_500, 0)), [
    { type: 'SendAdvert', priority: 100 },
    { type: 'SetAlarm', alarm: 'advert', when: 11_500 },
  ])
  assert.equal(subject.state().role, 'master')
})

test('S15: a master yields to a higher priority and waits a whole master-down interval', () => {
  const subject = master()
  const effects = subject.effects(advert(10_500, 101))
  assert.deepEqual(effects.at(-1), { type: 'SetAlarm', alarm: 'masterDown', when: 10_500 + DOWN })
  assert.equal(types(effects).includes('SendAdvert'), false)
  assert.equal(subject.state().role, 'backup')
  assert.deepEqual(subject.state().master?.peer, { address: '192.0.2.2', priority: 101 })
})

test('version 3: a master that yields learns the interval of the one it yields to', () => {
  const subject = master({ version: 3 }).after(advert(10_500, 200, { intervalMs: 5_000 }))
  assert.equal(subject.state().downAt, 10_500 + 18_046.875)
})

test('S16 S17: between equal priorities the greater address wins', () => {
  assert.equal(
    master()
      .after(advert(10_500, 100, { source: '192.0.2.9' }))
      .state().role,
    'backup',
  )
  const subject = master()
  const smaller = advert(10_500, 100, { source: '192.0.2.0' })
  assert.deepEqual(types(subject.facts(smaller)), ['AdvertOwed', 'RivalNoted', 'RivalHeard'])
  assert.equal(subject.state().role, 'master')
})

test('K4: a master sends one more advert before it yields where it is configured to', () => {
  const effects = master({ higherPriorityAdvert: true }).effects(advert(10_500, 101))
  assert.deepEqual(effects[0], { type: 'SendAdvert', priority: 100 })
})

test('S18: a master answers a lower priority with an advert at once', () => {
  const subject = master()
  assert.deepEqual(subject.effects(advert(10_500, 99)).slice(0, 2), [
    { type: 'SendAdvert', priority: 100 },
    { type: 'SetAlarm', alarm: 'advert', when: 11_500 },
  ])
})

test('a master keeps quiet about a lower priority where it is configured to', () => {
  const effects = master({ lowerPriorityAdvert: false }).effects(advert(10_500, 99))
  assert.equal(types(effects).includes('SendAdvert'), false)
})

test('S26: a master whose interface goes down resigns with priority 0 as far as it can', () => {
  const subject = master()
  const facts = subject.facts({ type: 'LinkChanged', at: 10_500, link: link({ carrier: false }) })
  assert.deepEqual(types(facts), ['LinkNoted', 'LastWord', 'BecameFault'])
  assert.equal(subject.state().role, 'fault')
  const missing = master().facts({ type: 'LinkChanged', at: 10_500, link: null })
  assert.deepEqual(types(missing), ['LinkNoted', 'BecameFault'])
})

test('a master that was frozen for longer than a master-down interval becomes backup without a word', () => {
  const subject = master()
  const [fact, ...rest] = subject.facts({ type: 'AdvertTimerExpired', at: 10_000 + DOWN + 1 })
  assert.deepEqual(rest, [])
  assert.deepEqual(fact, {
    type: 'BecameBackup',
    at: 10_000 + DOWN + 1,
    instance: 'VI_1',
    priority: 100,
    reason: 'stalled',
    master: null,
    detail: 'no advert left for 3610 ms',
  })
  assert.equal(subject.state().downAt, 10_000 + DOWN + 1 + DOWN)
})

test('a frozen master that is woken by a packet does not answer it', () => {
  for (const priority of [0, 50, 200]) {
    const subject = master()
    assert.equal(types(subject.effects(advert(20_000, priority))).includes('SendAdvert'), false)
    assert.equal(subject.state().role, 'backup')
  }
})

test('a master that is late by less than a master-down interval goes on', () => {
  const subject = master()
  assert.deepEqual(types(subject.facts({ type: 'AdvertTimerExpired', at: 10_000 + DOWN })), ['AdvertOwed'])
})

test('a master whose adverts cannot leave for a master-down interval becomes backup and says why', () => {
  const subject = master()
  for (let at = 11_000; at <= 13_000; at += 1_000) {
    subject.after({ type: 'AdvertTimerExpired', at }, { type: 'SendFailed', at, code: 'EPERM' })
  }
  const [fact] = subject.facts({ type: 'AdvertTimerExpired', at: 14_000 })
  assert.ok(fact?.type === 'BecameBackup')
  assert.equal(fact.reason, 'stalled')
  assert.equal(fact.detail, 'no advert left for 4000 ms: EPERM')
})

test('one advert that could not be sent is forgiven', () => {
  const subject = master().after(
    { type: 'AdvertTimerExpired', at: 11_000 },
    { type: 'SendFailed', at: 11_000, code: 'ENOBUFS' },
  )
  assert.deepEqual(types(subject.facts({ type: 'AdvertTimerExpired', at: 12_000 })), ['AdvertOwed'])
  assert.equal(subject.state().sentAt, 12_000)
})

test('P6: a changed priority goes out with the next advert and moves nothing by itself', () => {
  const subject = master()
  const config = instance({ priority: 90 })
  const effects = subject.effects({ type: 'Reconfigured', at: 10_200, config })
  assert.deepEqual(effects, [{ type: 'SetAlarm', alarm: 'advert', when: 11_000 }])
  assert.deepEqual(subject.effects({ type: 'AdvertTimerExpired', at: 11_000 })[0], { type: 'SendAdvert', priority: 90 })
})

test('a reload with the same configuration is no news', () => {
  const subject = master()
  const before = subject.state()
  assert.deepEqual(subject.facts({ type: 'Reconfigured', at: 10_200, config: instance() }), [])
  assert.equal(subject.state(), before)
})

test('a shorter interval takes effect at once', () => {
  const subject = master({ version: 3 })
  const config = instance({ version: 3, advertIntervalMs: 100 })
  assert.deepEqual(subject.effects({ type: 'Reconfigured', at: 10_050, config }), [
    { type: 'SetAlarm', alarm: 'advert', when: 10_100 },
  ])
})

test('an address added by a reload gets its time to show up', () => {
  const subject = master()
  const config = instance({ addresses: [vip('192.0.2.100'), vip('192.0.2.101')] })
  assert.deepEqual(subject.effects({ type: 'Reconfigured', at: 10_200, config }).at(-1), {
    type: 'SetAlarm',
    alarm: 'commit',
    when: 11_200,
  })
  assert.deepEqual(types(subject.facts(present(10_300, '192.0.2.101'))), ['AddressNoted', 'Committed'])
})

test('an address that a reload takes away may go from the kernel a moment earlier', () => {
  const both = { addresses: [vip('192.0.2.100'), vip('192.0.2.101')] }
  const subject = master(both).after(gone(10_200, '192.0.2.101'))
  subject.after({ type: 'Reconfigured', at: 10_220, config: instance() })
  assert.deepEqual(subject.facts({ type: 'CommitExpired', at: 10_250, drained: true }), [])
  assert.equal(subject.state().role, 'master')
})

test('nothing moves a router that was stopped', () => {
  const subject = master().after({ type: 'StopRequested', at: 10_500 })
  const inputs = [
    advert(20_000, 0),
    silence(20_000),
    { type: 'AdvertTimerExpired', at: 20_000 },
    { type: 'CommitExpired', at: 20_000, drained: true },
    { type: 'Started', at: 20_000 },
    { type: 'IpvsAlive', at: 20_000 },
    { type: 'SendFailed', at: 20_000, code: 'EPERM' },
    { type: 'AdvertDropped', at: 20_000, reason: 'ttl', source: '192.0.2.2', clues: null },
    { type: 'Reconfigured', at: 20_000, config: instance({ priority: 1 }) },
  ] as const
  for (const input of inputs) assert.deepEqual(subject.facts(input), [], input.type)
})

test('a last word that could not be sent changes nothing', () => {
  const subject = master().after({ type: 'LinkChanged', at: 10_500, link: link({ adminUp: false }) })
  assert.deepEqual(subject.facts({ type: 'SendFailed', at: 10_500, code: 'ENETDOWN' }), [])
})
