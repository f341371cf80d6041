import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstElection } from '../../services/vrrp/core/startup.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { node } from './fake-node.ts'
import { advert, instance, link, present, router, started, types } from './given.ts'

test('the later of both delays counts, one from the start, the other from the boot', () => {
  const at = (startupDelayMs: number, delayAfterBootMs: number) =>
    firstElection({ startupDelayMs, delayAfterBootMs }, 60_000)
  assert.deepEqual([at(0, 0), at(5_000, 0), at(5_000, 90_000), at(5_000, 30_000)], [60_000, 65_000, 90_000, 65_000])
})

test('an instance that has to wait hears nobody, says so once, and begins when the time has come', () => {
  const subject = router().after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(subject.effects({ type: 'Started', at: 1_000, notBefore: 6_000 }), [
    { type: 'SetAlarm', alarm: 'start', when: 6_000 },
  ])
  assert.deepEqual(subject.facts(advert(2_000, 50)), [])
  assert.deepEqual(subject.facts({ type: 'Started', at: 3_000, notBefore: 6_000 }), [])
  assert.deepEqual(subject.facts({ type: 'Started', at: 5_999 }), [])
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 6_000 })), ['BecameBackup'])
  assert.equal(subject.state().downAt, 6_000 + 3_609.375)
})

test('the wait is told in milliseconds', () => {
  const [, held] = router().facts({ type: 'Started', at: 1_000.25, notBefore: 6_000 })
  assert.deepEqual(held, { type: 'StartHeld', at: 1_000.25, instance: 'VI_1', waitMs: 5_000 })
})

test('an owner waits as well', () => {
  const subject = router({ priority: 255 }).after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 0, notBefore: 10 })), ['StartDeferred', 'StartHeld'])
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 10 })), ['BecameMaster'])
})

test('a lease that is alive does not wait: the mastership goes on', () => {
  const subject = router().after({ type: 'LinkChanged', at: 0, link: link() }, present(0))
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 0, notBefore: 60_000 })), ['MastershipResumed'])
})

test('a reload that takes the delay away lets instances begin', () => {
  const subject = router().after(
    { type: 'LinkChanged', at: 0, link: link() },
    { type: 'Started', at: 0, notBefore: 60_000 },
  )
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 1_000, notBefore: 0 })), ['BecameBackup'])
})

test('whoever has begun is not held again', () => {
  assert.deepEqual(started().facts({ type: 'Started', at: 1_000, notBefore: 60_000 }), [])
})

test('instances of a node that was told to wait take part when the wait is over', () => {
  const { routers, clock, events, sent } = node()
  routers.apply({ instances: [instance()], syncGroups: [], trackers: NO_TRACKERS }, clock.now() + 10_000)
  clock.advance(9_999)
  assert.deepEqual([events(), sent()], [['VI_1 StartHeld'], []])
  clock.advance(1)
  assert.deepEqual(events(), ['VI_1 StartHeld', 'VI_1 BecameBackup'])
  clock.advance(3_610)
  assert.deepEqual(sent(), [100])
})

test('an instance that is stopped while it waits never begins', () => {
  const { routers, clock, events } = node()
  routers.apply({ instances: [instance()], syncGroups: [], trackers: NO_TRACKERS }, clock.now() + 10_000)
  routers.stop()
  clock.advance(20_000)
  assert.deepEqual(events(), ['VI_1 StartHeld', 'VI_1 InstanceStopped'])
})
