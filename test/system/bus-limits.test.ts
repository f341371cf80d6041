import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from 'nats'
import { pino } from 'pino'
import { inboxPrefix } from '#platform/bus-link.ts'
import type { Bus } from '#platform/bus-port.ts'
import { openReader } from '#platform/bus-reader.ts'
import { verifyChain } from '#platform/chain.ts'
import type { Log } from '#platform/log.ts'
import type { Envelope } from '#schemas/envelope.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import { EVENT_STREAM } from '#schemas/subjects.ts'
import { keepLog } from '../../services/supervisor/log-keeping.ts'
import { chainOf, NAME, readStream, transition, until } from './bus-harness.ts'
import { busStage, counted, drained, followOn, indexOf, REAL } from './bus-stage.ts'

const MEGABYTE = 1024 ** 2
const TERABYTE = 1024 ** 4
const PADDING = 'x'.repeat(10_000)
/** More than a log of one megabyte has room for. */
const MANY = 300

const stage = busStage()

function limited(maxBytes: number) {
  return { maxAgeMs: null, maxBytes, freeBytes: 100 * MEGABYTE }
}

/** Events of 10 kB each, with their numbers. */
async function fill(bus: Bus, from: number, count: number, service: ServiceName = 'vrrp'): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    const draft = transition(index, service)
    bus.publish({ ...draft, data: { ...draft.data, padding: PADDING } }, null)
  }
  await drained(bus)
}

/** What the server says of the event stream. */
async function streamInfo() {
  const { url, user, password } = stage.server().access('supervisor')
  const nc = await connect({ servers: url, user, pass: password, inboxPrefix: inboxPrefix(user) })
  try {
    return await (await jetstreamManager(nc)).streams.info(EVENT_STREAM)
  } finally {
    await nc.close()
  }
}

test('a full log lets its oldest events go, and the chain holds from the first one kept', REAL, async () => {
  await stage.server().start()
  await stage.server().provision('file', limited(MEGABYTE))
  await fill(stage.open('vrrp'), 0, MANY)
  const { state } = await streamInfo()
  assert.ok(state.bytes <= MEGABYTE, `${state.bytes} bytes kept`)
  assert.ok(state.first_seq > 1 && state.last_seq === MANY, `${state.first_seq} to ${state.last_seq}`)
  const events = await readStream(stage.server())
  assert.deepEqual(
    events.map(({ position }) => position),
    counted(MANY + 1).slice(state.first_seq),
  )
  assert.deepEqual(
    events.map(({ envelope }) => envelope.sequence),
    counted(MANY + 1).slice(state.first_seq),
  )
  assert.equal(chainOf(events).fault, null)
  // The same with one event taken out: the check does see a gap.
  const bytes = events.map((event) => event.bytes)
  assert.equal(verifyChain(bytes.toSpliced(10, 1)).fault?.reason, 'gap')
})

test('who starts then hears every event kept, once and in order, and then what is new', REAL, async () => {
  await stage.server().start()
  await stage.server().provision('file', limited(MEGABYTE))
  const bus = stage.open('vrrp')
  await fill(bus, 0, MANY)
  const first = (await streamInfo()).state.first_seq - 1
  assert.ok(first > 0)
  const heard: Envelope[] = []
  const worked: Envelope[] = []
  let caughtUp = false
  const ipvs = stage.open('ipvs')
  followOn(ipvs, { onEvent: (event) => heard.push(event), onCaughtUp: () => (caughtUp = true) })
  stage.open('notifier').work({
    ...{ durable: 'notifier', filters: ['ha.site1.node1.vrrp.>'], parallel: 1, patienceMs: 5_000 },
    async handle(event) {
      worked.push(event)
      return { done: true }
    },
  })
  await until('the history has been heard', () => caughtUp)
  assert.deepEqual(heard.map(indexOf), counted(MANY).slice(first))
  await until('the history has been worked off', () => worked.length === MANY - first)
  await fill(bus, MANY, 1)
  await until('the new event was heard', () => heard.length === MANY + 1 - first)
  assert.equal(indexOf(heard.at(-1) ?? assert.fail()), MANY)
  await until('the new event was worked off', () => worked.length === MANY + 1 - first)
  assert.deepEqual(worked.map(indexOf), counted(MANY + 1).slice(first))
})

