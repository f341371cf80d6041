import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tracked } from '#schemas/tracking.ts'
import type { Input } from '../../services/vrrp/core/state.ts'
import type { TrackerReport } from '../../services/vrrp/core/tracking.ts'
import { advert, link, master, present, router, silence, started, types } from './given.ts'

const tracked = (change: Partial<Tracked> = {}): Tracked => ({
  ...{ kind: 'script', name: 'chk', weight: 0, reverse: false },
  ...change,
})

function report(at: number, status: TrackerReport['status'], change: Partial<TrackerReport> = {}): Input {
  const detail = status === 'down' ? 'failed: exit status 1' : null
  return {
    type: 'TrackerReported',
    at,
    report: { kind: 'script', name: 'chk', status, detail, value: null, ...change },
  }
}

const file = (at: number, value: number) => report(at, 'up', { kind: 'file', value })

/** The effective priority of 100 with one tracked thing after reports of it. */
function priorityWith(change: Partial<Tracked>, ...reports: Input[]): number | string {
  const subject = started({ tracked: [tracked({ weight: 10, ...change })] })
  const facts = reports.flatMap((each) => subject.facts(each))
  if (subject.state().role === 'fault') return 'FAULT'
  const changed = facts.findLast((fact) => fact.type === 'PriorityChanged')
  return changed?.type === 'PriorityChanged' ? changed.priority : 100
}

test('a weight above 0 is added while the thing is up, one below subtracted while it is down', () => {
  assert.equal(priorityWith({ weight: 10 }, report(1, 'up')), 110)
  assert.equal(priorityWith({ weight: 10 }, report(1, 'up'), report(2, 'down')), 100)
  assert.equal(priorityWith({ weight: -10 }, report(1, 'down')), 90)
  assert.equal(priorityWith({ weight: -10 }, report(1, 'down'), report(2, 'up')), 100)
  assert.equal(priorityWith({ weight: 10 }, report(1, 'unknown')), 100)
})

test('reverse turns the sign of a weight and not the moment when it counts, as measured with keepalived', () => {
  assert.equal(priorityWith({ weight: 10, reverse: true }, report(1, 'up')), 90)
  assert.equal(priorityWith({ weight: 20, reverse: true }, report(1, 'down')), 100)
  assert.equal(priorityWith({ weight: -30, reverse: true }, report(1, 'down')), 130)
  assert.equal(priorityWith({ weight: -30, reverse: true }, report(1, 'up')), 100)
})

test('without a weight the instance is in FAULT while the thing is down, with reverse while it is up', () => {
  assert.equal(priorityWith({ weight: 0 }, report(1, 'up')), 100)
  assert.equal(priorityWith({ weight: 0 }, report(1, 'up'), report(2, 'down')), 'FAULT')
  assert.equal(priorityWith({ weight: 0, reverse: true }, report(1, 'down')), 100)
  assert.equal(priorityWith({ weight: 0, reverse: true }, report(1, 'down'), report(2, 'up')), 'FAULT')
})

test('the number of a file is multiplied; a product below -253 is FAULT, one above counts as 253', () => {
  const kind = { kind: 'file' } as const
  assert.equal(priorityWith({ ...kind, weight: 2 }, file(1, -20)), 60)
  assert.equal(priorityWith({ ...kind, weight: 2, reverse: true }, file(1, -20)), 140)
  assert.equal(priorityWith({ ...kind, weight: 1 }, file(1, -253)), 1)
  assert.equal(priorityWith({ ...kind, weight: 1 }, file(1, -254)), 'FAULT')
  assert.equal(priorityWith({ ...kind, weight: 127 }, file(1, -2)), 'FAULT')
  assert.equal(priorityWith({ ...kind, weight: 1 }, file(1, 9_999)), 254)
  assert.equal(priorityWith({ ...kind, weight: 0 }, file(1, 0)), 100)
  assert.equal(priorityWith({ ...kind, weight: 0 }, file(1, 1)), 'FAULT')
})

