import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Bus } from '#platform/bus-port.ts'
import type { Envelope } from '#schemas/envelope.ts'
import {
  chainOf,
  readStream,
  type TestServer,
  testBus,
  testServer,
  transition,
  until,
  WITHOUT_SERVER,
} from './bus-harness.ts'

const TRANSITIONS = 10_000
const KILL_EVERY_MS = 2_000
/** Makes the transitions last for several kills. */
const PER_TICK = 8
const TICK_MS = 10

let server: TestServer
const buses: Bus[] = []

before(async () => {
  if (WITHOUT_SERVER !== false) return
  server = await testServer()
  await server.start()
  await server.provision()
})

after(async () => {
  for (const bus of buses) await bus.close(0)
  await server?.remove()
})

test('every acknowledged event of 10 000 is there once, in order and chained, with the server killed every 2 s', {
  skip: WITHOUT_SERVER,
  timeout: 120_000,
}, async (context) => {
  const bus = testBus(server, 'vrrp')
  const listener = testBus(server, 'ipvs')
  buses.push(bus, listener)
  const heard: Envelope[] = []
  listener.follow({ filters: ['ha.*.*.vrrp.>'], after: 0, onEvent: (event) => heard.push(event), onCaughtUp() {} })

  const killer = killRepeatedly(server)
  const started = performance.now()
  const acknowledged: string[] = []
  let stalls = 0
  for (let made = 0; made < TRANSITIONS; ) {
    for (let n = 0; n < PER_TICK; n += 1, made += 1) {
      const { envelope, stored } = bus.publish(transition(made), null)
      void stored.then(() => acknowledged.push(envelope.id))
    }
    const before = performance.now()
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    if (performance.now() - before > 50) stalls += 1
  }
  const publishedMs = performance.now() - started
  const kills = await killer.stop()
  await until('all is stored', () => acknowledged.length === TRANSITIONS, 60_000)
  const drainedMs = performance.now() - started - publishedMs
  await until('the listener has all', () => heard.length >= TRANSITIONS, 30_000)

  const events = await readStream(server)
  const ids = events.map(({ envelope }) => envelope.id)
  assert.deepEqual(ids, acknowledged)
  assert.deepEqual(chainOf(events).fault, null)
  assert.deepEqual(
    events.map(({ envelope }) => envelope.sequence),
    Array.from(ids, (_, index) => index + 1),
  )
  assert.deepEqual(
    heard.map(({ sequence }) => sequence),
    Array.from(ids, (_, index) => index + 1),
  )
  assert.ok(kills >= 4, `${kills} kills`)
  context.diagnostic(
    `${events.length} events, ${kills} kills, published in ${Math.round(publishedMs)} ms (${stalls} stalls over 50 ms), ` +
      `drained ${Math.round(drainedMs)} ms later, 0 lost, 0 doubled, chain unbroken, heard once each by a follower`,
  )
})

/** kill -9, and a start at once, as the supervisor does it. */
function killRepeatedly(target: TestServer) {
  let kills = 0
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS))
      await target.end('SIGKILL')
      await target.start()
      kills += 1
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
      return kills
    },
  }
}
