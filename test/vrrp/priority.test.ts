import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advert, instance, link, master, silence, started, types } from './given.ts'

// Priority 100, VRRPv2.
const DOWN = 3_609.375

test('a new configuration moves no timer of a backup that keeps its priority', () => {
  const subject = started()
  subject.after({ type: 'Reconfigured', at: 1, config: instance({ preempt: false }) })
  assert.equal(subject.state().downAt, DOWN)
})

test('a backup whose priority changes waits for the skew of the new one, from when its timer began', () => {
  const subject = started()
  assert.deepEqual(subject.effects({ type: 'Reconfigured', at: 1, config: instance({ priority: 200 }) }), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 3_218.75 },
  ])
  subject.after({ type: 'Reconfigured', at: 2, config: instance({ priority: 100 }) })
  assert.equal(subject.state().downAt, DOWN)
})

test('version 3: that skew is counted in intervals of the master that is followed', () => {
  const v3 = { version: 3 } as const
  const subject = started(v3).after(advert(1_000, 250, { intervalMs: 5_000 }))
  subject.after({ type: 'Reconfigured', at: 2_000, config: instance({ ...v3, priority: 200 }) })
  assert.equal(subject.state().downAt, 1_000 + 15_000 + (56 * 5_000) / 256)
})

test('T15: a backup waits for as many adverts as down_timer_adverts says', () => {
  const subject = started({ version: 3, downTimerAdverts: 5 })
  assert.equal(subject.state().downAt, 5_609.375)
  assert.equal(subject.after(advert(1_000, 200)).state().downAt, 1_000 + 5_609.375)
})

test('P4: a router of higher priority that must not preempt stays backup after a restart, as long as there is a master', () => {
  const subject = started({ priority: 200, preempt: false })
  for (let at = 500; at < 3_600_000; at += 1_000) {
    assert.deepEqual(types(subject.facts(advert(at, 1))).includes('BecameMaster'), false)
    subject.after(silence(at + 999))
  }
  assert.equal(subject.state().role, 'backup')
})

test('K7: a master that stood still yields when a backup of the priority of timer_expired_backup has taken over', () => {
  const late = (stallPriority: number | null, ms: number) =>
    types(
      master({ priority: 100, preempt: false, stallPriority }).facts({ type: 'AdvertTimerExpired', at: 10_000 + ms }),
    )
  // Of priority 254: three seconds and 7.8125 ms; of its own 100: and 609.375 ms.
  assert.deepEqual(late(254, 3_007), ['AdvertOwed'])
  assert.deepEqual(late(254, 3_008), ['BecameBackup'])
  assert.deepEqual(late(null, 3_008), ['AdvertOwed'])
  assert.deepEqual(late(null, 3_610), ['BecameBackup'])
})

test('K11: a router says whether it became master by silence, a resignation, its priority, or as the owner', () => {
  const reasonOf = (facts: ReturnType<ReturnType<typeof started>['facts']>) =>
    facts.flatMap((fact) => (fact.type === 'BecameMaster' ? [fact.reason] : []))
  assert.deepEqual(reasonOf(started().after(advert(0, 200)).facts(silence(DOWN))), ['silence'])
  assert.deepEqual(reasonOf(started().after(advert(0, 200), advert(1, 0)).facts(silence(611))), ['resignation'])
  assert.deepEqual(reasonOf(started().after(advert(3_000, 50)).facts(silence(DOWN))), ['preemption'])
  const owner = started({ priority: 255 }).after({ type: 'LinkChanged', at: 1, link: null })
  assert.deepEqual(reasonOf(owner.facts({ type: 'LinkChanged', at: 2, link: link() })), ['owner'])
})
