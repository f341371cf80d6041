import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './bus-harness.ts'
import { busStage, counted, drained, followOn, indexOf, publish, REAL } from './bus-stage.ts'

const stage = busStage()

test('a follower that restarts from a snapshot sees each event once', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  const first = stage.open('ipvs')
  const seen: number[] = []
  followOn(first, { onEvent: (event) => seen.push(indexOf(event)) })
  publish(bus, 0, 30)
  await drained(bus)
  await until('all heard', () => seen.length === 30)
  await first.saveSnapshot({ version: 1, position: 0, state: { seen: seen.length } })
  await first.close(0)
  publish(bus, 30, 30)
  await drained(bus)

  const second = stage.open('ipvs')
  const snapshot = await second.loadSnapshot(1)
  assert.deepEqual(snapshot?.state, { seen: 30 })
  assert.equal(await second.loadSnapshot(2), null)
  const phases: string[] = []
  followOn(second, {
    after: snapshot?.position ?? 0,
    onEvent(event, phase) {
      seen.push(indexOf(event))
      phases.push(phase)
    },
    onCaughtUp: () => phases.push('caught up'),
  })
  await until('caught up', () => phases.includes('caught up'))
  publish(bus, 60, 1)
  await until('the live one', () => seen.length === 61)
  assert.deepEqual(seen, counted(61))
  assert.deepEqual(phases, [...counted(30).map(() => 'replay'), 'caught up', 'live'])
})

test('a follower hears live events although the bus has no store', REAL, async () => {
  await stage.server().start()
  const bus = stage.open('vrrp')
  const heard = stage.follow('ipvs')
  await until('connected', () => bus.status().connected)
  publish(bus, 0, 3)
  await until('heard without a store', () => heard.length === 3)
  await stage.server().provision()
  await drained(bus)
  await stage.assertStored(3)
})

test('a heartbeat reaches those who listen for it', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  const listener = stage.open('supervisor')
  const beats: string[] = []
  listener.onBeat('*', (service) => beats.push(service))
  await until('heard', () => {
    bus.beat()
    return beats.length > 0
  })
  assert.equal(beats[0], 'vrrp')
})
