// bfd_instance blocks at work: what instances that track one are told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { fakeClock } from '#platform/clock-fake.ts'
import type { BfdTracker } from '#schemas/tracking.ts'
import { createTrackers } from '../../services/vrrp/tracking/trackers.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { fakeLink } from './fake-link.ts'

const [A, B] = ['192.0.2.1', '192.0.2.2']

const session = (neighbour: string, source: string, change: Partial<BfdTracker> = {}): BfdTracker => ({
  ...{ name: 'peer', neighbour, source, minRxMs: 50, minTxMs: 50, idleTxMs: 1_000, multiplier: 3 },
  ...{ passive: false, ttl: 255, leastTtl: 255, multihop: false },
  ...change,
})

/** Two nodes with a bfd_instance each towards the other. */
function stage(ours: Partial<BfdTracker> = {}, theirs: Partial<BfdTracker> | null = {}) {
  const clock = fakeClock(1_000)
  const [here, there] = fakeLink(clock, { [A]: true, [B]: true })
  assert.ok(here !== undefined && there !== undefined)
  const said: string[] = []
  const none = () => assert.fail('only sessions here')
  const log = pino({ level: 'silent' })
  const trackersOf = (node: typeof here, told: string[]) =>
    createTrackers({
      ...{ clock, log, runs: { start: none }, files: none, processes: { follow: none } },
      speaker: node.speaker,
      report: ({ kind, name, status, detail }, cause) =>
        told.push([kind, name, status, detail, cause && 'caused'].filter(Boolean).join(' ')),
    })
  const [trackers, others] = [trackersOf(here, said), trackersOf(there, [])]
  const apply = (change: Partial<BfdTracker>) =>
    trackers.apply({ trackers: { ...NO_TRACKERS, sessions: [session(B, A, change)] } })
  apply(ours)
  if (theirs !== null) others.apply({ trackers: { ...NO_TRACKERS, sessions: [session(A, B, theirs)] } })
  return { clock, here, there, said, apply, trackers, others }
}

test('a session is unknown, then up, and down after its detection time, each with the event as its cause', () => {
  const { clock, there, said } = stage()
  clock.advance(3_000)
  assert.deepEqual(said, ['bfd peer unknown', 'bfd peer up caused'])
  there.awake = false
  clock.advance(151)
  assert.deepEqual(said.slice(2), ['bfd peer down is down: silence caused'])
})

test('a session that does not get up is down after as many packets as may be missing', () => {
  const { clock, said } = stage({}, null)
  clock.advance(2_999)
  assert.deepEqual(said, ['bfd peer unknown'])
  clock.advance(1)
  assert.deepEqual(said.slice(1), ['bfd peer down does not get up'])
})

test('two passive sides wait for each other, one of them is enough to begin', () => {
  const both = stage({ passive: true }, { passive: true })
  both.clock.advance(10_000)
  assert.deepEqual([both.here.heard, both.there.heard], [[], []])
  const one = stage({ passive: true })
  one.clock.advance(3_000)
  assert.ok(one.said.includes('bfd peer up caused'))
})

test('packets from too far away do not count, unless max_hops allows for them', () => {
  const strict = stage({}, { ttl: 250 })
  strict.clock.advance(5_000)
  assert.ok(!strict.said.includes('bfd peer up caused'))
  const generous = stage({ leastTtl: 250 }, { ttl: 250, leastTtl: 250 })
  generous.clock.advance(5_000)
  assert.ok(generous.said.includes('bfd peer up caused'))
})

test('a new pace is agreed on while the session goes on; another neighbour is another session', () => {
  const { clock, here, said, apply } = stage()
  clock.advance(5_000)
  apply({ minRxMs: 500, multiplier: 5 })
  clock.advance(5_000)
  assert.deepEqual(said, ['bfd peer unknown', 'bfd peer up caused'])
  const before = here.heard.length
  clock.advance(1_000)
  assert.ok(here.heard.length - before <= 3, 'the neighbour keeps to the slower pace')
  apply({ neighbour: '192.0.2.9' })
  assert.equal(said.at(-1), 'bfd peer unknown')
})

test('a block that is removed tells the neighbour, which is not left to wait for the detection time', () => {
  const { clock, there, trackers } = stage()
  clock.advance(5_000)
  trackers.stop()
  clock.advance(1)
  assert.deepEqual(there.said, [`BfdUp ${A}`, `BfdDown ${A}`])
})

test('fast detection leaves a neighbour to its bfd_instance', () => {
  const { clock, here, there } = stage()
  here.follow(B)
  clock.advance(5_000)
  assert.deepEqual(here.said, [`BfdUp ${B}`])
  Object.assign(there, { awake: false, alive: false })
  clock.advance(1_000)
  assert.deepEqual(here.said, [`BfdUp ${B}`, `BfdDown ${B}`])
})
