// Flap damping: the budget of masterships, and the way back from FAULT.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dampingState } from '../../services/vrrp/core/damping.ts'
import type { Input } from '../../services/vrrp/core/state.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { node } from './fake-node.ts'
import { advert, instance, link, present, router, type Subject, silence, started, types } from './given.ts'

// Priority 100, VRRPv2: skew 609.375 ms, master-down interval 3609.375 ms.
const SKEW = 609.375
const DOWN = 3_609.375
const BUDGET = { flapDamping: { masterships: 3, windowMs: 100_000 } }

/** Becomes master at `at`, and yields to a better one a second later. */
function comeAndGo(subject: Subject, at: number): Subject {
  return subject.after(silence(at), present(at + 10), advert(at + 1_000, 200))
}

/** Its third mastership began at 30 000, and the first leaves the window at 110 000. */
function spent(change = {}): Subject {
  const subject = started({ ...BUDGET, ...change })
  for (const at of [10_000, 20_000, 30_000]) comeAndGo(subject, at)
  return subject
}

const tick = (at: number): Input => ({ type: 'DampingExpired', at })
const carrier = (at: number, up: boolean): Input => ({ type: 'LinkChanged', at, link: link({ carrier: up }) })

test('a router whose budget of masterships is spent says so, for how long, and what was seen', () => {
  const subject = started(BUDGET)
  comeAndGo(subject, 10_000)
  comeAndGo(subject, 20_000)
  const facts = subject.facts(silence(30_000))
  assert.deepEqual(types(facts), ['BecameMaster', 'DampingBegan'])
  assert.deepEqual(facts[1], {
    ...{ type: 'DampingBegan', at: 30_000, instance: 'VI_1', what: 'preemption', count: 3, windowMs: 100_000 },
    ...{ waitMs: 80_000, detail: 'became MASTER 3 times in 100 s' },
  })
})

test('it accepts a master of lower priority until a mastership has left the window', () => {
  const subject = spent()
  assert.deepEqual(types(subject.facts(advert(109_999, 50))), ['LowerFirstHeard', 'MasterAlive'])
  assert.deepEqual(types(subject.facts(advert(110_000, 50))), ['LowerIgnored'])
})

test('what is within the budget preempts as ever', () => {
  const subject = started(BUDGET)
  comeAndGo(subject, 10_000)
  comeAndGo(subject, 20_000)
  assert.deepEqual(types(subject.facts(advert(22_000, 50))), ['LowerIgnored'])
})

test('masterships that are further apart than the window do not add up', () => {
  const subject = started(BUDGET)
  for (const at of [10_000, 60_000, 110_000, 160_000, 210_000]) comeAndGo(subject, at)
  assert.equal(subject.state().damping.spentUntil, null)
})

test('N13: without any other master it takes over as ever, however often it has', () => {
  const subject = spent()
  subject.after(advert(32_000, 50))
  assert.deepEqual(subject.facts(silence(32_000 + DOWN - 0.001)), [])
  assert.deepEqual(types(subject.facts(silence(32_000 + DOWN))), ['BecameMaster', 'DampingProlonged'])
})

test('N13: a resignation leaves it the skew to wait, as ever', () => {
  const subject = spent().after(advert(32_000, 50), advert(32_500, 0))
  assert.equal(types(subject.facts(silence(32_500 + SKEW)))[0], 'BecameMaster')
})

test('a master of priority 1 most likely cannot serve, and is not accepted', () => {
  assert.deepEqual(types(spent().facts(advert(32_000, 1))), ['LowerIgnored'])
  assert.equal(types(spent().facts(advert(32_000, 2))).at(-1), 'MasterAlive')
})

test('each mastership while it is damped puts off the end, by the window at most', () => {
  const subject = comeAndGo(spent(), 40_000)
  assert.equal(subject.state().damping.spentUntil, 120_000)
  assert.deepEqual(subject.facts(tick(110_000)), [])
  for (const at of [50_000, 60_000]) comeAndGo(subject, at)
  assert.equal(subject.state().damping.spentUntil, 140_000)
})

test('the end is told once, at its time', () => {
  const subject = spent()
  assert.deepEqual(subject.facts(tick(109_999)), [])
  assert.deepEqual(subject.facts(tick(110_000)), [
    { type: 'DampingEnded', at: 110_000, instance: 'VI_1', what: 'preemption' },
  ])
  assert.deepEqual(subject.facts(tick(110_001)), [])
})

