import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { Bus, FollowOptions } from '#platform/bus-port.ts'
import type { Envelope } from '#schemas/envelope.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import {
  chainOf,
  readStream,
  type TestServer,
  testBus,
  testServer,
  testSettings,
  transition,
  until,
  WITHOUT_SERVER,
} from './bus-harness.ts'

const REAL = { skip: WITHOUT_SERVER, timeout: 60_000 }
const VRRP = ['ha.site1.node1.vrrp.>']
const PRODUCER = join(import.meta.dirname, 'bus-producer.ts')

let server: TestServer
let buses: Bus[] = []

beforeEach(async () => {
  if (WITHOUT_SERVER === false) server = await testServer()
})

afterEach(async () => {
  for (const bus of buses) await bus.close(0)
  buses = []
  await server?.remove()
})

test('events made before the server is up are stored when it comes, in order', REAL, async () => {
  const bus = open('vrrp')
  publish(bus, 0, 50)
  assert.deepEqual(bus.status(), { connected: false, spooled: 50 })
  await begin()
  await drained(bus)
  await assertStored(50)
})

test('a producer that is killed in the middle leaves no gap and no double', REAL, async () => {
  await begin()
  const acknowledged: string[] = []
  for (let run = 0; run < 3; run += 1) acknowledged.push(...(await produceAndDie(run * 1_000, 400)))
  const bus = open('vrrp')
  publish(bus, 9_000, 1)
  await drained(bus)
  const events = await readStream(server)
  assert.equal(chainOf(events).fault, null)
  assert.equal(events[0]?.envelope.sequence, 1)
  const made = events.map(({ envelope }) => Number(envelope.data.index))
  assert.deepEqual(
    made,
    [...new Set(made)].sort((a, b) => a - b),
  )
  const stored = new Set(events.map(({ envelope }) => envelope.id))
  assert.deepEqual(
    acknowledged.filter((id) => !stored.has(id)),
    [],
  )
})

test('a producer whose spool is gone goes on behind what the stream has', REAL, async () => {
  await begin()
  const first = open('vrrp')
  publish(first, 0, 20)
  await drained(first)
  await first.close(0)
  await server.end()
  rmSync(join(server.folder, 'spool-vrrp'), { recursive: true })
  const second = open('vrrp')
  publish(second, 20, 10)
  await server.start()
  await drained(second)
  await assertStored(30)
})

test('events that only a memory store took reach the disk when it is back', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  const heard = follow('ipvs')
  publish(bus, 0, 20)
  await drained(bus)
  await server.end()
  await server.start('memory')
  await server.provision('memory')
  publish(bus, 20, 20)
  await drained(bus)
  await until('the follower heard what memory took', () => heard.length === 40)
  await server.end()
  await server.start('file')
  publish(bus, 40, 20)
  await drained(bus)
  await assertStored(60)
  await until('the follower heard all', () => heard.length === 60)
  assert.deepEqual(heard.map(indexOf), counted(60))
})

test('a full disk holds nobody back: memory takes over, and the disk gets all of it later', {
  ...REAL,
  skip: process.getuid?.() === 0 ? WITHOUT_SERVER : 'mounting a small disk needs root',
}, async () => {
  const disk = mountSmallDisk()
  try {
    await begin()
    const bus = open('vrrp')
    const heard = follow('ipvs')
    publish(bus, 0, 20)
    await drained(bus)
    fill(disk)
    publish(bus, 20, 500)
    await until('the follower heard them with the disk full', () => heard.length === 520)
    await server.end()
    await server.start('memory')
    await server.provision('memory')
    await drained(bus)
    await server.end()
    rmSync(join(disk, 'ballast'))
    await begin()
    publish(bus, 520, 1)
    await drained(bus)
    await assertStored(521)
    await until('the follower heard all', () => heard.length === 521)
    assert.deepEqual(heard.map(indexOf), counted(521))
  } finally {
    await server.end()
    execFileSync('umount', [disk])
  }
})

test('an emptied store is continued: the chain of new events goes on where the old one ended', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  const heard = follow('ipvs')
  publish(bus, 0, 20)
  await drained(bus)
  await server.end()
  server.emptyStore()
  await begin()
  publish(bus, 20, 20)
  await drained(bus)
  const events = await readStream(server)
  assert.equal(chainOf(events).fault, null)
  assert.equal(events.at(-1)?.envelope.sequence, 40)
  await until('the follower heard all', () => heard.length === 40)
  assert.deepEqual(heard.map(indexOf), counted(40))
})

test('a hung server never blocks a publisher, and gets everything once it goes on', REAL, async (context) => {
  await begin()
  const bus = open('vrrp')
  await until('connected', () => bus.status().connected)
  const lost = new Promise<number>((resolve) => {
    bus.onConnection((connected) => {
      if (!connected) resolve(performance.now())
    })
  })
  server.signal('SIGSTOP')
  const stopped = performance.now()
  const tookMs: number[] = []
  for (let index = 0; index < 5_000; index += 1) {
    const before = performance.now()
    bus.publish(transition(index), null)
    tookMs.push(performance.now() - before)
  }
  const noticedMs = (await lost) - stopped
  server.signal('SIGCONT')
  await drained(bus)
  await assertStored(5_000)
  const slowestMs = Math.max(...tookMs)
  // Busy machines take the processor away for longer than any publish lasts; a blocked one would take seconds.
  assert.ok(slowestMs < 500, `slowest publish ${slowestMs} ms`)
  assert.ok(noticedMs < 5_000, `hang noticed after ${noticedMs} ms`)
  context.diagnostic(`slowest publish ${slowestMs.toFixed(1)} ms, hang noticed after ${Math.round(noticedMs)} ms`)
})