test('P5: tracked weights keep a priority within 1 and 254, and leave the owner alone', () => {
  const with20 = { tracked: [tracked({ weight: 20 })] }
  assert.equal(
    started({ priority: 250, ...with20 })
      .after(report(1, 'up'))
      .effects(silence(9_000))[0]?.type,
    'SendAdvert',
  )
  const high = started({ priority: 250, ...with20 }).after(report(1, 'up'))
  assert.deepEqual(high.effects(silence(9_000))[0], { type: 'SendAdvert', priority: 254 })
  const low = started({ priority: 20, tracked: [tracked({ weight: -50 })] }).after(report(1, 'down'))
  assert.deepEqual(low.effects(silence(9_000))[0], { type: 'SendAdvert', priority: 1 })
  const owner = master({ priority: 255, tracked: [tracked({ weight: -50 })] }).after(report(10_001, 'down'))
  assert.deepEqual(owner.effects({ type: 'AdvertTimerExpired', at: 11_000 })[0], { type: 'SendAdvert', priority: 255 })
})

test('an owner whose script without a weight fails goes to FAULT all the same', () => {
  const owner = router({ priority: 255, tracked: [tracked()] }).after(
    { type: 'LinkChanged', at: 0, link: link() },
    report(0, 'up'),
    { type: 'Started', at: 0 },
    present(1),
  )
  assert.equal(owner.state().role, 'master')
  assert.deepEqual(types(owner.facts(report(5, 'down'))), ['TrackerNoted', 'LastWord', 'BecameFault'])
})

test('P6: a master whose priority changes stays master, and says so in its next advert', () => {
  const subject = master({ tracked: [tracked({ weight: -60 })] })
  assert.deepEqual(subject.effects(report(10_500, 'down')), [])
  assert.equal(subject.state().role, 'master')
  assert.deepEqual(subject.effects({ type: 'AdvertTimerExpired', at: 11_000 })[0], { type: 'SendAdvert', priority: 40 })
})

test('a change of the effective priority is an event that names the one before', () => {
  const subject = started({ tracked: [tracked({ weight: -60 })] })
  assert.deepEqual(subject.facts(report(1, 'down'))[1], {
    type: 'PriorityChanged',
    at: 1,
    instance: 'VI_1',
    priority: 40,
    formerly: 100,
    role: 'backup',
    reason: 'tracking',
  })
})

test('what is left of the timer of a backup follows the changed skew', () => {
  const subject = started({ tracked: [tracked({ weight: 100 })] }).after(advert(1_000, 220))
  assert.equal(subject.state().downAt, 1_000 + 3_000 + 609.375)
  assert.deepEqual(subject.effects(report(1_500, 'up')), [
    { type: 'SetAlarm', alarm: 'masterDown', when: 1_000 + 3_000 + 218.75 },
  ])
  subject.after(report(1_600, 'down'))
  assert.equal(subject.state().downAt, 1_000 + 3_000 + 609.375)
})

test('the timer that follows a resignation follows the skew as well', () => {
  const subject = started({ tracked: [tracked({ weight: 100 })] }).after(advert(1_000, 0), report(1_100, 'up'))
  assert.equal(subject.state().downAt, 1_000 + 218.75)
})

test('a backup that is now above the master keeps its running timer and takes over when it ends', () => {
  const subject = started({ tracked: [tracked({ weight: 100 })] }).after(advert(1_000, 150), report(1_100, 'up'))
  assert.deepEqual(types(subject.facts(advert(2_000, 150))), ['LowerIgnored'])
  assert.deepEqual(types(subject.facts(silence(1_000 + 3_000 + 218.75))), ['BecameMaster'])
})

test('S26: a master whose tracked script fails resigns with priority 0, and says which script and why', () => {
  const subject = started({ tracked: [tracked()] }).after(report(1, 'up'), silence(9_000))
  const facts = subject.facts(report(10_500, 'down'))
  assert.deepEqual(types(facts), ['TrackerNoted', 'LastWord', 'BecameFault'])
  assert.deepEqual(facts[2], {
    ...{ type: 'BecameFault', at: 10_500, instance: 'VI_1', priority: 100 },
    ...{ reason: 'tracked', detail: 'script chk failed: exit status 1' },
  })
})

