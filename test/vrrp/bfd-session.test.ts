// The state machine and the timers of a BFD session, by the sections of RFC 5880.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControlPacket, Effect, SessionState } from '../../services/vrrp/core/bfd-state.ts'
import { OURS, packet, risen, session, THEIRS } from './bfd-given.ts'

/** A session in this state at 2000. */
function inState(state: SessionState) {
  if (state === 'init') return session().hears(2_000, { state: 'down' })
  return state === 'up' ? risen() : session()
}

const timers = (effects: Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'SetTransmit' ? [[effect.from, effect.to]] : []))
const detections = (effects: Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'SetDetection' ? [effect.when] : []))

const MOVES: [from: SessionState, heard: SessionState, to: SessionState][] = [
  ['down', 'down', 'init'],
  ['down', 'init', 'up'],
  ['down', 'up', 'down'],
  ['down', 'admin-down', 'down'],
  ['init', 'down', 'init'],
  ['init', 'init', 'up'],
  ['init', 'up', 'up'],
  ['init', 'admin-down', 'down'],
  ['up', 'down', 'down'],
  ['up', 'init', 'up'],
  ['up', 'up', 'up'],
  ['up', 'admin-down', 'down'],
]

for (const [from, heard, to] of MOVES) {
  test(`RFC 5880 6.2: a session that is ${from} and hears ${heard} is ${to}`, () => {
    assert.equal(inState(from).hears(2_010, { state: heard }).session().state, to)
  })
}

test('RFC 5880 6.8.6: a neighbour that does not hear us, or was taken out of service, is the reason of a fall', () => {
  const reasonOf = (state: SessionState) =>
    risen()
      .facts({ type: 'ControlHeard', at: 2_010, packet: packet({ state }) })
      .flatMap((fact) => (fact.type === 'SessionDown' ? [[fact.reason, fact.diagnostic]] : []))
  assert.deepEqual(reasonOf('down'), [['neighbour-down', 3]])
  assert.deepEqual(reasonOf('admin-down'), [['neighbour-admin-down', 3]])
})

test('RFC 5880 6.8.7: a change of state is told at once, with the discriminator of the neighbour', () => {
  const [sent] = session().sent({ type: 'ControlHeard', at: 500, packet: packet({ yourDiscriminator: 0 }) })
  const { state, discriminator, yourDiscriminator, multiplier } = sent ?? packet()
  assert.deepEqual([state, discriminator, yourDiscriminator, multiplier], ['init', OURS, THEIRS, 3])
})

test('RFC 5880 6.8.1: an active session begins by itself, a passive one answers only', () => {
  assert.equal(session().sent({ type: 'SessionStarted', at: 0 }).length, 1)
  const passive = session({ passive: true })
  assert.deepEqual(passive.sent({ type: 'SessionStarted', at: 0 }), [])
  assert.deepEqual(passive.sent({ type: 'TransmitExpired', at: 1_000 }), [])
  assert.equal(passive.sent({ type: 'ControlHeard', at: 2_000, packet: packet() }).length, 1)
})

test('RFC 5880 6.8.3: until it is up a session says, and keeps, at least a second', () => {
  const subject = session()
  const [first] = subject.sent({ type: 'SessionStarted', at: 0 })
  assert.equal(first?.desiredTxMs, 1_000)
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 900 })), [[1_650, 1_900]])
  assert.equal(session({ idleTxMs: 3_000 }).sent({ type: 'SessionStarted', at: 0 })[0]?.desiredTxMs, 3_000)
})

test('RFC 5880 6.8.2, 6.8.7: an up session sends at 75 to 100 % of the slower of its pause and that of the neighbour', () => {
  const subject = risen()
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 3_000 })), [[3_045, 3_060]])
  subject.hears(3_010, { state: 'up', requiredRxMs: 20 })
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 4_000 })), [[4_037.5, 4_050]])
})

