import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advert, gone, link, master, OURS, present, router, silence, started, types } from './given.ts'

// Priority 100, VRRPv2: skew 609.375 ms, master-down interval 3609.375 ms.
const SKEW = 609.375
const DOWN = 3_609.375

test('S1: an owner announces itself at once and is master', () => {
  const subject = router({ priority: 255 }).after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(subject.effects({ type: 'Started', at: 5 }), [
    { type: 'SendAdvert', priority: 255 },
    { type: 'SetAlarm', alarm: 'advert', when: 1_005 },
    // A whole master-down interval for services/ipvs, which starts at the same time.
    { type: 'SetAlarm', alarm: 'commit', when: 5 + 3_003.90625 },
  ])
  assert.equal(subject.state().role, 'master')
})

test('S2: a router below 255 starts as backup, waits a whole master-down interval and sends nothing', () => {
  const subject = router().after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(subject.effects({ type: 'Started', at: 5 }), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 5 + DOWN },
  ])
  assert.equal(subject.state().role, 'backup')
})

test('S30: the configured state MASTER does not shorten the first wait', () => {
  assert.equal(started({ initialState: 'MASTER' }).state().downAt, DOWN)
})

test('S3: a router that has not started ignores adverts', () => {
  assert.deepEqual(router().facts(advert(0, 200)), [])
})

test('S4: a backup that is stopped says nothing on the wire', () => {
  const subject = started()
  assert.deepEqual(subject.effects({ type: 'StopRequested', at: 1 }), [])
  assert.equal(subject.state().role, 'stopped')
})

test('S5: a backup whose timer ends sends its advert first, then tells the world', () => {
  const subject = started()
  assert.deepEqual(subject.facts(silence(DOWN)), [
    {
      type: 'BecameMaster',
      at: DOWN,
      instance: 'VI_1',
      priority: 100,
      reason: 'silence',
      previousMaster: null,
      silentMs: null,
    },
  ])
  const again = started()
  assert.deepEqual(again.effects(silence(DOWN))[0], { type: 'SendAdvert', priority: 100 })
})

test('S6: a backup waits only the skew when the master resigns', () => {
  const subject = started().after(advert(1_000, 200))
  assert.deepEqual(subject.effects(advert(1_500, 0)), [{ type: 'SetAlarm', alarm: 'masterDown', when: 1_500 + SKEW }])
  assert.deepEqual(subject.facts(silence(1_500 + SKEW)), [
    {
      type: 'BecameMaster',
      at: 1_500 + SKEW,
      instance: 'VI_1',
      priority: 100,
      reason: 'resignation',
      previousMaster: { address: '192.0.2.2', priority: 0 },
      silentMs: 609,
    },
  ])
})

test('S7: a resignation counts for a backup that does not preempt, too', () => {
  assert.equal(started({ preempt: false }).after(advert(1_000, 0)).state().downAt, 1_000 + SKEW)
})

test('S8: an advert of higher priority starts the timer again', () => {
  assert.equal(started().after(advert(1_000, 101)).state().downAt, 1_000 + DOWN)
})

test('S11: an advert of equal priority starts the timer again, whoever sent it', () => {
  for (const source of ['192.0.2.9', '192.0.2.0']) {
    assert.equal(
      started()
        .after(advert(1_000, 100, { source }))
        .state().downAt,
      1_000 + DOWN,
    )
  }
})

test('S9: an advert of lower priority does not touch the timer of a backup that preempts', () => {
  const subject = started()
  assert.deepEqual(types(subject.facts(advert(1_000, 99))), ['LowerIgnored'])
  assert.equal(subject.state().downAt, DOWN)
})

test('P1: a returning router of higher priority takes over when its timer ends, not at once', () => {
  const subject = started({ priority: 150 })
  const down = 3_000 + 414.0625
  assert.deepEqual(subject.effects(advert(1_000, 100)), [])
  subject.after(advert(2_000, 100), advert(3_000, 100))
  const [fact] = subject.facts(silence(down))
  assert.deepEqual(fact, {
    type: 'BecameMaster',
    at: down,
    instance: 'VI_1',
    priority: 150,
    reason: 'preemption',
    previousMaster: { address: '192.0.2.2', priority: 100 },
    silentMs: 414,
  })
})

