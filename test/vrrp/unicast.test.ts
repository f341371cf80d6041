import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipBytes } from '#platform/native/ip.ts'
import type { Unicast, VrrpInstance } from '#schemas/config.ts'
import { checksumHolds, encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { formOf } from '../../services/vrrp/wire/station.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { type Node, node } from './fake-node.ts'
import { instance, OURS, VIP, vip } from './given.ts'

const PEERS = ['192.0.2.2', '192.0.2.3']

function peer(address: string, minTtl: number | null = null, maxTtl: number | null = null): Unicast['peers'][number] {
  return { address, minTtl, maxTtl }
}

function unicast(change: Partial<Unicast> = {}, more: Partial<VrrpInstance> = {}): VrrpInstance {
  const peers = PEERS.map((address) => peer(address))
  return instance({ unicast: { peers, ttl: 255, peersOnly: false, ...change }, ...more })
}

interface Told {
  source?: string
  destination?: string
  ttl?: number
  /** What the checksum was made for. */
  summedFor?: string
}

/** An advert of priority 200 to our address. */
function tell({ sockets, clock }: Node, config: VrrpInstance, change: Told = {}): void {
  const { source = '192.0.2.2', destination = OURS, ttl = 255, summedFor = destination } = change
  const form = { ...formOf(config, source), destination: ipBytes(summedFor) }
  sockets.at(-1)?.deliver({ source, destination, ttl, payload: encodeAdvert(form, 200), at: clock.now() })
}

/** `heard`, or the reason of its rejection. */
function fate(config: VrrpInstance, change: Told = {}): string {
  const one = node(config)
  one.clock.advance(1_000)
  tell(one, config, change)
  for (const event of one.log()) if (event.type === 'AdvertRejected') return event.reason
  // Whoever heard it waits for that master: nothing happens when our own time would be over.
  one.clock.advance(2_700)
  return one.events().includes('VI_1 BecameMaster') ? 'ignored' : 'heard'
}

function asMaster(config: VrrpInstance): Node {
  const one = node(config)
  one.clock.advance(3_610)
  one.links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  return one
}

test('K2: an advert goes to each peer in its own packet, and to no group', () => {
  const { sockets, clock } = asMaster(unicast())
  clock.advance(1_000)
  const [socket, ...others] = sockets
  assert.deepEqual([socket?.options.group, others.length], [null, 0])
  assert.deepEqual(socket?.destinations, [...PEERS, ...PEERS])
})

test('K2: with version 3 each packet has the checksum of its own destination', () => {
  const { sockets } = asMaster(unicast({}, { version: 3 }))
  const [first, second] = sockets[0]?.sent ?? []
  assert.ok(first !== undefined && second !== undefined)
  assert.deepEqual([first.subarray(0, 6), first.subarray(8)], [second.subarray(0, 6), second.subarray(8)])
  for (const [index, message] of [first, second].entries()) {
    const sums = PEERS.map((to) => checksumHolds(message, 4, ipBytes(OURS), [ipBytes(to)]))
    assert.deepEqual(
      sums,
      PEERS.map((_, other) => other === index),
    )
  }
})

test('a resignation goes to every peer, too', () => {
  const one = asMaster(unicast())
  one.routers.stop()
  const [socket] = one.sockets
  assert.deepEqual(socket?.sent.map((message) => message.readUInt8(2)).slice(-2), [0, 0])
  assert.deepEqual(socket?.destinations.slice(-2), PEERS)
})

test('our own address among the peers is left out: one list serves all nodes', () => {
  const { sockets } = asMaster(unicast({ peers: [peer(OURS), peer('192.0.2.2')] }))
  assert.deepEqual(sockets[0]?.destinations, ['192.0.2.2'])
})

test('a sign of life follows each advert that left, with the router it is for', () => {
  const { pulses, clock, routers } = asMaster(unicast())
  clock.advance(1_000)
  routers.stop()
  assert.deepEqual(
    pulses,
    [100, 100, 0].map((priority) => ({ priority, index: 2, family: 4 })),
  )
})

test('there is no sign of life when nothing could be sent to anybody, or where the group is used', () => {
  const { sockets, pulses, clock } = asMaster(unicast())
  const before = pulses.length
  const [socket] = sockets
  assert.ok(socket !== undefined)
  socket.failure = 'EPERM'
  clock.advance(2_000)
  assert.equal(pulses.length, before)
  assert.deepEqual(asMaster(instance()).pulses, [])
})

test('A8: a multicast advert to a unicast instance is dropped, and the reverse', () => {
  assert.equal(fate(unicast(), { destination: '224.0.0.18' }), 'destination')
  assert.equal(fate(instance(), { destination: OURS }), 'destination')
  assert.equal(fate(unicast()), 'heard')
})

test('A9: an advert of a stranger is dropped where only peers count, and taken where not', () => {
  const stranger = { source: '192.0.2.99' }
  assert.equal(fate(unicast({ peersOnly: true }), stranger), 'unknown-peer')
  assert.equal(fate(unicast({ peersOnly: true })), 'heard')
  assert.equal(fate(unicast(), stranger), 'heard')
})

test('A5: the TTL of unicast adverts counts only where a peer has bounds for it', () => {
  const bounded = unicast({ peers: [peer('192.0.2.2', 250, 253)], peersOnly: true })
  const fates = [249, 250, 253, 254].map((ttl) => fate(bounded, { ttl }))
  assert.deepEqual(fates, ['ttl', 'heard', 'heard', 'ttl'])
  assert.equal(fate(unicast(), { ttl: 1 }), 'heard')
  assert.equal(fate(instance(), { destination: '224.0.0.18', ttl: 254 }), 'ttl')
})

test('C10: the checksum of a version 3 unicast advert is that of its real destination', () => {
  const config = unicast({}, { version: 3 })
  assert.equal(fate(config), 'heard')
  assert.equal(fate(config, { summedFor: '192.0.2.9' }), 'checksum')
})

test('adverts leave with the TTL that is asked for', () => {
  assert.equal(node(unicast({ ttl: 3 })).sockets[0]?.options.ttl, 3)
})

test('K3: an instance that is to use unicast and has no peer is in fault, and says so', () => {
  const one = node(unicast({ peers: [] }))
  const [event] = one.log()
  assert.ok(event?.type === 'BecameFault')
  assert.deepEqual([event.reason, event.detail], ['no-peer', 'unicast_peer names nobody'])
  one.routers.apply({ instances: [unicast()], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual(one.events().at(-1), 'VI_1 BecameBackup')
  one.routers.apply({ instances: [unicast({ peers: [] })], syncGroups: [], trackers: NO_TRACKERS })
  assert.deepEqual(one.events().at(-1), 'VI_1 BecameFault')
})

test('an IPv6 unicast router sends from its source address to each peer', () => {
  const config = unicast(
    { peers: [peer('2001:db8::2')] },
    {
      ...{ version: 3, multicastGroup: 'ff02::12', sourceAddress: '2001:db8::1' },
      addresses: [{ ...vip('2001:db8::64'), family: 6, prefix: 128 }],
    },
  )
  const { sockets, clock, pulses } = node(config)
  clock.advance(3_610)
  assert.deepEqual([sockets[0]?.options.source, sockets[0]?.destinations], ['2001:db8::1', ['2001:db8::2']])
  assert.deepEqual(pulses, [{ priority: 100, index: 2, family: 6 }])
})

test('a change of peers takes effect with the next advert, on the same socket', () => {
  const one = asMaster(unicast())
  one.routers.apply({ instances: [unicast({ peers: [peer('192.0.2.9')] })], syncGroups: [], trackers: NO_TRACKERS })
  one.clock.advance(1_000)
  assert.equal(one.sockets.length, 1)
  assert.deepEqual(one.sockets[0]?.destinations.slice(-1), ['192.0.2.9'])
})

test('C9: who is asked for the checksum of old keepalived sends it, too: made for the group', () => {
  const { sockets } = asMaster(unicast({}, { version: 3, checksum: 'old-unicast' }))
  for (const message of sockets[0]?.sent ?? []) {
    assert.equal(checksumHolds(message, 4, ipBytes(OURS), [ipBytes('224.0.0.18')]), true)
  }
  assert.equal(sockets[0]?.sent.length, 2)
})
