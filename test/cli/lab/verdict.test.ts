import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Happening } from '../../../cli/lab/happenings.ts'
import type { Fetch } from '../../../cli/lab/observations.ts'
import { HAND_OVER, SCENARIO, type Step } from '../../../cli/lab/steps.ts'
import { broken, missing, outageMs, type Sight } from '../../../cli/lab/verdict.ts'

const PERIOD = { from: 0, to: 10_000 }

function step(label: string): Step {
  const found = [...SCENARIO, ...HAND_OVER].find((candidate) => candidate.label === label)
  assert.ok(found)
  return found
}

/** Fetches each 10 ms, answered in turn except between two moments. */
function fetches(deadFrom: number, deadTo: number): Fetch[] {
  return Array.from({ length: 1_000 }, (_, at) => {
    const start = at * 10
    const dead = start >= deadFrom && start < deadTo
    return {
      number: at + 1,
      start,
      end: start + 2,
      answer: dead ? null : `web${(at % 2) + 1}`,
      failure: dead ? 'timeout' : null,
    }
  })
}

const happening = (host: Happening['host'], fact: Happening['fact'], at: number): Happening => ({
  ...{ host, fact, at, words: '', id: null, causedBy: null, told: true },
  realServer: fact.startsWith('real-server') ? '192.168.105.203:80' : null,
})

/** vos1 shut down at 0, vos2 master after 3.2 s, and everything as it must be. */
const crash: Sight = {
  fetches: fetches(0, 3_200),
  holdings: [
    { host: 'vos1', from: -5_000, to: 0 },
    { host: 'vos2', from: 3_190, to: null },
  ],
  happenings: [happening('vos2', 'became-master', 3_180)],
  pings: { vos1: false },
}

test('a crash that moves the VIP in time shows what it must', () => {
  assert.deepEqual(missing(step('2'), crash, PERIOD), [])
  assert.deepEqual(broken(step('2'), crash, PERIOD), [])
})

test('a client without answers is missed', () =>
  assert.deepEqual(missing(step('2'), { ...crash, fetches: fetches(0, 20_000) }, PERIOD), [
    'the client: web2 and web1 in turn',
  ]))

test('a VIP that stayed where it was is missed, and said where it is', () =>
  assert.deepEqual(missing(step('2'), { ...crash, holdings: [{ host: 'vos1', from: -5_000, to: null }] }, PERIOD), [
    '192.168.105.211 on vos2 alone (it is on vos1)',
  ]))

test('a director that does not say what it did is missed', () =>
  assert.deepEqual(missing(step('2'), { ...crash, happenings: [happening('vos2', 'became-master', -1)] }, PERIOD), [
    'vos2 saying "became-master"',
  ]))

test('a dead machine that answers a ping is missed', () =>
  assert.deepEqual(missing(step('2'), { ...crash, pings: { vos1: true } }, PERIOD), [
    'ping to 192.168.105.201 (vos1): no answer',
  ]))

test('an outage longer than three intervals and the skew is a fault', () => {
  const slow = { ...crash, fetches: fetches(0, 4_900) }
  assert.match(broken(step('2'), slow, PERIOD).join(), /without an answer for 4902 ms, more than 4609 ms/)
})

test('two holders for longer than an advert interval are a fault', () => {
  const both: Sight = {
    ...crash,
    holdings: [
      { host: 'vos1', from: -5_000, to: 5_000 },
      { host: 'vos2', from: 3_190, to: null },
    ],
  }
  assert.match(broken(step('2'), both, PERIOD).join(), /both directors held 192\.168\.105\.211 for 1810 ms/)
})

test('an outage that began earlier is measured from the action on where a machine is started', () =>
  assert.equal(outageMs(step('4'), fetches(1_000, 6_000), { from: 2_000, to: 10_000 }), 4_002))

test('fetches may fail until the dead server is known, and not after', () => {
  const known = [happening('vos2', 'real-server-down', 4_000)]
  assert.deepEqual(broken(step('6a'), { ...crash, happenings: known, fetches: fetches(0, 4_100) }, PERIOD), [])
  const late = broken(step('6a'), { ...crash, happenings: known, fetches: fetches(0, 5_250) }, PERIOD).join()
  assert.match(late, /25 fetches failed \(timeout\), from \+5\.00 s to \+5\.24 s/)
})

test('the scenario has the six steps of the documents', () =>
  assert.deepEqual(
    SCENARIO.map(({ label }) => label),
    ['1', '2', '3', '4', '5', '6a', '6b'],
  ))
