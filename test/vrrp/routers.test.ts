import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { fakeClock } from '#platform/clock-fake.ts'
import { ipBytes } from '#platform/native/ip.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import type { AdvertPacket } from '../../services/vrrp/ports.ts'
import { formOf } from '../../services/vrrp/router.ts'
import { createRouters, type Routers } from '../../services/vrrp/routers.ts'
import { createWires } from '../../services/vrrp/wires.ts'
import { fakeLinks, fakeSockets } from './fake-kernel.ts'
import { instance, link, VIP, vip } from './given.ts'

const log = pino({ level: 'silent' })

interface Node {
  clock: ReturnType<typeof fakeClock>
  sockets: ReturnType<typeof fakeSockets>['sockets']
  refuse: { opening: boolean }
  links: ReturnType<typeof fakeLinks>
  routers: Routers
  /** `VI_1 BecameBackup` of every event so far. */
  events(): string[]
  /** An advert of another router to all open sockets of eth0. */
  hear(priority: number, change?: Partial<VrrpInstance>): void
  /** The same, unread in the first socket. */
  miss(priority: number): void
  /** Priorities of what has left, oldest first. */
  sent(): number[]
}

function envelope(draft: EventDraft): Envelope {
  return {
    specversion: '1.0',
    id: 'id',
    source: '/s/n/vrrp',
    type: 't',
    time: '',
    subject: draft.entity,
    datacontenttype: 'application/json',
    data: draft.data,
    sequence: 1,
    hlc: '',
    correlationid: 'id',
    prevhash: '0'.repeat(64),
  }
}

function node(...instances: VrrpInstance[]): Node {
  const clock = fakeClock(1_000)
  const { sockets, open, refuse } = fakeSockets()
  const links = fakeLinks()
  const drafts: EventDraft[] = []
  const publish = (draft: EventDraft) => {
    drafts.push(draft)
    return { envelope: envelope(draft), stored: new Promise<void>(() => {}) }
  }
  const routers = createRouters({ clock, log, wires: createWires({ open, log }), publish }, links.open)
  routers.apply(instances)
  const packet = (priority: number, change: Partial<VrrpInstance> = {}): AdvertPacket => ({
    source: '192.0.2.2',
    destination: '224.0.0.18',
    ttl: 255,
    payload: encodeAdvert(formOf(instance(change), '192.0.2.2'), priority),
    at: clock.now(),
  })
  return {
    clock,
    sockets,
    refuse,
    links,
    routers,
    events: () => drafts.map(({ entity, data }) => `${entity} ${data.type}`),
    hear(priority, change) {
      for (const socket of sockets.filter((one) => one.open)) socket.deliver(packet(priority, change))
    },
    miss: (priority) => void sockets[0]?.unread.push(packet(priority)),
    sent: () => sockets.flatMap((socket) => socket.sent.map((message) => message.readUInt8(2))),
  }
}

const other = (change: Partial<VrrpInstance> = {}) => instance({ name: 'VI_2', virtualRouterId: 52, ...change })

test('virtual routers on one interface share a socket', () => {
  const { sockets } = node(instance(), other())
  assert.equal(sockets.length, 1)
  assert.deepEqual(sockets[0]?.options, {
    interface: 'eth0',
    family: 4,
    group: '224.0.0.18',
    source: '192.0.2.1',
  })
})

test('an advert reaches only the virtual router whose id it carries', () => {
  const { hear, clock, events } = node(instance(), other())
  for (let n = 0; n < 5; n += 1) {
    hear(200)
    clock.advance(1_000)
  }
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_2 BecameBackup', 'VI_2 BecameMaster', 'VI_2 BecameBackup'])
})

test('an advert for an id that nobody has changes nothing', () => {
  const { hear, clock, events } = node(instance())
  for (let n = 0; n < 4; n += 1) {
    hear(200, { virtualRouterId: 53 })
    clock.advance(1_000)
  }
  assert.equal(events()[1], 'VI_1 BecameMaster')
})

test('the same id on another interface is another virtual router', () => {
  const eth1 = instance({ name: 'VI_2', interface: 'eth1' })
  const { sockets, links, hear, clock, events, routers } = node(instance())
  links.links.set('eth1', link({ interface: 'eth1', index: 3 }))
  routers.apply([instance(), eth1])
  assert.equal(sockets.length, 2)
  sockets.splice(1, 1)
  for (let n = 0; n < 4; n += 1) {
    hear(200)
    clock.advance(1_000)
  }
  assert.deepEqual(
    events().filter((event) => event.startsWith('VI_1')),
    ['VI_1 BecameBackup'],
  )
  assert.equal(events().includes('VI_2 BecameMaster'), true)
})

