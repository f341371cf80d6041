import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import type { Bus, FollowOptions } from '#platform/bus-port.ts'
import type { Log } from '#platform/log.ts'
import type { Envelope } from '#schemas/envelope.ts'
import type { ServiceName } from '#schemas/subjects.ts'
import {
  chainOf,
  readStream,
  type TestServer,
  testBus,
  testServer,
  transition,
  until,
  VRRP,
  WITHOUT_SERVER,
} from './bus-harness.ts'

/** For tests that need the server. */
export const REAL = { skip: WITHOUT_SERVER, timeout: 60_000 }

export type Stage = ReturnType<typeof busStage>

/** A server of its own for each test of a file, down at first, and buses that end with the test. */
export function busStage() {
  let current: TestServer | null = null
  let buses: Bus[] = []

  beforeEach(async () => {
    if (WITHOUT_SERVER === false) current = await testServer()
  })

  afterEach(async () => {
    for (const bus of buses) await bus.close(0)
    buses = []
    await current?.remove()
  })

  function server(): TestServer {
    assert.ok(current !== null)
    return current
  }

  function open(service: ServiceName, log?: Log): Bus {
    const bus = testBus(server(), service, log)
    buses.push(bus)
    return bus
  }

  return {
    server,
    open,
    async begin() {
      await server().start()
      await server().provision()
    },
    /** What a service hears of vrrp from now on. */
    follow(service: ServiceName): Envelope[] {
      const heard: Envelope[] = []
      followOn(open(service), { onEvent: (event) => heard.push(event) })
      return heard
    },
    /** The stream holds these transitions from the first on, each once, chained. */
    async assertStored(count: number) {
      const events = await readStream(server())
      const made = events.map(({ envelope }) => indexOf(envelope))
      assert.deepEqual(made, counted(count))
      const numbers = events.map(({ envelope }) => envelope.sequence - 1)
      assert.deepEqual(numbers, counted(count))
      assert.equal(chainOf(events).fault, null)
    },
  }
}

export function publish(bus: Bus, from: number, count: number): void {
  for (let index = from; index < from + count; index += 1) bus.publish(transition(index), null)
}

export function drained(bus: Bus): Promise<void> {
  return until('the outbox is empty', () => bus.status().connected && bus.status().spooled === 0, 20_000)
}

export function followOn(bus: Bus, options: Partial<FollowOptions>): void {
  bus.follow({ filters: VRRP, after: 0, onEvent() {}, onCaughtUp() {}, ...options })
}

export function indexOf(event: Envelope): number {
  return Number(event.data.index)
}

export function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