test('an alarm is set for the end, and again when that moves', () => {
  const subject = started(BUDGET)
  comeAndGo(subject, 10_000)
  comeAndGo(subject, 20_000)
  const alarm = (at: number) => subject.effects(silence(at)).find((e) => e.type === 'SetAlarm' && e.alarm === 'damping')
  assert.deepEqual(alarm(30_000), { type: 'SetAlarm', alarm: 'damping', when: 110_000 })
  subject.after(advert(31_000, 200))
  assert.deepEqual(alarm(40_000), { type: 'SetAlarm', alarm: 'damping', when: 120_000 })
})

test('an owner, and who is not damped, has no budget', () => {
  for (const change of [{ priority: 255 }, { flapDamping: null }]) {
    const subject = spent(change)
    assert.equal(subject.state().damping.spentUntil, null)
    assert.equal(dampingState(32_000, subject.state()), null)
  }
})

test('a reload that gives a larger budget, or none, ends it', () => {
  const config = (flapDamping: { masterships: number; windowMs: number } | null): Input => ({
    type: 'Reconfigured',
    at: 40_000,
    config: instance({ flapDamping }),
  })
  const ended = ['ConfigTaken', 'DampingEnded']
  assert.deepEqual(types(spent().facts(config(null))), ended)
  assert.deepEqual(types(spent().facts(config({ masterships: 4, windowMs: 100_000 }))), ended)
  const longer = spent().after(config({ masterships: 3, windowMs: 200_000 }))
  assert.equal(longer.state().damping.spentUntil, 210_000)
  const other = { ...spent().state().config, priority: 120 }
  const facts = spent().facts({ type: 'Reconfigured', at: 40_000, config: other })
  assert.deepEqual(types(facts), ['ConfigTaken', 'PriorityChanged'])
})

test('what is left of the budget can be seen at any time', () => {
  const shown = (subject: Subject, at: number) => dampingState(at, subject.state())
  const common = { instance: 'VI_1', budget: 3, windowMs: 100_000, returnsInMs: null }
  assert.deepEqual(shown(started(BUDGET), 0), { ...common, left: 3, preemptsInMs: null })
  assert.deepEqual(shown(comeAndGo(started(BUDGET), 10_000), 12_000), { ...common, left: 2, preemptsInMs: null })
  assert.deepEqual(shown(spent(), 32_000), { ...common, left: 0, preemptsInMs: 78_000 })
  assert.equal(shown(comeAndGo(started(BUDGET), 10_000), 110_000)?.left, 3)
})

test('the first way back from FAULT is free, and the next ones wait ever longer', () => {
  const subject = started(BUDGET).after(carrier(1_000, false))
  assert.deepEqual(types(subject.facts(carrier(2_000, true))), ['LinkNoted', 'BecameBackup'])
  for (const [down, waitMs] of [
    [3_000, 1_000],
    [10_000, 2_000],
    [20_000, 4_000],
  ] as const) {
    subject.after(carrier(down, false))
    const facts = subject.facts(carrier(down + 100, true))
    assert.deepEqual(types(facts), ['LinkNoted', 'ReturnHeld', 'DampingBegan'])
    // A master is there all the time.
    const heard = [1_000, 2_000, 3_000, 4_000].filter((ms) => ms < waitMs)
    subject.after(...heard.map((ms) => advert(down + 100 + ms, 200)))
    assert.deepEqual(subject.facts(tick(down + 99 + waitMs)), [])
    assert.ok(types(subject.facts(tick(down + 100 + waitMs))).includes('BecameBackup'))
  }
})

test('what it was in FAULT for is told with the wait', () => {
  const subject = started(BUDGET).after(carrier(1_000, false), carrier(2_000, true), carrier(3_000, false))
  const began = subject.facts(carrier(3_100, true)).at(-1)
  assert.deepEqual(began, {
    ...{ type: 'DampingBegan', at: 3_100, instance: 'VI_1', what: 'return', count: 2, windowMs: 100_000 },
    ...{ waitMs: 1_000, detail: 'was in FAULT 2 times in 100 s, the last time: link-down: eth0 has no carrier' },
  })
})

/** Its second FAULT was over at 10 000, and it is to come back at 11 000. */
const held = (change = {}) =>
  started({ ...BUDGET, ...change }).after(
    ...[carrier(1_000, false), carrier(2_000, true)],
    ...[carrier(9_000, false), carrier(10_000, true)],
  )