test('IPv4 and IPv6 routers of one id on one interface do not know each other', () => {
  const ipv6 = instance({
    name: 'VI_6',
    version: 3,
    multicastGroup: 'ff02::12',
    addresses: [{ ...vip('fe80::64'), family: 6, prefix: 128 }],
  })
  const { links, routers, sockets, hear, clock, events } = node(instance())
  links.links.set('eth0', link({ linkLocalIpv6: 'fe80::1' }))
  routers.apply([instance(), ipv6])
  assert.deepEqual(
    sockets.map(({ options: { family, source } }) => [family, source]),
    [
      [4, '192.0.2.1'],
      [6, 'fe80::1'],
    ],
  )
  sockets.splice(1, 1)
  for (let n = 0; n < 4; n += 1) {
    hear(200)
    clock.advance(1_000)
  }
  assert.deepEqual(events().slice(0, 3), ['VI_1 BecameBackup', 'VI_6 BecameBackup', 'VI_6 BecameMaster'])
})

test('a master sends each interval, and a lone one with its address goes on for ever', () => {
  const { clock, sent, links, events } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  clock.advance(10_000)
  assert.deepEqual(sent(), Array(11).fill(100))
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
})

test('adverts that lie unread when the timer ends keep a backup where it is', () => {
  const { clock, miss, events } = node(instance())
  clock.advance(3_600)
  miss(200)
  clock.advance(3_600)
  assert.deepEqual(events(), ['VI_1 BecameBackup'])
  clock.advance(20)
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
})

