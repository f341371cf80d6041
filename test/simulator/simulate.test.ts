import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Laws, simulate } from './simulate.ts'

const MANY_SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)
const SEEDS = MANY_SEEDS.slice(0, 30)
const sound: Laws = { isDeaf: false, latestMs: 490, answersItself: false }
const rulesBroken = (seeds: readonly number[], laws: Laws) =>
  new Set(seeds.flatMap((seed) => simulate(seed, 60_000, laws).violations.map(({ rule }) => rule)))

test('whatever goes wrong, there is one master, no address outlives its lease, and none stays dark', () => {
  for (const seed of SEEDS) {
    const { violations, timeline } = simulate(seed)
    assert.deepEqual(violations, [], [`seed ${seed}:`, ...timeline].join('\n'))
  }
})

test('the same seed is the same run, to the last line of its timeline', () => {
  for (const seed of SEEDS.slice(0, 10)) assert.deepEqual(simulate(seed).timeline, simulate(seed).timeline)
  const timelines = new Set(SEEDS.map((seed) => simulate(seed).timeline.join('\n')))
  assert.equal(timelines.size, SEEDS.length)
})

test('nodes that do not hear each other are found out: two masters, two holders in the end', () => {
  const broken = rulesBroken(SEEDS.slice(0, 5), { ...sound, isDeaf: true })
  assert.ok(broken.has('S1') && broken.has('I1'), [...broken].join())
})

test('a kernel that keeps an address after its lease is found out', () => {
  assert.ok(rulesBroken(MANY_SEEDS, { ...sound, latestMs: 60_000 }).has('S2'))
})

test('a master that is taken for dead though its machine is well is found out', () => {
  assert.ok(rulesBroken(MANY_SEEDS, { ...sound, answersItself: true }).has('I3'))
})

test('crashes are among the faults, and fast detection tells some of them', () => {
  const timeline = SEEDS.flatMap((seed) => simulate(seed).timeline)
  assert.ok(timeline.some((line) => line.includes('BecameMaster (unreachable)')))
  assert.ok(timeline.some((line) => line.includes('BecameMaster (silence)')))
})

test('every run has an election, and nearly every one faults', () => {
  const timelines = SEEDS.map((seed) => simulate(seed).timeline)
  for (const timeline of timelines) assert.ok(timeline.some((line) => line.includes('BecameMaster')))
  const kinds = new Set(timelines.flat().flatMap((line) => /fault {2}(\w+)/.exec(line)?.[1] ?? []))
  assert.deepEqual([...kinds].sort(), [
    'address',
    'bad',
    'bus',
    'clock',
    'hand',
    'kill',
    'one',
    'power',
    'reload',
    'split',
    'stop',
    'unplug',
  ])
})
