import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryBus } from '#platform/bus-memory.ts'
import { fakeClock } from '#platform/clock-fake.ts'
import { VrrpReply } from '#schemas/control.ts'
import { recallHandovers } from '../../services/vrrp/handover-memory.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { node, other } from './fake-node.ts'
import { instance, VIP, vip } from './given.ts'

const ONE = instance()
const TWO = other({ addresses: [vip('192.0.2.101')] })
const NOBODY = { master: null, backup: null, fault: null, stop: null, any: null }
const G = { name: 'G', members: ['VI_1', 'VI_2'], notify: NOBODY, smtpAlert: false }
const FIRST = { virtualRouterId: 51 }
const SECOND = { virtualRouterId: 52, addresses: TWO.addresses }

/** Two routers that are master, and have heard a backup of priority 50. */
function masters(grouped: boolean) {
  const all = node()
  all.routers.apply({ instances: [ONE, TWO], syncGroups: grouped ? [G] : [], trackers: NO_TRACKERS })
  all.hear(0, FIRST)
  all.hear(0, SECOND)
  all.clock.advance(700)
  for (const address of [VIP, '192.0.2.101'])
    all.links.tell({ type: 'AddressPresent', interface: 'eth0', address, remainingMs: 3_000 })
  const ask = (request: object) => VrrpReply.parse(all.routers.answer({ actor: 'anna', ...request }))
  const handOver = (target: string) => ask({ type: 'Handover', target, reason: 'x', forMs: null, force: false })
  const news = () => all.events().filter((event) => /Handover|BecameBackup/.test(event))
  const before = news().length
  return { ...all, ask, handOver, news: () => news().slice(before) }
}

test('a request names an instance, and moves it alone', () => {
  const pair = masters(false)
  assert.deepEqual(pair.handOver('VI_1'), {
    ok: true,
    instances: [
      {
        ...{ instance: 'VI_1', role: 'master', phase: 'announced' },
        master: { address: '192.0.2.2', priority: 0 },
      },
    ],
  })
  pair.clock.advance(100)
  pair.hear(50, FIRST)
  assert.deepEqual(pair.news(), ['VI_1 HandoverBegan', 'VI_1 BecameBackup'])
  assert.equal(pair.causes().at(-1), 'VI_1 HandoverBegan')
})

test('a sync group moves as a whole, whoever of it is named, and each member waits for its own successor', () => {
  for (const target of ['G', 'VI_2']) {
    const pair = masters(true)
    const reply = pair.handOver(target)
    assert.deepEqual(reply.ok && reply.instances.map(({ instance: name }) => name), ['VI_1', 'VI_2'])
    pair.clock.advance(100)
    pair.hear(50, FIRST)
    assert.deepEqual(pair.news(), ['VI_1 HandoverBegan', 'VI_2 HandoverBegan', 'VI_1 BecameBackup'])
    pair.hear(50, SECOND)
    assert.deepEqual(pair.news().slice(3), ['VI_2 BecameBackup', 'G GroupBecameBackup'])
  }
})

test('nothing happens, and the answer says why, when one of those named cannot hand over', () => {
  const pair = masters(false)
  const problemOf = (reply: VrrpReply) => (reply.ok ? 'none' : reply.problem)
  assert.match(problemOf(pair.handOver('VI_9')), /^there is no .* VI_9 here, only VI_1, VI_2$/)
  assert.match(problemOf(pair.ask({ type: 'EndHandover', target: 'VI_1' })), /^no hand-over of VI_1 goes on$/)
  assert.match(problemOf(pair.ask({ type: 'Dance' })), /does not understand/)
  assert.deepEqual(pair.news(), [])
})

test('a hand-over that was not over when vrrp ended is known again, with what is left of its time', () => {
  const bus = memoryBus()
  const clock = fakeClock(1_000)
  const name = { site: 'site1', node: 'node1' }
  const put = (entity: string, type: string, more: object) =>
    bus.put({ service: 'vrrp', entity, data: { type, instance: entity, ...more } })
  const began = { actor: 'anna', reason: 'x', holdMs: 2_050 }
  put('VI_1', 'HandoverBegan', { ...began, forMs: null })
  put('VI_2', 'HandoverBegan', { ...began, forMs: null })
  put('VI_2', 'HandoverEnded', { reason: 'asked', actor: 'anna' })
  const timed = put('VI_3', 'HandoverBegan', { ...began, forMs: 60_000 })
  const known: [string, number | null][] = []
  recallHandovers(bus, name, clock, (...each) => known.push(each))
  const left = Date.parse(timed.time) + 60_000 - clock.wall()
  assert.deepEqual(known, [
    ['VI_1', null],
    ['VI_3', 1_000 + left],
  ])
})
