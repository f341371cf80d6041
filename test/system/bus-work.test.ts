import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Bus } from '#platform/bus-port.ts'
import { testSettings, until, VRRP } from './bus-harness.ts'
import { busStage, drained, indexOf, publish, REAL } from './bus-stage.ts'

const stage = busStage()
const LEAVER = join(import.meta.dirname, 'bus-leaver.ts')

test('work repeats at most the event that was in hand when its handler died', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  publish(bus, 0, 10)
  await drained(bus)
  const handled: number[] = []
  const dying = stage.open('notifier')
  work(dying, (index) => {
    handled.push(index)
    // The effect has happened; its acknowledgement never does, as when the process is killed here.
    return index === 4 ? new Promise(() => {}) : Promise.resolve({ done: true })
  })
  await until('the fifth is in hand', () => handled.includes(4))
  await dying.close(0)
  const living = stage.open('notifier')
  work(living, (index) => {
    handled.push(index)
    return Promise.resolve({ done: true })
  })
  await until('all worked', () => handled.length === 11)
  assert.deepEqual(handled, [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9])
})

test('work goes on over a killed server and offers again what was put off', REAL, async () => {
  await stage.begin()
  const bus = stage.open('vrrp')
  const worker = stage.open('notifier')
  const handled: number[] = []
  work(worker, (index) => {
    handled.push(index)
    const again = index === 3 && handled.filter((other) => other === 3).length < 2
    return Promise.resolve(again ? { done: false, retryInMs: 50 } : { done: true })
  })
  publish(bus, 0, 5)
  await until('the first five', () => handled.length === 6)
  await stage.server().end()
  publish(bus, 5, 5)
  await stage.server().start()
  await until('all worked', () => handled.length === 11)
  assert.deepEqual(handled, [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
})

test('work begins although the first server went before it had a stream', REAL, async () => {
  await stage.server().start()
  const handled: number[] = []
  const worker = stage.open('notifier')
  work(worker, (index) => {
    handled.push(index)
    return Promise.resolve({ done: true })
  })
  await until('connected', () => worker.status().connected)
  await stage.server().end()
  // Longer than between two looks for the consumer.
  await new Promise((resolve) => setTimeout(resolve, 700))
  await stage.begin()
  publish(stage.open('vrrp'), 0, 2)
  await until('all worked', () => handled.length === 2)
})

test('a process that leaves with work in hand ends by itself', REAL, async () => {
  await stage.begin()
  publish(stage.open('vrrp'), 0, 1)
  const settings = JSON.stringify(testSettings(stage.server(), 'notifier'))
  const child = spawn(process.execPath, [LEAVER, settings], { stdio: 'inherit', timeout: 10_000 })
  const ending = await new Promise((resolve) => child.once('exit', (status, signal) => resolve(signal ?? status)))
  assert.equal(ending, 0)
})

function work(bus: Bus, handle: (index: number) => Promise<{ done: true } | { done: false; retryInMs: number }>): void {
  const options = { durable: 'notifier', filters: VRRP, parallel: 1, patienceMs: 1_000 }
  bus.work({ ...options, handle: (event) => handle(indexOf(event)) })
}
