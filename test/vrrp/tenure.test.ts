import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Input } from '../../services/vrrp/core/state.ts'
import { advert, gone, present, type Subject, silence, started, types, vip } from './given.ts'

const DOWN = 3_609.375
const commit = (at: number): Input => ({ type: 'CommitExpired', at, drained: true })

/** A master since 10 000 that waits for its address. */
function waiting(): Subject {
  return started().after(silence(10_000))
}

/** The same for one that stepped aside at 5 000, when nobody came. */
function waitingAlone(): Subject {
  return started().after(silence(4_000), commit(5_000), silence(10_000))
}

/** A master since 10 000 that holds its address. */
function holding(): Subject {
  return waiting().after(present(10_002))
}

test('a master that sees its address in the kernel has committed', () => {
  const subject = waiting()
  assert.deepEqual(types(subject.facts(present(10_002))), ['AddressNoted', 'Committed'])
  assert.deepEqual(subject.facts(commit(11_000)), [])
})

test('a master has committed only when all of its addresses are there', () => {
  const subject = started({ addresses: [vip('192.0.2.100'), vip('192.0.2.101')] }).after(silence(10_000))
  assert.deepEqual(types(subject.facts(present(10_001, '192.0.2.101'))), ['AddressNoted'])
  assert.deepEqual(types(subject.facts(present(10_002, '192.0.2.100'))), ['AddressNoted', 'Committed'])
})

test('addresses of others are not looked at', () => {
  assert.deepEqual(waiting().facts(present(10_002, '192.0.2.9')), [])
  assert.deepEqual(waiting().facts(gone(10_002, '192.0.2.9')), [])
})

test('a refresh of an address is no news', () => {
  assert.deepEqual(holding().facts(present(11_000)), [])
})

test('a master without addresses of its own has nothing to wait for', () => {
  const subject = started({ addresses: [] }).after(silence(10_000))
  assert.equal(subject.state().addresses, 'held')
})

test('before a master gives up, what the kernel has to tell is heard', () => {
  const subject = waiting()
  assert.deepEqual(subject.effects({ type: 'CommitExpired', at: 11_000, drained: false }), [
    { type: 'Drain', askAgain: 'CommitExpired' },
  ])
  assert.deepEqual(subject.after(present(11_000)).facts(commit(11_000)), [])
})

test('a master whose address does not appear in time resigns with priority 0', () => {
  const subject = waiting()
  assert.deepEqual(subject.facts(commit(10_999)), [])
  assert.deepEqual(subject.facts(commit(11_000)), [
    { type: 'LastWord', at: 11_000, priority: 0 },
    {
      type: 'BecameBackup',
      at: 11_000,
      instance: 'VI_1',
      priority: 100,
      reason: 'commit-failed',
      master: null,
      detail: 'not in the kernel: 192.0.2.100',
    },
  ])
  assert.equal(subject.state().downAt, 11_000 + DOWN + 1_000)
})

test('a lone master whose address does not appear goes on, and says so once', () => {
  const subject = waitingAlone()
  assert.deepEqual(subject.facts(commit(11_000)), [
    { type: 'CommitOverdue', at: 11_000, instance: 'VI_1', missing: ['192.0.2.100'], patienceMs: 30_000 },
  ])
  assert.equal(subject.state().role, 'master')
  assert.deepEqual(subject.facts(commit(12_000)), [])
  assert.deepEqual(types(subject.facts(present(13_000))), ['AddressNoted', 'Committed'])
})

test('a lone master without its address speaks with the lowest priority, until it has it', () => {
  const subject = waitingAlone().after(commit(11_000))
  const due = (at: number) => subject.effects({ type: 'AdvertTimerExpired', at })[0]
  assert.deepEqual(due(12_000), { type: 'SendAdvert', priority: 1 })
  subject.after(present(12_500))
  assert.deepEqual(due(13_000), { type: 'SendAdvert', priority: 100 })
})

test('a lone master steps aside when its patience is over: a backup that keeps quiet cannot be heard', () => {
  const subject = waitingAlone().after(commit(11_000))
  for (let at = 11_000; at <= 41_000; at += 1_000) subject.after({ type: 'AdvertTimerExpired', at })
  assert.deepEqual(types(subject.facts(commit(41_000))), ['LastWord', 'BecameBackup'])
  assert.equal(subject.state().downAt, 41_000 + DOWN + 1_000)
})

test('a lone master without its address yields to the first other master, even of lower priority', () => {
  const subject = waitingAlone().after(commit(11_000))
  const [, fact] = subject.facts(advert(11_500, 1))
  assert.ok(fact?.type === 'BecameBackup')
  assert.equal(fact.reason, 'commit-failed')
})

test('a master that loses an address resigns with priority 0 after a moment of grace', () => {
  const subject = holding()
  assert.deepEqual(subject.effects(gone(10_500)), [{ type: 'SetAlarm', alarm: 'commit', when: 10_550 }])
  const [resignation, fact] = subject.facts(commit(10_550))
  assert.deepEqual(resignation, { type: 'LastWord', at: 10_550, priority: 0 })
  assert.ok(fact?.type === 'BecameBackup')
  assert.equal(fact.reason, 'address-lost')
})