test('a fault that comes again begins the wait anew, and says nothing', () => {
  const subject = held()
  assert.deepEqual(types(subject.facts(carrier(10_500, false))), ['LinkNoted', 'ReturnLost'])
  assert.deepEqual(subject.facts(tick(11_000)), [])
  assert.deepEqual(types(subject.facts(carrier(10_600, true))), ['LinkNoted', 'ReturnHeld'])
  assert.deepEqual(subject.facts(tick(11_599)), [])
  assert.deepEqual(types(subject.facts(tick(11_600))), ['DampingEnded', 'BecameBackup', 'MasterDoubted'])
})

test('N13: the wait costs no time where nobody else is master', () => {
  const subject = held().after(tick(11_000))
  assert.equal(subject.state().downAt, 10_000 + DOWN)
  const short = held({ version: 3, advertIntervalMs: 100 })
  const downAt = 10_000 + 300 + (156 * 100) / 256
  assert.equal(short.state().damping.hold?.aloneAt, downAt)
  assert.deepEqual(short.facts(tick(downAt - 0.001)), [])
  assert.deepEqual(types(short.facts(tick(downAt))), ['DampingEnded', 'BecameBackup', 'MasterDoubted'])
  assert.equal(short.facts(silence(downAt))[0]?.type, 'BecameMaster')
})

test('a master that is heard in the wait is known when it is over', () => {
  const subject = held().after(advert(10_400, 50))
  assert.deepEqual(types(subject.facts(tick(11_000))), ['DampingEnded', 'BecameBackup', 'MasterAlive'])
  const { master, downAt } = subject.state()
  assert.deepEqual([master?.peer.priority, master?.at, downAt], [50, 10_400, 10_400 + DOWN])
})

test('a master that resigns in the wait is followed as from BACKUP', () => {
  const subject = held().after(advert(10_300, 0))
  const at = 10_300 + SKEW
  assert.deepEqual(types(subject.facts(tick(at))), ['DampingEnded', 'BecameBackup', 'MasterResigned'])
  const [fact] = subject.facts(silence(at))
  assert.ok(fact?.type === 'BecameMaster')
  assert.equal(fact.reason, 'resignation')
})

test('a master of priority 1 does not prolong the wait', () => {
  const subject = held({ version: 3, advertIntervalMs: 100 }).after(advert(10_200, 1, { intervalMs: 100 }))
  assert.equal(types(subject.facts(tick(10_000 + 300 + (156 * 100) / 256)))[1], 'BecameBackup')
})

test('an owner, and a member of a sync group, do not wait', () => {
  const owner = held({ priority: 255 })
  assert.equal(owner.state().role, 'master')
  const alone = router(BUDGET).after({ type: 'GroupChosen', at: 0, group: 'G' })
  alone.after({ type: 'LinkChanged', at: 0, link: link() }, { type: 'Started', at: 0 })
  alone.after({ type: 'GroupRuled', at: 0, verdict: { type: 'begin' } })
  for (const at of [1_000, 2_000]) {
    alone.after(carrier(at, false))
    assert.deepEqual(types(alone.facts(carrier(at + 100, true))), ['LinkNoted'])
    assert.deepEqual(types(alone.facts({ type: 'GroupRuled', at: at + 100, verdict: { type: 'clear' } })), [
      'BecameBackup',
    ])
  }
})

test('N13: a link that flaps 20 times a second is two pairs of events, and no more than one a wait', () => {
  const { links, clock, events, hear, routers } = node(instance(BUDGET))
  routers.apply({ instances: [instance(BUDGET)], syncGroups: [], trackers: NO_TRACKERS })
  for (let flap = 0; flap < 200; flap += 1) {
    links.tell({ type: 'LinkChanged', link: link({ carrier: false }) })
    clock.advance(25)
    links.tell({ type: 'LinkChanged', link: link() })
    if (flap % 4 === 0) hear(200)
    clock.advance(25)
  }
  const count = (type: string) => events().filter((event) => event === `VI_1 ${type}`).length
  assert.deepEqual([count('BecameFault'), count('BecameBackup'), count('DampingBegan')], [2, 2, 1])
  hear(200)
  clock.advance(1_000)
  assert.deepEqual([count('BecameBackup'), count('DampingEnded')], [3, 1])
  assert.equal(count('BecameMaster'), 0)
})
