// Whether a neighbour is taken for lost: its BFD session and the questions to its kernel.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '../../services/vrrp/core/bfd-state.ts'
import {
  decide,
  type Effect,
  evolve,
  type Input,
  initialPeer,
  type Peer,
  react,
} from '../../services/vrrp/core/peer-watch.ts'

const settings = { intervalMs: 50, multiplier: 3 }
const SILENCE: Change = { to: 'down', reason: 'silence' }

function peer() {
  let state: Peer = initialPeer(settings)
  function effects(input: Input): Effect[] {
    const done: Effect[] = []
    for (const fact of decide(input, state)) {
      state = evolve(state, fact)
      done.push(...react(fact, state))
    }
    return done
  }
  const subject = {
    state: () => state,
    effects,
    /** What an input leads to, in short. */
    does: (input: Input) => effects(input).map((effect) => (effect.type === 'Tell' ? effect.news : effect.type)),
    after(...inputs: Input[]) {
      for (const input of inputs) effects(input)
      return subject
    },
  }
  return subject
}

const change = (at: number, to: Change): Input => ({ type: 'SessionChanged', at, change: to })
const unanswered = (at: number): Input => ({ type: 'ProbeExpired', at, drained: true })
const wanted = (followed: boolean, at = 0): Input => ({ type: 'PeerWanted', at, followed, settings })
const answer = (at: number): Input => ({ type: 'ProbeAnswered', at })

/** Followed, up since 1000, and known to answer. */
const known = () => peer().after(wanted(true), change(1_000, { to: 'up' }), answer(1_001))
/** The session fell at 9000, and so many questions had no answer. */
const asked = (times: number) => {
  const subject = known().after(change(9_000, SILENCE))
  for (let time = 1; time <= times; time += 1) subject.after(unanswered(9_000 + 50 * time))
  return subject
}

test('a session that falls silent is no loss yet: the machine is asked', () => {
  assert.deepEqual(known().does(change(9_000, SILENCE)), ['SetAlarm', 'SendProbe', 'SetAlarm'])
})

test('who answers nothing three times in a row is lost', () => {
  assert.deepEqual(asked(1).does(unanswered(9_100)), ['SendProbe', 'SetAlarm'])
  assert.deepEqual(asked(2).does(unanswered(9_150)), ['lost', 'SendProbe', 'SetAlarm'])
})

test('who answers is not lost, however long its session is down', () => {
  const subject = asked(2).after(answer(9_149))
  assert.deepEqual(subject.does(unanswered(9_150)), [])
  assert.deepEqual(subject.does(unanswered(10_000)), [])
})

test('answers that lie unread are heard before silence counts', () => {
  const subject = asked(2)
  assert.deepEqual(subject.does({ type: 'ProbeExpired', at: 9_999, drained: false }), ['DrainAnswers'])
  assert.deepEqual(subject.after(answer(9_999)).does(unanswered(9_999)), [])
})

test('who is lost is asked on, and found when it answers or its session is up again', () => {
  assert.deepEqual(asked(4).does(unanswered(9_250)), ['SendProbe', 'SetAlarm'])
  assert.deepEqual(asked(4).does(answer(9_250)), ['found'])
  assert.ok(
    asked(4)
      .does(change(9_250, { to: 'up' }))
      .includes('found'),
  )
})

test('who has never answered a question is not judged by its silence', () => {
  const subject = peer().after(wanted(true), change(1_000, { to: 'up' }))
  for (const at of [1_050, 1_100, 1_150]) subject.after(unanswered(at))
  assert.equal(subject.state().probing, null)
  assert.deepEqual(subject.does(change(9_000, SILENCE)), ['SetAlarm'])
})

test('each time its session is up it has to show anew that it answers', () => {
  const subject = asked(1).after(answer(9_060), change(10_000, { to: 'up' }))
  assert.equal(subject.state().answers, false)
  assert.equal(subject.after(answer(10_001)).state().answers, true)
})

test('who says that it does not hear us, or that it goes, lives', () => {
  for (const reason of ['neighbour-down', 'neighbour-admin-down'] as const) {
    assert.deepEqual(known().does(change(9_000, { to: 'down', reason })), ['SetAlarm'])
  }
})

test('whom we do not follow is neither asked nor judged', () => {
  const passive = peer().after(wanted(false))
  assert.deepEqual(passive.does(change(1_000, { to: 'up' })), [])
  assert.deepEqual(passive.does(change(9_000, SILENCE)), ['SetAlarm'])
  const left = asked(2).after(wanted(false, 9_120))
  assert.deepEqual(left.does(unanswered(9_150)), [])
})

test('a session that other side began is of use when we follow it: it is asked whether it answers', () => {
  const subject = peer().after(wanted(false), change(1_000, { to: 'up' }))
  assert.deepEqual(subject.does(wanted(true, 2_000)), ['SettleSession', 'SendProbe', 'SetAlarm'])
})

test('a neighbour without BFD gets five packets, and the next ones after five minutes', () => {
  const subject = peer()
  const alarms = subject.effects(wanted(true))
  assert.deepEqual(alarms.at(-1), { type: 'SetAlarm', alarm: 'patience', when: 5_000 })
  const given = subject.effects({ type: 'PatienceExpired', at: 5_000 })
  assert.deepEqual(given, [{ type: 'CloseSession' }, { type: 'SetAlarm', alarm: 'patience', when: 305_000 }])
  assert.deepEqual(subject.does({ type: 'PatienceExpired', at: 305_000 }), ['OpenSession', 'SetAlarm'])
})

test('a session of the other side that does not come up is closed for good', () => {
  const subject = peer().after(wanted(false))
  assert.deepEqual(subject.does({ type: 'PatienceExpired', at: 5_000 }), ['CloseSession'])
  assert.deepEqual(subject.does({ type: 'PatienceExpired', at: 305_000 }), [])
})

test('a session that falls again and again without a cause is left alone, for a time that doubles', () => {
  const subject = known()
  const pauses: number[] = []
  for (let at = 10_000; at < 200_000; at += 40_000) {
    subject.after(change(at, SILENCE))
    const closed = subject.effects(answer(at)).find((effect) => effect.type === 'SetAlarm')
    pauses.push(closed === undefined ? 0 : closed.when - at)
    subject.after(wanted(true, at + 30_000), change(at + 31_000, { to: 'up' }), answer(at + 31_001))
  }
  assert.deepEqual(pauses, [0, 2_000, 4_000, 8_000, 16_000])
  subject.after(change(900_000, SILENCE))
  assert.deepEqual(subject.does(answer(900_001)), [])
})
