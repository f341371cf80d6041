import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chainOf, readStream, testSettings, transition, until } from './bus-harness.ts'
import { busStage, drained, publish, REAL } from './bus-stage.ts'

const PRODUCER = join(import.meta.dirname, 'bus-producer.ts')
const stage = busStage()

test('events made before the server is up are stored when it comes, in order', REAL, async () => {
  const bus = stage.open('vrrp')
  publish(bus, 0, 50)
  assert.deepEqual(bus.status(), { connected: false, spooled: 50 })
  await stage.begin()
  await drained(bus)
  await stage.assertStored(50)
})

test('a producer that is killed in the middle leaves no gap and no double', REAL, async () => {
  await stage.begin()
  const acknowledged: string[] = []
  for (let run = 0; run < 3; run += 1) acknowledged.push(...(await produceAndDie(run * 1_000, 400)))
  const bus = stage.open('vrrp')
  publish(bus, 9_000, 1)
  await drained(bus)
  const events = await readStream(stage.server())
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
  await stage.begin()
  const first = stage.open('vrrp')
  publish(first, 0, 20)
  await drained(first)
  await first.close(0)
  await stage.server().end()
  rmSync(join(stage.server().folder, 'spool-vrrp'), { recursive: true })
  const second = stage.open('vrrp')
  publish(second, 20, 10)
  await stage.server().start()
  await drained(second)
  await stage.assertStored(30)
})

test('a hung server never blocks a publisher, and gets everything once it goes on', REAL, async (context) => {
  await stage.begin()
  const bus = stage.open('vrrp')
  await until('connected', () => bus.status().connected)
  const lost = new Promise<number>((resolve) => {
    bus.onConnection((connected) => {
      if (!connected) resolve(performance.now())
    })
  })
  stage.server().signal('SIGSTOP')
  const stopped = performance.now()
  const tookMs: number[] = []
  for (let index = 0; index < 5_000; index += 1) {
    const before = performance.now()
    bus.publish(transition(index), null)
    tookMs.push(performance.now() - before)
  }
  const noticedMs = (await lost) - stopped
  stage.server().signal('SIGCONT')
  await drained(bus)
  await stage.assertStored(5_000)
  const slowestMs = Math.max(...tookMs)
  // Busy machines take the processor away for longer than any publish lasts; a blocked one would take seconds.
  assert.ok(slowestMs < 500, `slowest publish ${slowestMs} ms`)
  assert.ok(noticedMs < 5_000, `hang noticed after ${noticedMs} ms`)
  context.diagnostic(`slowest publish ${slowestMs.toFixed(1)} ms, hang noticed after ${Math.round(noticedMs)} ms`)
})

/** Kills a producer after a while; returns what it had said is acknowledged. */
async function produceAndDie(first: number, afterMs: number): Promise<string[]> {
  const settings = JSON.stringify(testSettings(stage.server(), 'vrrp'))
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
