import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SecurityEvent } from '#schemas/security.ts'
import {
  decideWatch,
  evolveWatch,
  NOTHING_WATCHED,
  type WatchFact,
  type WatchInput,
} from '../../services/vrrp/core/security.ts'
import type { State } from '../../services/vrrp/core/state.ts'
import { node } from './fake-node.ts'
import { advert, instance, master, started } from './given.ts'

/** What the sentry tells of a series of inputs. */
function sentry() {
  let watched = NOTHING_WATCHED
  return (input: WatchInput): SecurityEvent[] => {
    const facts = decideWatch(input, watched)
    for (const fact of facts) watched = evolveWatch(watched, fact)
    return facts.filter(isEvent).map(({ at: _at, ...event }) => SecurityEvent.parse(event))
  }
}

function isEvent(fact: WatchFact): fact is Extract<WatchFact, SecurityEvent> {
  return fact.type !== 'AdvertTallied' && fact.type !== 'RouterKnown'
}

function heard(at: number, priority: number, election: State, source = '192.0.2.2'): WatchInput {
  const input = advert(at, priority, { source })
  assert.ok(input.type === 'AdvertHeard')
  return { ...input, election }
}

function dropped(at: number, reason: string, source: string, election = master().state()): WatchInput {
  return { type: 'AdvertDropped', at, reason, source, election }
}

describe('a router that was never heard before', () => {
  test('and outranks this master is told', () => {
    const take = sentry()
    assert.deepEqual(take(heard(10_500, 200, master().state())), [
      {
        ...{ type: 'UnexpectedRouter', instance: 'VI_1', router: { address: '192.0.2.2', priority: 200 } },
        master: null,
      },
    ])
    assert.deepEqual(take(heard(11_500, 200, master().state())), [], 'once')
  })

  test('and outranks the master that is followed is told, with that master', () => {
    const take = sentry()
    const backup = started().after(advert(1_000, 150))
    assert.deepEqual(take(heard(1_000, 150, started().state())), [], 'the first of all takes nothing from anybody')
    const [event] = take(heard(1_500, 200, backup.state(), '192.0.2.66'))
    assert.ok(event?.type === 'UnexpectedRouter')
    assert.deepEqual(event.master, { address: '192.0.2.2', priority: 150 })
  })

  test('and takes nothing away is not', () => {
    const take = sentry()
    assert.deepEqual(take(heard(10_500, 50, master().state())), [], 'a lower priority')
    assert.deepEqual(take(heard(10_600, 100, master().state(), '192.0.2.0')), [], 'a smaller address')
    const resigned = started().after(advert(1_000, 150), advert(1_100, 0, { source: '192.0.2.2' }))
    assert.deepEqual(take(heard(1_500, 200, resigned.state(), '192.0.2.66')), [], 'the master has resigned')
  })

  test('and is a configured peer is not', () => {
    const peers = [{ address: '192.0.2.2', minTtl: null, maxTtl: null }]
    const unicast = { peers, peersOnly: false, ttl: 255 } as const
    const state = master().state()
    const election = { ...state, config: instance({ unicast: { ...unicast, peers: [...peers] } }) }
    assert.deepEqual(sentry()(heard(10_500, 200, election)), [])
  })

  test('is told only so long as a network can have so many', () => {
    const take = sentry()
    let told = 0
    for (let n = 0; n < 250; n += 1) told += take(heard(10_500 + n, 200, master().state(), `198.51.100.${n}`)).length
    assert.equal(told, 32)
  })
})

describe('a priority that was never configured', () => {
  test('is 255 of a router that had another one, and the other way round, told once', () => {
    const take = sentry()
    const election = started().state()
    take(heard(1_000, 150, election))
    assert.deepEqual(take(heard(2_000, 255, election)), [
      {
        ...{ type: 'UnexpectedPriority', instance: 'VI_1', formerly: 150 },
        router: { address: '192.0.2.2', priority: 255 },
      },
    ])
    assert.deepEqual(take(heard(3_000, 150, election)), [])
    const other = sentry()
    other(heard(1_000, 255, election))
    assert.equal(other(heard(2_000, 150, election))[0]?.type, 'UnexpectedPriority')
  })

  test('is none that tracking leads to, nor a resignation', () => {
    const take = sentry()
    for (const priority of [150, 90, 254, 1, 0, 150])
      assert.deepEqual(take(heard(1_000, priority, started().state())), [])
  })
})

describe('N16 N17: a flood', () => {
  test('N16: of bad packets is one event with its count, and told ever more seldom', () => {
    const take = sentry()
    const told: SecurityEvent[] = []
    const at: number[] = []
    for (let n = 0; n < 60_000; n += 1) {
      const events = take(dropped(n, 'checksum', `198.51.100.${n % 250}`))
      told.push(...events)
      if (events.length > 0) at.push(n)
    }
    assert.deepEqual(at, [59, 10_059, 30_059])
    assert.deepEqual(told[1], {
      ...{ type: 'AdvertFlood', instance: 'VI_1', kind: 'checksum', count: 10_000, withinMs: 10_000 },
      source: '198.51.100.59',
    })
  })

  test('N17: of resignations is told as such', () => {
    const take = sentry()
    const events = Array.from({ length: 100 }, (_, n) => take(heard(n, 0, master().state()))).flat()
    assert.deepEqual(
      events.map((event) => event.type === 'AdvertFlood' && [event.kind, event.count]),
      [['priority-0', 60]],
    )
  })

  test('N18: is not what a router sends that is set up differently, at any interval', () => {
    for (const advertIntervalMs of [10, 100, 1_000]) {
      const take = sentry()
      const election = master({ version: 3, advertIntervalMs }).state()
      for (let at = 0; at < 60_000; at += advertIntervalMs) {
        assert.deepEqual(take(dropped(at, 'version', '192.0.2.2', election)), [])
        assert.deepEqual(take(dropped(at + 1, 'version', '192.0.2.3', election)), [])
      }
    }
  })

  test('N17: of intervals of 0, of empty lists and of noise moves no state', () => {
    const { hear, clock, events, sockets } = node(instance({ version: 3 }))
    const before = () => events().filter((event) => /Became|Stopped/.test(event))
    const known = before()
    for (let n = 0; n < 500; n += 1) {
      hear(200, { version: 3, advertIntervalMs: 0 })
      hear(200, { version: 3, addresses: [] })
      const noise = { source: '192.0.2.2', destination: '224.0.0.18', ttl: 255, payload: Buffer.alloc(n % 40, 51) }
      for (const socket of sockets) socket.deliver({ ...noise, at: clock.now() })
      clock.advance(2)
    }
    assert.deepEqual(before(), known)
    assert.deepEqual(events().filter((event) => event.endsWith('AdvertFlood')).length >= 2, true, 'and is told')
  })
})