test('an address that the kernel has reported but nobody has read counts as there', () => {
  const { clock, links, events } = node(instance())
  clock.advance(3_610)
  links.unread.push({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  clock.advance(2_000)
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
})

test('an address on another interface than its own does not count', () => {
  const { clock, links, events } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth9', address: VIP, remainingMs: 3_000 })
  clock.advance(1_000)
  assert.equal(events().at(-1), 'VI_1 BecameBackup')
})

test('an unchanged reload opens, closes and says nothing', () => {
  const { routers, sockets, clock, sent, events } = node(instance(), other())
  clock.advance(3_610)
  const before = [sent(), events()]
  routers.apply([instance(), other()])
  assert.deepEqual([sent(), events()], before)
  assert.deepEqual(
    sockets.map(({ open }) => open),
    [true],
  )
})

test('a reload that removes a master makes it resign, and leaves the others alone', () => {
  const { routers, sockets, clock, sent, events } = node(instance(), other())
  clock.advance(3_610)
  routers.apply([other()])
  assert.equal(sent().at(-1), 0)
  assert.equal(events().at(-1), 'VI_1 InstanceStopped')
  assert.equal(sockets[0]?.open, true)
  const count = sent().length
  clock.advance(900)
  assert.equal(sent().length, count)
})

test('a reload that changes the priority is on the wire with the next advert', () => {
  const { routers, clock, sent, links } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  routers.apply([instance({ priority: 90 })])
  assert.deepEqual(sent(), [100])
  clock.advance(1_000)
  assert.deepEqual(sent(), [100, 90])
})

test('a reload that changes the password is on the wire with the next advert', () => {
  const { routers, clock, sockets } = node(instance())
  clock.advance(3_610)
  routers.apply([instance({ authentication: { type: 'pass', password: 'new' } })])
  clock.advance(1_000)
  assert.equal(sockets[0]?.sent.at(-2)?.subarray(-8).toString(), 'new\0\0\0\0\0')
})

test('a router that got another name is the same router', () => {
  const { routers, events, clock } = node(instance())
  clock.advance(3_610)
  routers.apply([instance({ name: 'VI_new' })])
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
})

test('an interface that was made anew gets a new socket', () => {
  const { links, sockets, events, clock } = node(instance())
  links.tell({ type: 'LinkGone', interface: 'eth0' })
  assert.equal(sockets[0]?.open, false)
  links.tell({ type: 'LinkChanged', link: link({ index: 7 }) })
  assert.equal(sockets[1]?.open, true)
  clock.advance(3_610)
  assert.deepEqual(events(), ['VI_1 BecameBackup', 'VI_1 BecameFault', 'VI_1 BecameBackup', 'VI_1 BecameMaster'])
})

test('another primary address becomes the source of our adverts', () => {
  const { links, sockets } = node(instance())
  links.tell({ type: 'LinkChanged', link: link({ primaryIpv4: '192.0.2.7' }) })
  assert.deepEqual(
    sockets.map(({ open, options }) => [open, options.source]),
    [
      [false, '192.0.2.1'],
      [true, '192.0.2.7'],
    ],
  )
})

test('an interface that does not exist yet is waited for in fault', () => {
  const { links, sockets, events } = node(instance({ interface: 'eth5', addresses: [] }))
  assert.deepEqual([sockets.length, events()], [0, ['VI_1 BecameFault']])
  links.tell({ type: 'LinkChanged', link: link({ interface: 'eth5', index: 9 }) })
  assert.deepEqual([sockets.length, events().at(-1)], [1, 'VI_1 BecameBackup'])
})

test('a socket that cannot be opened is a fault until the interface moves again', () => {
  const { links, refuse, routers, events } = node()
  refuse.opening = true
  routers.apply([instance()])
  assert.deepEqual(events(), ['VI_1 BecameFault'])
  refuse.opening = false
  links.tell({ type: 'LinkChanged', link: link() })
  assert.deepEqual(events(), ['VI_1 BecameFault', 'VI_1 BecameBackup'])
})

test('an advert that cannot be sent is reported to the state machine', () => {
  const { clock, sockets, events, links } = node(instance())
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  const [socket] = sockets
  assert.ok(socket !== undefined)
  socket.failure = 'EPERM'
  clock.advance(4_000)
  assert.equal(events().at(-1), 'VI_1 BecameBackup')
})

test('our own packets that come back are rejected, not heard', () => {
  const { sockets, clock, events } = node(instance())
  const payload = encodeAdvert(formOf(instance(), '192.0.2.1'), 200)
  const from = { source: '192.0.2.1', destination: '224.0.0.18', ttl: 255 }
  for (let n = 0; n < 4; n += 1) {
    sockets[0]?.deliver({ ...from, payload, at: clock.now() })
    clock.advance(1_000)
  }
  assert.deepEqual(events().slice(0, 3), ['VI_1 BecameBackup', 'VI_1 AdvertRejected', 'VI_1 BecameMaster'])
})

test('whoever is stopped resigns if master, and says nothing afterwards', () => {
  const { routers, clock, sent, events, sockets } = node(instance(), other({ priority: 1 }))
  clock.advance(3_800)
  routers.stop()
  assert.deepEqual(sent(), [100, 0])
  assert.deepEqual(events().slice(-2), ['VI_1 InstanceStopped', 'VI_2 InstanceStopped'])
  clock.advance(10_000)
  assert.deepEqual(sent(), [100, 0])
  assert.equal(sockets[0]?.open, false)
})

test('a sign of life of ipvs reaches every router', () => {
  const { routers, clock, hear, events } = node(instance())
  clock.advance(3_610)
  clock.advance(1_000)
  assert.equal(events().at(-1), 'VI_1 BecameBackup')
  hear(50)
  routers.ipvsAlive()
  for (let n = 0; n < 4; n += 1) {
    hear(50)
    clock.advance(1_000)
  }
  assert.equal(events().at(-1), 'VI_1 BecameMaster')
})

test('the link watch is asked for every interface once and for every address', () => {
  const { links } = node(instance({ excludedAddresses: [vip('192.0.2.200')] }), other({ addresses: [] }))
  assert.deepEqual(links.targets(), {
    interfaces: ['eth0'],
    addresses: [
      { interface: 'eth0', address: VIP },
      { interface: 'eth0', address: '192.0.2.200' },
    ],
  })
})

test('addresses are compared byte by byte, not as signed numbers', () => {
  const { sockets, links, clock, events } = node(instance())
  links.tell({ type: 'LinkChanged', link: link({ primaryIpv4: '192.0.2.127' }) })
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  const payload = encodeAdvert(formOf(instance(), '192.0.2.128'), 100)
  const packet = { source: '192.0.2.128', destination: '224.0.0.18', ttl: 255, payload, at: clock.now() }
  sockets.at(-1)?.deliver(packet)
  assert.equal(events().at(-1), 'VI_1 BecameBackup')
  assert.ok(ipBytes('192.0.2.128').compare(ipBytes('192.0.2.127')) > 0)
  assert.ok(ipBytes('fe80::ff').compare(ipBytes('fe80::1')) > 0)
})