test('RFC 5880 6.8.7: with a multiplier of 1 the pause is 90 % at most', () => {
  const effects = risen({ multiplier: 1 }).effects({ type: 'TransmitExpired', at: 3_000 })
  assert.deepEqual(timers(effects), [[3_045, 3_054]])
})

test('RFC 5880 6.8.3: a pause that gets shorter counts from the last packet on', () => {
  const subject = session().after({ type: 'SessionStarted', at: 0 })
  subject.hears(800, { state: 'up', requiredRxMs: 1_500 })
  const effects = subject.effects({ type: 'ControlHeard', at: 850, packet: packet({ state: 'up', requiredRxMs: 0.5 }) })
  assert.deepEqual(timers(effects), [[750, 1_000]])
})

test('RFC 5880 6.8.1: a neighbour that wants no packets gets none by the timer', () => {
  const subject = risen().hears(2_050, { state: 'up', requiredRxMs: 0 })
  assert.deepEqual(subject.sent({ type: 'TransmitExpired', at: 2_100 }), [])
  assert.equal(
    subject.hears(2_150, { state: 'up', requiredRxMs: 10 }).sent({ type: 'TransmitExpired', at: 2_200 }).length,
    1,
  )
})

test('RFC 5880 6.6: a neighbour in demand mode gets packets only while the pace is asked about', () => {
  const subject = risen().hears(2_050, { state: 'up', demand: true })
  assert.deepEqual(subject.sent({ type: 'TransmitExpired', at: 2_100 }), [])
  subject.after({ type: 'SettingsChanged', at: 2_200, settings: { ...subject.session().settings, desiredTxMs: 70 } })
  assert.equal(subject.sent({ type: 'TransmitExpired', at: 2_300 })[0]?.poll, true)
})

test('RFC 5880 6.8.4: silence counts with the multiplier of the neighbour and the slower pause', () => {
  const subject = risen()
  const heard = (change: Partial<ControlPacket>) =>
    detections(subject.effects({ type: 'ControlHeard', at: 3_000, packet: packet({ state: 'up', ...change }) }))
  assert.deepEqual(heard({}), [3_400])
  assert.deepEqual(heard({ desiredTxMs: 20 }), [3_160])
  assert.deepEqual(heard({ multiplier: 2 }), [3_200])
})

test('RFC 5880 6.8.4: after the detection time a session is down, and says so at the slow pace', () => {
  const subject = risen()
  const end = 2_000 + 4 * 100
  assert.deepEqual(subject.facts({ type: 'DetectionExpired', at: end - 0.001, drained: true }), [])
  const facts = subject.facts({ type: 'DetectionExpired', at: end, drained: true })
  assert.deepEqual(
    facts.flatMap((fact) => (fact.type === 'SessionDown' ? [[fact.reason, fact.diagnostic, fact.silentMs]] : [])),
    [['silence', 1, 400]],
  )
  const [sent] = subject.sent({ type: 'TransmitExpired', at: end + 1_000 })
  assert.deepEqual([sent?.state, sent?.diagnostic, sent?.yourDiscriminator, sent?.desiredTxMs], ['down', 1, 0, 1_000])
})

test('packets that lie unread are heard before silence counts', () => {
  const subject = risen()
  assert.deepEqual(subject.effects({ type: 'DetectionExpired', at: 9_000, drained: false }), [{ type: 'DrainControl' }])
  subject.hears(9_000, { state: 'up' })
  assert.deepEqual(subject.facts({ type: 'DetectionExpired', at: 9_000, drained: true }), [])
  assert.equal(subject.session().state, 'up')
})