test('who only reads is told that the beginning is gone, and what a service remembers of it', REAL, async () => {
  await stage.server().start()
  await stage.server().provision('file', limited(MEGABYTE))
  const reader = await openReader(stage.server().access('cli'))
  try {
    const bus = stage.open('vrrp')
    await fill(bus, 0, 5)
    assert.deepEqual([await reader.isTrimmed(), await reader.snapshot('vrrp')], [false, null])
    let caughtUp = false
    followOn(bus, { onCaughtUp: () => (caughtUp = true) })
    await until('the history has been heard', () => caughtUp)
    await bus.saveSnapshot({ version: 1, position: 0, state: { role: 'master' } })
    await fill(bus, 5, MANY)
    assert.deepEqual([await reader.isTrimmed(), await reader.snapshot('vrrp')], [true, { role: 'master' }])
  } finally {
    await reader.close()
  }
})

test('a source whose events have all gone counts on where it was, also after a restart', REAL, async () => {
  await stage.server().start()
  await stage.server().provision('file', limited(MEGABYTE))
  const quiet = stage.open('vrrp')
  await fill(quiet, 0, 5)
  await fill(stage.open('checker'), 0, MANY, 'checker')
  const left = await readStream(stage.server())
  assert.ok(left.every(({ envelope }) => envelope.source.endsWith('/checker')))
  const heard = stage.follow('ipvs')
  await fill(quiet, 5, 1)
  await until('the follower heard the next one', () => heard.length > 0)
  assert.deepEqual(
    heard.map(({ sequence }) => sequence),
    [6],
  )
  await quiet.close(1_000)
  await fill(stage.open('vrrp'), 6, 1)
  await until('and the one after the restart', () => heard.length > 1)
  assert.deepEqual(
    heard.map(({ sequence }) => sequence),
    [6, 7],
  )
  assert.equal(chainOf(await readStream(stage.server())).fault, null)
})

test('more than the disk has free is lowered, next to what the log holds already', REAL, async () => {
  await stage.server().start()
  const limits = { maxAgeMs: 86_400_000, maxBytes: 60 * TERABYTE, freeBytes: 50 * MEGABYTE }
  assert.equal(await stage.server().provision('file', limits), 45 * MEGABYTE)
  const { config } = await streamInfo()
  assert.deepEqual([config.max_bytes, config.max_age], [45 * MEGABYTE, 86_400_000 * 1_000_000])
  await fill(stage.open('vrrp'), 0, 2 * MANY)
  const { state } = await streamInfo()
  const held = Math.ceil(state.bytes / MEGABYTE) * MEGABYTE
  assert.equal(await stage.server().provision('file', limits), held + 45 * MEGABYTE)
  assert.equal(await stage.server().provision('file', { ...limits, freeBytes: 0 }), 16 * MEGABYTE)
})

test('the server itself refuses no limit, however full its disk is at the start', REAL, async () => {
  await stage.server().start()
  const limits = { maxAgeMs: null, maxBytes: 60 * TERABYTE, freeBytes: 100 * TERABYTE }
  assert.equal(await stage.server().provision('file', limits), 60 * TERABYTE)
  await fill(stage.open('vrrp'), 0, 10)
  await stage.server().end()
  await stage.server().start()
  await stage.server().provision('file', limits)
  assert.equal((await readStream(stage.server())).length, 10)
})

test('a limit that a reload changes takes effect on the log that is there', REAL, async () => {
  await stage.server().start()
  const said: string[] = []
  const log: Log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) })
  let wanted: { maxAgeS: number | null; maxBytes: number | null } = { maxAgeS: null, maxBytes: null }
  const kept = keepLog({
    name: NAME,
    server: { access: stage.server().access, freeBytes: () => 1024 * MEGABYTE },
    storage: () => 'file',
    wanted: () => wanted,
    log,
  })
  const limits = async () => {
    const { config } = await streamInfo()
    return `${config.max_age / 1e9} ${config.max_bytes}`
  }
  kept.ensure()
  await until('there is a log', () =>
    limits().then(
      (text) => text === '0 -1',
      () => false,
    ),
  )
  await fill(stage.open('vrrp'), 0, MANY)
  wanted = { maxAgeS: 86_400, maxBytes: MEGABYTE }
  kept.ensure()
  await until('it is limited', async () => (await limits()) === `86400 ${MEGABYTE}`)
  const { state } = await streamInfo()
  assert.ok(state.bytes <= MEGABYTE && state.last_seq === MANY)
  wanted = { maxAgeS: null, maxBytes: 64 * TERABYTE }
  kept.ensure()
  wanted = { maxAgeS: null, maxBytes: null }
  kept.ensure()
  await until('it is unlimited again', async () => (await limits()) === '0 -1')
  assert.deepEqual(said, [])
  wanted = { maxAgeS: null, maxBytes: 2048 * MEGABYTE }
  kept.ensure()
  await until('the log says that it is less', () => said.length > 0)
  assert.match(said[0] ?? '', /"wanted":"2G".*max_size is more than the disk has free/)
})
