import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handoverRefusal } from '../../services/vrrp/core/handover.ts'
import type { Input } from '../../services/vrrp/core/state.ts'
import { advert, master, type Subject, silence, started, types } from './given.ts'

const ask = (at: number, forMs: number | null = null): Input => ({
  ...{ type: 'HandoverAsked', at },
  request: { actor: 'anna', reason: 'new memory', forMs },
})
const due = (at: number): Input => ({ type: 'HandoverExpired', at, drained: true })

/** A master since 10 000 of priority 100 that was asked at 20 000 and sent priority 0 at 20 050. */
function yielding(forMs: number | null = null): Subject {
  return master({ leaseMs: 3_000 }).after(ask(20_000, forMs), due(20_050))
}

/** Backup since 20 600; the successor has priority 50. */
function aside(forMs: number | null = null): Subject {
  return yielding(forMs).after(advert(20_600, 50))
}

test('a hand-over is told to others before priority 0 leaves, with one more advert for the lease', () => {
  const subject = master()
  assert.deepEqual(subject.facts(ask(20_000, 60_000)), [
    {
      ...{ type: 'HandoverBegan', at: 20_000, instance: 'VI_1', actor: 'anna', reason: 'new memory' },
      ...{ forMs: 60_000, holdMs: 2_050 },
    },
    { type: 'AdvertOwed', at: 20_000 },
  ])
  assert.deepEqual(subject.facts(due(20_049)), [])
  assert.deepEqual(subject.effects(due(20_050)), [
    { type: 'SendAdvert', priority: 0 },
    { type: 'SetAlarm', alarm: 'handover', when: 22_050 },
  ])
})

test('while it yields a router stays master and says nothing', () => {
  const subject = yielding()
  assert.deepEqual(subject.facts({ type: 'AdvertTimerExpired', at: 21_000 }), [])
  assert.deepEqual(subject.facts(advert(20_100, 0)), [])
  assert.equal(subject.state().role, 'master')
})

test('the first advert of the successor, of whatever priority, ends the mastership', () => {
  const subject = yielding()
  assert.deepEqual(types(subject.facts(advert(20_600, 50))), ['BecameBackup', 'MasterAlive'])
  assert.equal(subject.state().role, 'backup')
})

test('when nobody comes it goes on as master, without ever having been anything else', () => {
  const subject = yielding()
  assert.deepEqual(subject.facts(due(22_049)), [])
  assert.deepEqual(subject.effects({ type: 'HandoverExpired', at: 22_050, drained: false }), [
    { type: 'Drain', askAgain: 'HandoverExpired' },
  ])
  assert.deepEqual(subject.facts(due(22_050)), [
    { type: 'HandoverEnded', at: 22_050, instance: 'VI_1', reason: 'nobody-came', actor: null },
    { type: 'AdvertOwed', at: 22_050 },
  ])
  assert.deepEqual(types(subject.facts(advert(22_100, 50))), ['AdvertOwed', 'RivalNoted', 'RivalHeard'])
})

test('after a hand-over a master of lower priority is left in office, until somebody ends it', () => {
  const subject = aside()
  assert.deepEqual(types(subject.facts(advert(21_600, 50))), ['LowerFirstHeard', 'MasterAlive'])
  assert.deepEqual(types(subject.facts(advert(60_600, 50))), ['MasterAlive'])
  assert.deepEqual(subject.facts({ type: 'HandoverEndAsked', at: 61_000, actor: 'otto' }), [
    { type: 'HandoverEnded', at: 61_000, instance: 'VI_1', reason: 'asked', actor: 'otto' },
  ])
  assert.deepEqual(types(subject.facts(advert(61_600, 50))), ['LowerIgnored'])
})

test('after its time is over it competes again', () => {
  const subject = aside(30_000)
  assert.deepEqual(subject.facts(due(49_999)), [])
  assert.deepEqual(types(subject.facts(due(50_000))), ['HandoverEnded'])
  assert.deepEqual(types(subject.facts(advert(50_100, 50))), ['LowerIgnored'])
})

test('when the successor falls silent it takes over at once, and the hand-over is over', () => {
  const subject = aside()
  const facts = subject.facts(silence(subject.state().downAt))
  assert.deepEqual(types(facts), ['HandoverEnded', 'BecameMaster'])
  assert.deepEqual(types(subject.facts(advert(24_300, 50))), ['AdvertOwed', 'RivalNoted', 'RivalHeard'])
})

test('when the successor resigns it takes over after its skew', () => {
  const subject = aside().after(advert(25_000, 0))
  assert.ok(subject.state().downAt - 25_000 < 1_000)
  assert.deepEqual(types(subject.facts(silence(subject.state().downAt))), ['HandoverEnded', 'BecameMaster'])
})

test('one that is taken back while it yields goes on as master at once', () => {
  const facts = yielding().facts({ type: 'HandoverEndAsked', at: 20_100, actor: 'anna' })
  assert.deepEqual(types(facts), ['HandoverEnded', 'AdvertOwed'])
})

test('a better master that comes meanwhile is a successor, too', () => {
  const subject = master().after(ask(20_000))
  assert.deepEqual(types(subject.facts(advert(20_010, 200))), ['BecameBackup', 'MasterAlive'])
  assert.equal(subject.state().handover?.phase, 'aside')
})

test('a restarted router that is told of a hand-over stands aside again', () => {
  const subject = started().after({ type: 'HandoverRemembered', at: 100, endsAt: 9_000 }, advert(200, 50))
  assert.deepEqual(types(subject.facts(advert(1_200, 50))), ['LowerFirstHeard', 'MasterAlive'].slice(1))
  assert.deepEqual(types(subject.facts(due(9_000))), ['HandoverEnded'])
})

test('a restarted router that is master when it is told of a hand-over ends it', () => {
  const facts = master().facts({ type: 'HandoverRemembered', at: 20_000, endsAt: null })
  assert.deepEqual(types(facts), ['HandoverEnded'])
})

test('only a master that has heard another router hands over, unless it is forced to', () => {
  const alone = master().state()
  assert.match(handoverRefusal(false, alone) ?? '', /^no other router was ever heard on VI_1/)
  assert.equal(handoverRefusal(true, alone), null)
  assert.equal(handoverRefusal(false, { ...alone, heardAt: 5_000 }), null)
  assert.match(handoverRefusal(true, aside().state()) ?? '', /^VI_1 is BACKUP here/)
  assert.match(handoverRefusal(true, yielding().state()) ?? '', /being handed over already$/)
})
