import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipBytes } from '#platform/native/ip.ts'
import { encodeAdvert } from '../../services/vrrp/adapters/advert-codec.ts'
import { formOf } from '../../services/vrrp/wire/station.ts'
import { NO_TRACKERS } from '../configuration.ts'
import { node, other } from './fake-node.ts'
import { instance, link, VIP, vip } from './given.ts'

test('virtual routers on one interface share a socket', () => {
  const { sockets } = node(instance(), other())
  assert.equal(sockets.length, 1)
  assert.deepEqual(sockets[0]?.options, {
    interface: 'eth0',
    family: 4,
    group: '224.0.0.18',
    source: '192.0.2.1',
    ttl: 255,
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

test('A11: an advert for an id that nobody has changes nothing', () => {
  const { hear, clock, events } = node(instance())
  for (let n = 0; n < 4; n += 1) {
    hear(200, { virtualRouterId: 53 })
    clock.advance(1_000)
  }
  assert.equal(events()[1], 'VI_1 BecameMaster')
})

test('A12: the same id on another interface is another virtual router', () => {
  const eth1 = instance({ name: 'VI_2', interface: 'eth1' })
  const { sockets, links, hear, clock, events, routers } = node(instance())
  links.links.set('eth1', link({ interface: 'eth1', index: 3 }))
  routers.apply({ instances: [instance(), eth1], syncGroups: [], trackers: NO_TRACKERS })
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

test('F17: IPv4 and IPv6 routers of one id on one interface do not know each other', () => {
  const ipv6 = instance({
    name: 'VI_6',
    version: 3,
    multicastGroup: 'ff02::12',
    addresses: [{ ...vip('fe80::64'), family: 6, prefix: 128 }],
  })
  const { links, routers, sockets, hear, clock, events } = node(instance())
  links.links.set('eth0', link({ linkLocalIpv6: 'fe80::1' }))
  routers.apply({ instances: [instance(), ipv6], syncGroups: [], trackers: NO_TRACKERS })
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

test('T14: adverts that lie unread when the timer ends keep a backup where it is', () => {
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
  routers.apply({ instances: [instance()], syncGroups: [], trackers: NO_TRACKERS })
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

test('R11 A13 S19: our own packets that come back are rejected, not heard', () => {
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
    sources: [],
  })
})

test('S20: addresses are compared byte by byte, not as signed numbers', () => {
  const { sockets, links, clock, events } = node(instance())
  links.tell({ type: 'LinkChanged', link: link({ primaryIpv4: '192.0.2.127' }) })
  clock.advance(3_610)
  links.tell({ type: 'AddressPresent', interface: 'eth0', address: VIP, remainingMs: 3_000 })
  const payload = encodeAdvert(formOf(instance(), '192.0.2.128'), 100)
  const packet = { source: '192.0.2.128', destination: '224.0.0.18', ttl: 255, payload, at: clock.now() }
  sockets.at(-1)?.deliver(packet)
  assert.deepEqual(events().slice(-2), ['VI_1 BecameBackup', 'VI_1 UnexpectedRouter'])
  assert.ok(ipBytes('192.0.2.128').compare(ipBytes('192.0.2.127')) > 0)
  assert.ok(ipBytes('fe80::ff').compare(ipBytes('fe80::1')) > 0)
})

test('an interface that was away for a moment gets a new socket, too', () => {
  const { links, sockets } = node(instance())
  links.tell({ type: 'LinkGone', interface: 'eth0' })
  links.tell({ type: 'LinkChanged', link: link() })
  assert.deepEqual(
    sockets.map(({ open }) => open),
    [false, true],
  )
})

test('A7: an IPv6 router without a link-local address sends nothing, and is in fault until it has one', () => {
  const addresses = [{ ...vip('fe80::64'), family: 6, prefix: 128 } as const]
  const { clock, sockets, links, events } = node(instance({ version: 3, multicastGroup: 'ff02::12', addresses }))
  clock.advance(10_000)
  assert.deepEqual([sockets, events()], [[], ['VI_1 BecameFault']])
  links.tell({ type: 'LinkChanged', link: link({ linkLocalIpv6: 'fe80::1' }) })
  clock.advance(3_610)
  assert.deepEqual(events().slice(1), ['VI_1 BecameBackup', 'VI_1 BecameMaster'])
  assert.equal(sockets[0]?.options.source, 'fe80::1')
})

test('S21: between equal priorities over IPv6 the greater link-local source wins', () => {
  const ipv6 = instance({ version: 3, multicastGroup: 'ff02::12', addresses: [{ ...vip('fe80::64'), family: 6 }] })
  for (const [other, role] of [
    ['fe80::1', 'master'],
    ['fe80::3', 'backup'],
  ] as const) {
    const { links, routers, sockets, clock, events } = node()
    links.links.set('eth0', link({ linkLocalIpv6: 'fe80::2' }))
    routers.apply({ instances: [ipv6], trackers: NO_TRACKERS, syncGroups: [] })
    clock.advance(3_610)
    const form = { ...formOf(ipv6, other), destination: ipBytes('ff02::12') }
    const packet = {
      source: other,
      destination: 'ff02::12',
      ttl: 255,
      payload: encodeAdvert(form, 100),
      at: clock.now(),
    }
    for (const socket of sockets) socket.deliver(packet)
    const last = events().findLast((event) => event.includes(' Became'))
    assert.equal(last, role === 'master' ? 'VI_1 BecameMaster' : 'VI_1 BecameBackup')
  }
})