test('FAULT ends only when nothing is wrong any more', () => {
  const subject = started({ tracked: [tracked(), tracked({ name: 'other' })] })
  subject.after(report(1, 'up'), report(1, 'up', { name: 'other' }), report(2, 'down'))
  subject.after(report(3, 'down', { name: 'other' }), report(4, 'up'))
  assert.equal(subject.state().role, 'fault')
  const facts = subject.facts(report(5, 'up', { name: 'other' }))
  assert.deepEqual(types(facts), ['TrackerNoted', 'BecameBackup'])
  assert.equal(subject.state().downAt, 5 + 3_609.375)
})

test('who starts waits for the first result without a word, and goes where it says', () => {
  const waiting = router({ tracked: [tracked()] }).after({ type: 'LinkChanged', at: 0, link: link() })
  assert.deepEqual(types(waiting.facts({ type: 'Started', at: 0 })), ['StartPutOff'])
  assert.deepEqual(types(waiting.facts({ type: 'Started', at: 1 })), [])
  assert.deepEqual(waiting.facts(silence(9_000)), [])
  assert.equal(waiting.state().role, 'init')
  assert.deepEqual(types(waiting.facts(report(9_001, 'up'))), ['TrackerNoted', 'BecameBackup'])
  const failing = router({ tracked: [tracked()] }).after(
    { type: 'LinkChanged', at: 0, link: link() },
    { type: 'Started', at: 0 },
  )
  assert.deepEqual(types(failing.facts(report(1, 'down'))), ['TrackerNoted', 'BecameFault'])
})

test('who only changes its priority does not wait for the first result', () => {
  assert.equal(started({ tracked: [tracked({ weight: 5 })] }).state().role, 'backup')
})

test('a restarted master whose lease is alive goes on before its scripts have run', () => {
  const subject = router({ tracked: [tracked()] }).after({ type: 'LinkChanged', at: 0, link: link() }, present(0))
  assert.deepEqual(types(subject.facts({ type: 'Started', at: 0 })), ['MastershipResumed'])
})

test('something that a reload adds and nobody knows yet changes nothing', () => {
  const subject = master()
  const config = { ...subject.state().config, tracked: [tracked()] }
  assert.deepEqual(types(subject.facts({ type: 'Reconfigured', at: 10_100, config })), ['ConfigTaken'])
  assert.deepEqual(types(subject.facts(report(10_200, 'down'))), ['TrackerNoted', 'LastWord', 'BecameFault'])
})

test('a reload that takes the weight off a script that fails is FAULT, one that drops the script ends it', () => {
  const subject = master({ tracked: [tracked({ weight: -5 })] }).after(report(10_100, 'down'))
  const { config } = subject.state()
  const heavy = { ...config, tracked: [tracked()] }
  const facts = subject.facts({ type: 'Reconfigured', at: 10_200, config: heavy })
  assert.deepEqual(types(facts), ['ConfigTaken', 'LastWord', 'BecameFault'])
  const without = subject.facts({ type: 'Reconfigured', at: 10_300, config: { ...config, tracked: [] } })
  assert.deepEqual(types(without), ['ConfigTaken', 'BecameBackup'])
})

test('a reload that changes the priority says so', () => {
  const subject = master()
  const facts = subject.facts({ type: 'Reconfigured', at: 10_100, config: { ...subject.state().config, priority: 90 } })
  assert.deepEqual(facts[1], {
    ...{ type: 'PriorityChanged', at: 10_100, instance: 'VI_1', priority: 90, formerly: 100 },
    ...{ role: 'master', reason: 'configuration' },
  })
})

test('a report of something that the instance does not track changes nothing', () => {
  assert.deepEqual(started({ tracked: [tracked()] }).facts(report(1, 'down', { name: 'another' })), [])
})

test('S25: with dont_track_primary a link that is down is no FAULT, and its lost adverts no reason to yield', () => {
  const subject = master({ trackPrimary: false })
  const dead = link({ carrier: false })
  assert.deepEqual(types(subject.facts({ type: 'LinkChanged', at: 10_500, link: dead })), ['LinkNoted'])
  for (let at = 11_000; at < 20_000; at += 1_000) {
    subject.after({ type: 'AdvertTimerExpired', at }, { type: 'SendFailed', at, code: 'ENETUNREACH' })
  }
  assert.equal(subject.state().role, 'master')
  const missing = subject.facts({ type: 'LinkChanged', at: 20_000, link: null })
  assert.deepEqual(types(missing), ['LinkNoted', 'BecameFault'])
})