test('S10: a backup that must not preempt follows a master of lower priority', () => {
  assert.equal(started({ preempt: false }).after(advert(1_000, 1)).state().downAt, 1_000 + DOWN)
})

test('P2: an owner preempts even when told not to', () => {
  const subject = started({ priority: 255, preempt: false }).after(advert(500, 255, { source: '192.0.2.9' }))
  assert.equal(subject.state().role, 'backup')
  assert.deepEqual(types(subject.facts(advert(1_000, 100))), ['LowerIgnored'])
})

test('P3: a preempt delay counts from the first advert of lower priority', () => {
  const subject = started({ preemptDelayMs: 5_000 })
  for (let at = 1_000; at < 6_000; at += 1_000) {
    assert.equal(subject.after(advert(at, 50)).state().downAt, at + DOWN)
  }
  assert.deepEqual(types(subject.facts(advert(6_000, 50))), ['LowerIgnored'])
  assert.equal(subject.state().downAt, 5_000 + DOWN)
})

test('P3: a preempt delay begins anew after a better master was heard', () => {
  const subject = started({ preemptDelayMs: 5_000 }).after(advert(1_000, 50), advert(5_000, 150), advert(6_500, 50))
  assert.equal(subject.state().downAt, 6_500 + DOWN)
})

test('T11: version 3: the wait follows the interval that the master announces', () => {
  const subject = started({ version: 3 }).after(advert(1_000, 200, { intervalMs: 5_000 }))
  assert.equal(subject.state().downAt, 1_000 + 18_046.875)
  assert.equal(subject.after(advert(2_000, 0)).state().downAt, 2_000 + 3_046.875)
})

test('T12: a master sends at its own interval, whatever it has learned from others', () => {
  const subject = started({ version: 3 }).after(advert(1_000, 200, { intervalMs: 5_000 }), silence(20_000))
  assert.equal(subject.state().advertAt, 21_000)
})

test('S22: a timer that was set before the last advert changes nothing when it rings', () => {
  const subject = started().after(advert(3_000, 200))
  assert.deepEqual(subject.facts(silence(DOWN)), [])
  assert.equal(subject.state().role, 'backup')
})

test('S22: a master-down timer that rings in a master changes nothing', () => {
  assert.deepEqual(master().facts(silence(100_000)), [])
})

test('T14: before a backup takes over, what lies unread in the sockets is heard', () => {
  const subject = started()
  const late = 9_000
  assert.deepEqual(subject.effects({ type: 'MasterDownExpired', at: late, drained: false }), [
    { type: 'Drain', askAgain: 'MasterDownExpired' },
  ])
  assert.equal(subject.state().role, 'backup')
  // The master was alive all the time; we were not.
  assert.deepEqual(subject.after(advert(late, 200)).facts(silence(late)), [])
})

test('T13: time is what the inputs say: wall clocks appear nowhere', () => {
  const subject = started().after(advert(-7_000_000, 200))
  assert.equal(subject.state().downAt, -7_000_000 + DOWN)
})

test('S25 S27: an interface that goes down ends the part of a backup, one that comes back begins it anew', () => {
  const subject = started({ version: 3 }).after(advert(1_000, 200, { intervalMs: 5_000 }))
  const down = { type: 'LinkChanged', at: 2_000, link: link({ carrier: false }) } as const
  assert.deepEqual(types(subject.facts(down)), ['LinkNoted', 'BecameFault'])
  assert.deepEqual(subject.facts(advert(2_500, 200)), [])
  const [, back] = subject.facts({ type: 'LinkChanged', at: 3_000, link: link() })
  assert.deepEqual(back, {
    type: 'BecameBackup',
    at: 3_000,
    instance: 'VI_1',
    priority: 100,
    reason: 'fault-cleared',
    master: null,
    detail: null,
  })
  // The interval learned before is forgotten.
  assert.equal(subject.state().downAt, 3_000 + DOWN)
})

test('S25: an owner is master again as soon as its interface is back', () => {
  const subject = started({ priority: 255 })
  subject.after({ type: 'LinkChanged', at: 1, link: null })
  const facts = subject.facts({ type: 'LinkChanged', at: 2, link: link() })
  assert.deepEqual(types(facts), ['LinkNoted', 'BecameMaster'])
})

