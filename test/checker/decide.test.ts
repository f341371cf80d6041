import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evolve } from '../../services/checker/core/evolve.ts'
import { memoryOf, withMemory } from '../../services/checker/core/memory.ts'
import { react } from '../../services/checker/core/react.ts'
import { initialState, type State } from '../../services/checker/core/state.ts'
import {
  CHECK,
  configured,
  down,
  ended,
  historyRead,
  passed,
  published,
  publishes,
  REAL,
  refused,
  run,
  SECOND,
  scheduled,
  tcpCheck,
  up,
  VIRTUAL,
} from './given.ts'

const begun = [configured(), historyRead]
const alive = [...begun, ended(passed)]
const dead = [...alive, ended(refused), ended(refused)]

test('the first probe waits one second and a share of the warm-up that chance decides', () => {
  assert.deepEqual(scheduled(run([configured([tcpCheck()], [0.5])]).facts), [4_000])
  assert.deepEqual(scheduled(run([configured([tcpCheck()], [0])]).facts), [1_000])
})

test('the next probe counts from the end of the one before', () => {
  assert.deepEqual(scheduled(run([...begun, ended(passed, 10_250)]).facts), [16_250])
})

test('a probe begins when its time comes, and a time of an earlier schedule counts no more', () => {
  const { state } = run(begun)
  const due = (round: number) => run([{ type: 'ProbeTimeCame', check: CHECK, round }], state).facts
  assert.deepEqual(due(1), [{ type: 'ProbeBegan', check: CHECK, round: 1 }])
  assert.deepEqual(due(0), [])
})

test('a probe that has begun is carried out, and a schedule arms its timer', () => {
  const { state } = run(begun)
  assert.deepEqual(react({ type: 'ProbeBegan', check: CHECK, round: 1 }, state), [
    { type: 'Probe', check: CHECK, round: 1, definition: tcpCheck() },
  ])
  assert.deepEqual(react({ type: 'ProbeScheduled', check: CHECK, when: 7 }, state), [
    { type: 'ProbeAt', check: CHECK, round: 1, when: 7 },
  ])
})

test('the result of a probe that was overtaken by a reload is ignored', () => {
  const { state } = run(begun)
  assert.deepEqual(run([{ type: 'ProbeEnded', check: CHECK, round: 0, result: refused, at: 5 }], state).facts, [])
})

test('a living server is tried again after delay_before_retry and is down only when the retries are used up', () => {
  const once = run([...alive, ended(refused, 20_000)])
  assert.deepEqual(published(once.facts), [])
  assert.deepEqual(scheduled(once.facts), [21_000])
  const twice = run([ended(refused, 21_001)], once.state)
  assert.deepEqual(published(twice.facts), [down(2)])
  assert.deepEqual(scheduled(twice.facts), [27_001])
})

test('a success between two failures starts the retries afresh', () => {
  publishes([...alive, ended(refused), ended(passed), ended(refused)], [])
})

test('with retry 0 the first failure of a living server is final', () => {
  publishes([configured([tcpCheck({ retry: 0 })]), historyRead, ended(passed), ended(refused)], [down(1)])
})

test('before the first success one failure is final', () => {
  publishes([...begun, ended(refused)], [down(1)])
})

test('a dead server is probed each delay_loop without retries and without further events', () => {
  const again = run([...dead, ended(refused, 30_000)])
  assert.deepEqual(
    again.facts.map(({ type }) => type),
    ['AttemptFailed', 'ProbeScheduled'],
  )
  assert.deepEqual(scheduled(again.facts), [36_000])
})

test('one success brings a dead server up', () => {
  publishes([...dead, ended(passed)], [up()])
})

test('a probe that we could not even start changes nothing but the time of the next', () => {
  const { facts, state } = run([...alive, ended({ outcome: 'impossible', detail: 'EMFILE' }, 20_000)])
  assert.deepEqual(published(facts), [])
  assert.deepEqual(scheduled(facts), [26_000])
  assert.equal(state.checks[0]?.failures, 0)
})

test('a first success is no news when the log says nothing else', () => {
  publishes(alive, [])
})

test('without a readable log a living server is reported, because ipvs may think otherwise', () => {
  const report = { ...up(), previously: 'unknown' as const }
  publishes([configured(), { type: 'HistoryMissing' }, ended(passed)], [report])
  publishes([configured(), ended(passed), { type: 'HistoryMissing' }], [report])
})

test('a failure is reported at once, whether the log could be read or not', () => {
  publishes([configured(), ended(refused)], [down(1)])
})