test('an address that comes back within the grace was never lost', () => {
  const subject = holding().after(gone(10_500))
  assert.deepEqual(types(subject.facts(present(10_520))), ['AddressNoted', 'Committed'])
  assert.deepEqual(subject.facts(commit(10_550)), [])
})

test('a router that lost an address waits an interval longer than any living backup: that one comes first', () => {
  assert.equal(holding().after(gone(10_500), commit(10_550)).state().downAt, 10_550 + DOWN + 1_000)
})

test('a router that never heard of others steps aside all the same: backups keep quiet', () => {
  assert.deepEqual(types(waiting().facts(commit(11_000))), ['LastWord', 'BecameBackup'])
})

test('a router that was alone is not any more once another one was heard', () => {
  const subject = waitingAlone().after(advert(10_100, 99))
  assert.deepEqual(types(subject.facts(commit(11_000))), ['LastWord', 'BecameBackup'])
})

test('a router whose ipvs has failed it leaves the addresses to a master of lower priority', () => {
  const subject = holding().after(gone(10_500), commit(10_550), advert(11_200, 50), advert(12_200, 50))
  assert.equal(subject.state().downAt, 12_200 + DOWN + 1_000)
})

test('a sign of life of ipvs lets the router preempt again after its timer', () => {
  const subject = holding().after(gone(10_500), commit(10_550), advert(11_200, 50), { type: 'IpvsAlive', at: 11_300 })
  assert.deepEqual(types(subject.facts(advert(12_200, 50))), ['LowerIgnored'])
  assert.deepEqual(types(subject.facts(silence(11_200 + DOWN))), ['BecameMaster'])
})

test('signs of life of ipvs mean nothing while all is well', () => {
  assert.deepEqual(holding().facts({ type: 'IpvsAlive', at: 10_300 }), [])
})

test('a router that fails again and again is kept out longer and longer', () => {
  const subject = started().after(advert(1_000, 200))
  const waits: number[] = []
  for (let at = 10_000; waits.length < 7; at += 1_000_000) {
    subject.after(silence(at), commit(at + 1_000))
    assert.equal(subject.state().role, 'backup')
    waits.push((subject.state().distrustUntil ?? 0) - (at + 1_000))
    subject.after({ type: 'IpvsAlive', at: at + 900_000 }, advert(at + 900_001, 200))
    assert.equal(subject.state().distrustUntil, null)
  }
  assert.deepEqual(waits, [0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000])
})

test('a sign of life within the quiet time does not end it', () => {
  const subject = started().after(advert(1_000, 200), silence(10_000), commit(11_000))
  subject.after({ type: 'IpvsAlive', at: 11_100 }, advert(11_200, 200), silence(20_000), commit(21_000))
  assert.deepEqual(subject.facts({ type: 'IpvsAlive', at: 30_999 }), [])
  assert.deepEqual(types(subject.facts({ type: 'IpvsAlive', at: 31_000 })), ['TrustRegained'])
})

test('a mastership that lasted forgives earlier mishaps', () => {
  const subject = started().after(advert(1_000, 200), silence(10_000), commit(11_000), silence(20_000), present(20_001))
  for (let at = 21_000; at <= 90_000; at += 1_000) subject.after({ type: 'AdvertTimerExpired', at })
  subject.after(gone(90_100), commit(90_150))
  assert.equal(subject.state().distrustUntil, 90_150)
})

test('a master that dropped out with the address of another still there has committed at once', () => {
  const subject = started().after(present(1), silence(10_000))
  assert.equal(subject.state().addresses, 'held')
  // That address goes when its owner lets go; ours comes within the grace.
  subject.after(gone(10_001), present(10_003))
  assert.deepEqual(subject.facts(commit(10_051)), [])
})

test('a lone master that steps aside in vain says again that its address is missing', () => {
  const subject = waitingAlone().after(commit(11_000))
  for (let at = 11_000; at <= 41_000; at += 1_000) subject.after({ type: 'AdvertTimerExpired', at })
  subject.after(commit(41_000), silence(50_000))
  assert.deepEqual(types(subject.facts(commit(51_000))), ['CommitOverdue'])
})

test('a master neither waits for an address with no_track nor minds its loss', () => {
  const addresses = [vip('192.0.2.100'), { ...vip('192.0.2.101'), noTrack: true }]
  const subject = started({ addresses }).after(silence(10_000))
  assert.deepEqual(types(subject.facts(present(10_002, '192.0.2.100'))), ['AddressNoted', 'Committed'])
  const both = subject.after(present(10_002, '192.0.2.100'), present(10_002, '192.0.2.101'))
  assert.deepEqual(both.facts(gone(10_100, '192.0.2.101')), [])
  assert.deepEqual(types(both.facts(gone(10_100, '192.0.2.100'))), ['AddressMissed'])
})