test('a router starts in fault without interface, carrier or address, and says which', () => {
  const cases = [
    [null, 'interface-missing'],
    [link({ adminUp: false }), 'link-down'],
    [link({ carrier: false }), 'link-down'],
    [link({ primaryIpv4: null }), 'no-address'],
  ] as const
  for (const [state, reason] of cases) {
    const subject = router().after({ type: 'LinkChanged', at: 0, link: state })
    const [fact] = subject.facts({ type: 'Started', at: 0 })
    assert.ok(fact?.type === 'BecameFault')
    assert.equal(fact.reason, reason)
  }
})

test('a configured source address stands in for one of the interface', () => {
  const subject = router({ sourceAddress: OURS })
  subject.after({ type: 'LinkChanged', at: 0, link: link({ primaryIpv4: null }) }, { type: 'Started', at: 0 })
  assert.equal(subject.state().role, 'backup')
})

test('a change of the interface that leaves it usable changes nothing else', () => {
  const subject = started()
  const change = { type: 'LinkChanged', at: 1, link: link({ primaryIpv4: '192.0.2.7' }) } as const
  assert.deepEqual(types(subject.facts(change)), ['LinkNoted'])
  assert.equal(subject.state().downAt, DOWN)
})

test('a restarted router whose addresses all have a lease goes on as master, with an advert at once', () => {
  const subject = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0, '192.0.2.100', 2_000))
  const effects = subject.effects({ type: 'Started', at: 10 })
  assert.deepEqual(effects[0], { type: 'SendAdvert', priority: 100 })
  assert.equal(subject.state().role, 'master')
  assert.equal(subject.state().addresses, 'held')
})

test("addresses without lifetime are nobody's lease, and neither is a part of them", () => {
  const forever = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0, '192.0.2.100', null))
  assert.deepEqual(types(forever.facts({ type: 'Started', at: 0 })), ['BecameBackup'])
  const gonePart = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0), gone(0))
  assert.deepEqual(types(gonePart.facts({ type: 'Started', at: 0 })), ['BecameBackup'])
  const expired = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0, '192.0.2.100', 0))
  assert.deepEqual(types(expired.facts({ type: 'Started', at: 0 })), ['BecameBackup'])
})

test('what counts before the start is the last thing the kernel said of an address', () => {
  const subject = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0, '192.0.2.100', null))
  subject.after(present(1, '192.0.2.100', 2_000))
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 2 })), ['MastershipResumed'])
})

test('a router without addresses has no lease to resume', () => {
  const subject = router({ addresses: [] }).after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['BecameBackup'])
})

test('leases count at the start only: a fault that is over resumes nothing', () => {
  const subject = started().after(present(1), { type: 'LinkChanged', at: 2, link: null })
  const facts = subject.facts({ type: 'LinkChanged', at: 3, link: link() })
  assert.deepEqual(types(facts), ['LinkNoted', 'BecameBackup'])
})

test('after a fault a resignation is waited for by our own interval, not the one learned before', () => {
  const subject = started({ version: 3 }).after(advert(1_000, 200, { intervalMs: 5_000 }))
  subject.after({ type: 'LinkChanged', at: 2, link: null }, { type: 'LinkChanged', at: 3, link: link() })
  assert.equal(subject.after(advert(100, 0)).state().downAt, 100 + SKEW)
})

test('a master that falls silent after it replaced a lesser one is missed for its silence', () => {
  const subject = started().after(advert(1_000, 50), advert(1_500, 200))
  const [fact] = subject.facts(silence(1_500 + DOWN))
  assert.ok(fact?.type === 'BecameMaster')
  assert.deepEqual([fact.reason, fact.previousMaster?.priority, fact.silentMs], ['silence', 200, 3_609])
})

test('addresses that come and go in a backup are noted and nothing else', () => {
  const subject = started()
  assert.deepEqual(types(subject.facts(present(1))), ['AddressNoted'])
  assert.deepEqual(subject.effects(gone(2)), [])
})

test('the same news of an interface is news once', () => {
  assert.deepEqual(started().facts({ type: 'LinkChanged', at: 1, link: link() }), [])
})
