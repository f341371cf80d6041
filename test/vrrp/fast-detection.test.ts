// Sessions between routers that hear each other, on a link of fakes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeClock } from '#platform/clock-fake.ts'
import { type FakeStation, fakeLink } from './fake-link.ts'

const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']

function pair(speaks = true) {
  const clock = fakeClock(1_000)
  const [master, backup] = fakeLink(clock, { [A]: speaks, [B]: true })
  assert.ok(master !== undefined && backup !== undefined)
  master.follow(null)
  backup.follow(A)
  return { clock, master, backup }
}

const count = (station: FakeStation, clock: { advance(ms: number): void }, ms: number) => {
  const before = station.heard.length
  clock.advance(ms)
  return station.heard.length - before
}

test('a backup and its master get a session up within three seconds, and the master only answers', () => {
  const { clock, master, backup } = pair()
  clock.advance(3_000)
  assert.deepEqual(backup.said, [`BfdUp ${A}`])
  assert.deepEqual(master.said, [`BfdUp ${B}`])
  assert.equal(master.heard.length > 0, true)
})

test('packets pass every 37 to 50 ms once it is up', () => {
  const { clock, master } = pair()
  clock.advance(3_000)
  const packets = count(master, clock, 1_000)
  assert.ok(packets >= 20 && packets <= 27, `${packets} in a second`)
})

test('a master whose machine is gone is lost after 300 ms, with the fall of the session before it', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  Object.assign(master, { awake: false, alive: false })
  clock.advance(200)
  assert.deepEqual(backup.said, [`BfdUp ${A}`, `BfdDown ${A}`])
  clock.advance(110)
  assert.deepEqual(backup.said, [`BfdUp ${A}`, `BfdDown ${A}`, `lost ${A}`])
})

test('a master whose program is frozen is not lost, and its session comes back when it goes on', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  master.awake = false
  clock.advance(500)
  master.awake = true
  clock.advance(4_000)
  assert.deepEqual(backup.said, [`BfdUp ${A}`, `BfdDown ${A}`, `BfdUp ${A}`])
})

test('a machine that stood still for a moment is found again', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  Object.assign(master, { awake: false, alive: false })
  clock.advance(400)
  Object.assign(master, { awake: true, alive: true })
  clock.advance(60)
  assert.deepEqual(backup.said.slice(-2), [`lost ${A}`, `found ${A}`])
})

test('a router without BFD gets at most six packets in five minutes', () => {
  const { clock, master } = pair(false)
  const packets = count(master, clock, 300_000)
  assert.ok(packets >= 4 && packets <= 7, `${packets} packets`)
})

test('a router that follows nobody sends nothing by itself', () => {
  const clock = fakeClock(1_000)
  const [one, other] = fakeLink(clock, { [A]: true, [B]: true })
  one?.follow(null)
  other?.follow(null)
  clock.advance(10_000)
  assert.deepEqual([one?.heard, other?.heard], [[], []])
})

test('packets that did not come from the link open no session', () => {
  const clock = fakeClock(1_000)
  const [master, backup] = fakeLink(clock, { [A]: true, [B]: true })
  assert.ok(master !== undefined && backup !== undefined)
  master.follow(null)
  backup.ttl = 254
  backup.follow(A)
  clock.advance(10_000)
  assert.deepEqual([master.said, backup.said, backup.heard], [[], [], []])
})

test('when roles change, the session goes on for the other side', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  backup.follow(null)
  clock.advance(20)
  master.follow(B)
  clock.advance(10_000)
  assert.deepEqual([master.said, backup.said], [[`BfdUp ${B}`], [`BfdUp ${A}`]])
  Object.assign(backup, { awake: false, alive: false })
  clock.advance(400)
  assert.deepEqual(master.said, [`BfdUp ${B}`, `BfdDown ${B}`, `lost ${B}`])
})

test('a router that stops says so, and is not taken for dead', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  master.detection.stop()
  clock.advance(50)
  Object.assign(master, { awake: false, alive: false })
  clock.advance(1_000)
  assert.deepEqual(backup.said, [`BfdUp ${A}`, `BfdDown ${A}`])
})

test('two routers of one node share a session, and both are told', () => {
  const { clock, master, backup } = pair()
  const told: string[] = []
  const post = { interface: 'eth0', index: 2, source: B, master: A, settings: { intervalMs: 100, multiplier: 3 } }
  backup.detection.attend('VI_2', { ...post, tell: (news) => told.push(news) })
  clock.advance(5_000)
  assert.deepEqual(master.said, [`BfdUp ${B}`])
  const packets = count(master, clock, 1_000)
  assert.ok(packets >= 20, `${packets} in a second: the faster of both counts`)
  backup.follow(null)
  clock.advance(2_000)
  assert.ok(count(master, clock, 1_000) <= 14, 'the slower one is left')
  Object.assign(master, { awake: false, alive: false })
  clock.advance(700)
  assert.deepEqual([told, backup.said], [['lost'], [`BfdUp ${A}`, `BfdDown ${A}`]])
})

test('the pace of both sides counts: the slower one', () => {
  const { clock, master, backup } = pair()
  master.follow(null, { intervalMs: 200, multiplier: 3 })
  clock.advance(5_000)
  assert.ok(count(backup, clock, 1_000) <= 7)
})

test('strangers cannot make a master open more than a few dozen sessions', () => {
  const clock = fakeClock(1_000)
  const others = Array.from({ length: 60 }, (_, index) => `192.0.2.${index + 10}`)
  const [master, ...strangers] = fakeLink(clock, Object.fromEntries([A, ...others].map((address) => [address, true])))
  master?.follow(null)
  for (const stranger of strangers) stranger.follow(A)
  clock.advance(4_000)
  const up = strangers.filter(({ said }) => said.length > 0).length
  assert.equal(up, 32)
})

test('a backup that follows another master leaves the first one', () => {
  const clock = fakeClock(1_000)
  const [first, second, backup] = fakeLink(clock, { [A]: true, [C]: true, [B]: true })
  first?.follow(null)
  second?.follow(null)
  backup?.follow(A)
  clock.advance(4_000)
  backup?.follow(C)
  clock.advance(4_000)
  assert.ok(backup?.said.includes(`BfdUp ${C}`))
  assert.ok(first !== undefined && second !== undefined)
  Object.assign(first, { awake: false, alive: false })
  clock.advance(1_000)
  assert.ok(!backup?.said.includes(`lost ${A}`))
})

test('a session that falls every three seconds without a cause is tried ever more rarely', () => {
  const { clock, master, backup } = pair()
  clock.advance(5_000)
  for (let stall = 0; stall < 100; stall += 1) {
    master.awake = false
    clock.advance(400)
    master.awake = true
    clock.advance(2_600)
  }
  const falls = backup.said.filter((said) => said === `BfdDown ${A}`).length
  assert.ok(falls >= 4 && falls <= 9, `${falls} falls in 300 s`)
  assert.ok(!backup.said.includes(`lost ${A}`))
})