test('RFC 5880 6.8.3: a new pace is polled for, and a slower one counts from the answer on', () => {
  const subject = risen()
  const settings = { ...subject.session().settings, desiredTxMs: 200, requiredRxMs: 10 }
  subject.after({ type: 'SettingsChanged', at: 2_100, settings })
  const [polled] = subject.sent({ type: 'TransmitExpired', at: 2_150 })
  assert.deepEqual([polled?.poll, polled?.desiredTxMs, polled?.requiredRxMs], [true, 200, 10])
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 2_200 })), [[2_245, 2_260]])
  const heard = packet({ state: 'up', desiredTxMs: 20 })
  assert.deepEqual(detections(subject.effects({ type: 'ControlHeard', at: 2_200, packet: heard })), [2_360])
  const final = { ...heard, final: true }
  assert.deepEqual(detections(subject.effects({ type: 'ControlHeard', at: 2_200, packet: final })), [2_360, 2_280])
  assert.equal(subject.sent({ type: 'TransmitExpired', at: 2_400 })[0]?.poll, false)
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 2_500 })), [[2_650, 2_700]])
})

test('RFC 5880 6.8.3: who gets up asks for the faster pace, and keeps it at once', () => {
  const subject = session().after({ type: 'SessionStarted', at: 0 })
  const [sent] = subject.sent({ type: 'ControlHeard', at: 400, packet: packet({ state: 'init' }) })
  assert.deepEqual([sent?.state, sent?.poll, sent?.desiredTxMs], ['up', true, 50])
  assert.deepEqual(timers(subject.effects({ type: 'TransmitExpired', at: 500 })), [[545, 560]])
})

test('RFC 5880 6.8.7: a poll is answered at once, and never with a poll', () => {
  const subject = session().after({ type: 'SessionStarted', at: 0 }).hears(400, { state: 'init' })
  assert.equal(subject.session().polling, true)
  const sent = subject.sent({ type: 'ControlHeard', at: 410, packet: packet({ state: 'up', poll: true }) })
  assert.deepEqual(
    sent.map(({ poll, final, state }) => [poll, final, state]),
    [[false, true, 'up']],
  )
})

test('RFC 5880 6.8.1: a neighbour silent for a detection time may come back as another', () => {
  const subject = session()
    .hears(1_000, { state: 'down' })
    .after({ type: 'DetectionExpired', at: 1_400, drained: true })
  assert.equal(subject.session().neighbour.discriminator, 0)
  subject.hears(5_000, { state: 'down', discriminator: 99, yourDiscriminator: 0 })
  assert.equal(subject.session().neighbour.discriminator, 99)
})

test('RFC 5880 6.8.16: a session that ends says so, and nothing after it', () => {
  const subject = risen()
  const [last] = subject.sent({ type: 'SessionStopped', at: 3_000 })
  assert.deepEqual([last?.state, last?.diagnostic, last?.yourDiscriminator], ['admin-down', 7, THEIRS])
  assert.deepEqual(subject.facts({ type: 'ControlHeard', at: 3_010, packet: packet() }), [])
  assert.deepEqual(subject.facts({ type: 'TransmitExpired', at: 3_020 }), [])
})

test('who uses a session is told of both ends of it, after the event', () => {
  const told = (facts: ReturnType<ReturnType<typeof session>['facts']>) => facts.map(({ type }) => type)
  const up = session().facts({ type: 'ControlHeard', at: 1, packet: packet({ state: 'init' }) })
  assert.ok(told(up).indexOf('SessionUp') < told(up).indexOf('ChangeKnown'))
  const down = risen().facts({ type: 'DetectionExpired', at: 9_000, drained: true })
  assert.ok(told(down).indexOf('SessionDown') < told(down).indexOf('ChangeKnown'))
})

test('RFC 5880 6.8.7: changes are told at once, but a network that doubles packets makes no storm of it', () => {
  const subject = risen()
  let sent = 0
  for (let round = 0; round < 300; round++) {
    const state = (['down', 'down', 'init'] as const)[round % 3] ?? 'down'
    sent += subject.sent({ type: 'ControlHeard', at: 3_000 + round, packet: packet({ state }) }).length
  }
  assert.ok(sent > 2 && sent <= 6, String(sent))
  assert.equal(subject.sent({ type: 'ControlHeard', at: 5_000, packet: packet({ state: 'down' }) }).length, 1)
})