test('a log that is read after all does not repeat what this run has said', () => {
  publishes([configured(), ended(refused), { type: 'HistoryMissing' }], [])
  publishes([configured(), ended(refused), historyRead], [])
  publishes([configured(), historyRead, { type: 'HistoryMissing' }, ended(passed)], [])
})

const recalled = (...events: Parameters<typeof evolve>[1][]): State => events.reduce(evolve, run([configured()]).state)
const wasDown = { type: 'EventRecalled', event: down(2) } as const
const wasUp = {
  type: 'EventRecalled',
  event: { type: 'RealServerUp', virtualServer: VIRTUAL, realServer: REAL, check: CHECK, tookMs: 1 },
} as const

test('after a restart a server that is still dead is not reported again', () => {
  publishes([historyRead, ended(refused)], [], recalled(wasDown))
})

test('after a restart a server that has come back is reported by the first success', () => {
  publishes([historyRead, ended(passed)], [up()], recalled(wasDown))
})

test('after a restart a server that is still alive is not reported, and gets its retries', () => {
  publishes([historyRead, ended(passed)], [], recalled(wasDown, wasUp))
  publishes([historyRead, ended(refused)], [], recalled(wasDown, wasUp))
})

test('a server without any check is not spoken of', () => {
  publishes([historyRead], [], evolve(initialState(VIRTUAL, REAL, 'awaited'), wasDown))
})

test('a log that is half read says nothing yet', () => {
  publishes([ended(passed)], [], recalled(wasDown))
  publishes([ended(passed), historyRead], [up()], recalled(wasDown))
})

test('what this run has seen wins over a log that is read late', () => {
  const { state } = run([configured(), ended(refused)])
  const late = evolve(evolve(state, wasDown), wasUp)
  assert.deepEqual([late.verdict, late.checks[0]?.status], [{ alive: false, check: CHECK }, 'down'])
})

const two = [tcpCheck({ retry: 0 }), tcpCheck({ retry: 0, connectPort: 8080 })]
const bothAlive = [configured(two), historyRead, ended(passed), ended(passed, 1, SECOND)]

test('a server is down when one of its checks has failed, and a second failure is no event', () => {
  publishes([...bothAlive, ended(refused, 1, SECOND)], [down(1, SECOND)])
  publishes([...bothAlive, ended(refused, 1, SECOND), ended(refused)], [])
})

test('a server is up when none of its checks has failed, under the check that had taken it down', () => {
  const bothDead = [...bothAlive, ended(refused, 1, SECOND), ended(refused)]
  publishes([...bothDead, ended(passed, 1, SECOND)], [])
  publishes([...bothDead, ended(passed, 1, SECOND), ended(passed)], [up(SECOND)])
})

test('two checks of the same target are told apart', () => {
  const { state } = run([configured([tcpCheck(), tcpCheck({ delayLoopMs: 1_000 })])])
  assert.deepEqual(
    state.checks.map(({ name }) => name),
    [CHECK, `${CHECK} #2`],
  )
})

test('a reload leaves a check alone that is defined as before', () => {
  const { state } = run(dead)
  const again = run([configured()], state)
  assert.deepEqual(scheduled(again.facts), [])
  assert.deepEqual(again.state, state)
})

test('a check with another timing keeps its standing and gets a new schedule', () => {
  const { facts, state } = run([...dead, configured([tcpCheck({ delayLoopMs: 2_000 })])])
  assert.equal(state.checks[0]?.status, 'down')
  assert.equal(scheduled(facts).length, 1)
  assert.deepEqual(published(facts), [])
})

test('a failed check that the configuration takes away lets its server live', () => {
  const firstFailed = [...bothAlive, ended(refused)]
  publishes([...firstFailed, configured([tcpCheck({ retry: 0, connectPort: 8080 })])], [up()])
})

test('a snapshot gives the standing back, but not over what this run has seen', () => {
  const memory = memoryOf(run(dead).state)
  const fresh = run([configured()], initialState(VIRTUAL, REAL, 'awaited')).state
  publishes([historyRead, ended(refused)], [], withMemory(fresh, memory))
  publishes([historyRead, ended(passed)], [up()], withMemory(fresh, memory))
  const seen = run([configured(), ended(passed)]).state
  assert.equal(withMemory(seen, memory).checks[0]?.status, 'up')
  const said = run([ended(passed)], run([configured(), ended(refused), historyRead]).state).state
  assert.deepEqual(withMemory(said, memory).verdict, { alive: true })
})