test('a follower that restarts from a snapshot sees each event once', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  const first = open('ipvs')
  const seen: number[] = []
  followOn(first, { onEvent: (event) => seen.push(indexOf(event)) })
  publish(bus, 0, 30)
  await drained(bus)
  await until('all heard', () => seen.length === 30)
  await first.saveSnapshot({ version: 1, position: 0, state: { seen: seen.length } })
  await first.close(0)
  publish(bus, 30, 30)
  await drained(bus)

  const second = open('ipvs')
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
  await server.start()
  const bus = open('vrrp')
  const heard = follow('ipvs')
  await until('connected', () => bus.status().connected)
  publish(bus, 0, 3)
  await until('heard without a store', () => heard.length === 3)
  await server.provision()
  await drained(bus)
  await assertStored(3)
})

test('work repeats at most the event that was in hand when its handler died', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  publish(bus, 0, 10)
  await drained(bus)
  const handled: number[] = []
  const dying = open('notifier')
  work(dying, (index) => {
    handled.push(index)
    // The effect has happened; its acknowledgement never does, as when the process is killed here.
    return index === 4 ? new Promise(() => {}) : Promise.resolve({ done: true })
  })
  await until('the fifth is in hand', () => handled.includes(4))
  await dying.close(0)
  const living = open('notifier')
  work(living, (index) => {
    handled.push(index)
    return Promise.resolve({ done: true })
  })
  await until('all worked', () => handled.length === 11)
  assert.deepEqual(handled, [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9])
})

test('work goes on over a killed server and offers again what was put off', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  const worker = open('notifier')
  const handled: number[] = []
  work(worker, (index) => {
    handled.push(index)
    const again = index === 3 && handled.filter((other) => other === 3).length < 2
    return Promise.resolve(again ? { done: false, retryInMs: 50 } : { done: true })
  })
  publish(bus, 0, 5)
  await until('the first five', () => handled.length === 6)
  await server.end()
  publish(bus, 5, 5)
  await server.start()
  await until('all worked', () => handled.length === 11)
  assert.deepEqual(handled, [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
})

test('a heartbeat reaches those who listen for it', REAL, async () => {
  await begin()
  const bus = open('vrrp')
  const listener = open('supervisor')
  const beats: string[] = []
  listener.onBeat('*', (service) => beats.push(service))
  await until('heard', () => {
    bus.beat()
    return beats.length > 0
  })
  assert.equal(beats[0], 'vrrp')
})

/** Where the server keeps its file store: 24 MB that are nobody else's. */
function mountSmallDisk(): string {
  const disk = join(server.folder, 'file')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk])
  return disk
}

function fill(disk: string): void {
  assert.throws(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(32 << 20)), { code: 'ENOSPC' })
}

async function begin(): Promise<void> {
  await server.start()
  await server.provision()
}

function open(service: ServiceName): Bus {
  const bus = testBus(server, service)
  buses.push(bus)
  return bus
}

function publish(bus: Bus, from: number, count: number): void {
  for (let index = from; index < from + count; index += 1) bus.publish(transition(index), null)
}

function drained(bus: Bus): Promise<void> {
  return until('the outbox is empty', () => bus.status().connected && bus.status().spooled === 0, 20_000)
}

function follow(service: ServiceName): Envelope[] {
  const heard: Envelope[] = []
  followOn(open(service), { onEvent: (event) => heard.push(event) })
  return heard
}

function followOn(bus: Bus, options: Partial<FollowOptions>): void {
  bus.follow({ filters: VRRP, after: 0, onEvent() {}, onCaughtUp() {}, ...options })
}

function work(bus: Bus, handle: (index: number) => Promise<{ done: true } | { done: false; retryInMs: number }>): void {
  const options = { durable: 'notifier', filters: VRRP, parallel: 1, patienceMs: 1_000 }
  bus.work({ ...options, handle: (event) => handle(indexOf(event)) })
}

function indexOf(event: Envelope): number {
  return Number(event.data.index)
}

function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** The stream holds these transitions from the first on, each once, chained. */
async function assertStored(count: number): Promise<void> {
  const events = await readStream(server)
  assert.deepEqual(
    events.map(({ envelope }) => indexOf(envelope)),
    counted(count),
  )
  assert.deepEqual(
    events.map(({ envelope }) => envelope.sequence - 1),
    counted(count),
  )
  assert.equal(chainOf(events).fault, null)
}

/** Kills a producer after a while; returns what it had said is acknowledged. */
async function produceAndDie(first: number, afterMs: number): Promise<string[]> {
  const settings = JSON.stringify(testSettings(server, 'vrrp'))
  const child = spawn(process.execPath, [PRODUCER, settings, String(first), '1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    if (said.push(chunk) === 1) setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  await new Promise((resolve) => child.once('close', resolve))
  return Buffer.concat(said).toString().split('\n').slice(0, -1)
}
