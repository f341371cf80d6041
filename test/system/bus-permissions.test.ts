import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, type NatsConnection } from 'nats'
import { inboxPrefix } from '#platform/bus-link.ts'
import { openReader } from '#platform/bus-reader.ts'
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

const REAL = { skip: WITHOUT_SERVER, timeout: 30_000 }
const API = '$JS.API'
let server: TestServer

before(async () => {
  if (WITHOUT_SERVER !== false) return
  server = await testServer()
  await server.start()
  await server.provision()
})

after(() => server?.remove())

for (const [user, subject, what] of [
  ['vrrp', 'ha.site1.node1.ipvs.VI_1.became-master', "another service's event"],
  ['vrrp', 'live.ha.site1.node1.ipvs.VI_1.became-master', "another service's live copy"],
  ['vrrp', 'hb.site1.node1.ipvs', "another service's heartbeat"],
  ['vrrp', 'stored.ha.site1.node1.vrrp.VI_1.became-master', 'what only the server tells'],
  ['vrrp', `${inboxPrefix('ipvs')}.x`, "into another's inbox"],
  ['vrrp', '$KV.HA_SNAPSHOTS.ipvs', "another's snapshot"],
  ['vrrp', `${API}.DIRECT.GET.KV_HA_SNAPSHOTS.$KV.HA_SNAPSHOTS.ipvs`, "a question for another's snapshot"],
  ['vrrp', '$JS.ACK.HA_EVENTS.notifier.1.1.1.1.0', "an acknowledgement of another's work"],
  ['vrrp', `${API}.CONSUMER.DELETE.HA_EVENTS.notifier`, "the removal of another's consumer"],
  ['vrrp', `${API}.CONSUMER.MSG.NEXT.HA_EVENTS.notifier`, "a pull of another's work"],
  ['ipvs', `${API}.STREAM.UPDATE.HA_EVENTS`, 'other limits for the log'],
  ['checker', `${API}.STREAM.CREATE.SPY`, 'a stream of its own'],
  ['cli', 'ha.site1.node1.vrrp.VI_1.became-master', 'an event'],
  ['cli', `${API}.CONSUMER.CREATE.HA_EVENTS.notifier.ha.>`, "a consumer in a service's name"],
  // Its name would be in the body, where no permission sees it, and may be one of a service's.
  ['cli', `${API}.CONSUMER.CREATE.HA_EVENTS`, 'a consumer without a name in the subject'],
  ['cli', `${API}.CONSUMER.DURABLE.CREATE.HA_EVENTS.notifier`, 'a durable consumer the old way'],
] as const) {
  test(`${user} may not publish ${what} (${subject})`, REAL, () => assertForbidden(user, subject))
}

for (const user of ['supervisor', 'vrrp', 'ipvs', 'checker', 'notifier', 'cli']) {
  for (const verb of ['DELETE', 'PURGE', 'MSG.DELETE'])
    test(`${user} may not ${verb} events`, REAL, () => assertForbidden(user, `${API}.STREAM.${verb}.HA_EVENTS`))
}

test('the check itself tells what is allowed from what is not', REAL, async () => {
  assert.equal(await isForbidden('vrrp', 'live.ha.site1.node1.vrrp.VI_1.became-master'), false)
})

test("nobody may read another's replies", REAL, async () => {
  const nc = await enter('vrrp')
  const failed = new Promise<Error | null>((resolve) => {
    nc.subscribe(`${inboxPrefix('ipvs')}.>`, { callback: (error) => resolve(error) })
  })
  assert.match(String(await failed), /Permissions Violation/)
  await nc.close()
})

test('every service can do what the bus does for it', REAL, async () => {
  for (const service of ['supervisor', 'vrrp', 'ipvs', 'checker', 'notifier'] as const) {
    const bus = testBus(server, service)
    let caughtUp = 0
    let worked = 0
    bus.follow({ filters: ['ha.site1.node1.>'], after: 0, onEvent() {}, onCaughtUp: () => (caughtUp += 1) })
    bus.follow({ filters: ['ha.site1.node1.vrrp.>'], after: 0, onEvent() {}, onCaughtUp: () => (caughtUp += 1) })
    bus.work({
      durable: service,
      filters: [`ha.site1.node1.${service}.>`],
      parallel: 2,
      patienceMs: 1_000,
      async handle() {
        worked += 1
        return { done: true }
      },
    })
    await bus.publish(transition(1, service), null).stored
    await until(`${service} has all`, () => caughtUp === 2 && worked === 1)
    await bus.saveSnapshot({ version: 1, position: 0, state: { service } })
    assert.deepEqual((await bus.loadSnapshot(1))?.state, { service })
    await bus.close(1_000)
  }
  assert.equal(chainOf(await readStream(server)).fault, null)
})

test('failoverctl can read and follow the log', REAL, async () => {
  const reader = await openReader(server.access('cli'))
  assert.ok((await reader.head()) >= 0)
  for await (const { envelope } of reader.read({ filter: 'ha.>' })) assert.ok(envelope.id)
  await reader.close()
})

function enter(user: string): Promise<NatsConnection> {
  const access = server.access(user)
  return connect({ servers: access.url, user, pass: access.password, inboxPrefix: inboxPrefix(user), reconnect: false })
}

async function assertForbidden(user: string, subject: string): Promise<void> {
  assert.equal(await isForbidden(user, subject), true, `${user} could publish to ${subject}`)
}

async function isForbidden(user: string, subject: string): Promise<boolean> {
  const nc = await enter(user)
  const refused = (async () => {
    for await (const { type } of nc.status()) if (type === 'error') return true
    return false
  })()
  nc.publish(subject, '{}', { reply: `${inboxPrefix(user)}.x` })
  // The server says what it refuses before it answers the ping; the status takes a few turns more to get here.
  await nc.flush()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await nc.close()
  return refused
}
