import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { VipAddress } from '#schemas/config.ts'
import type { HeldAddress } from '../../services/ipvs/ports.ts'
import { exampleVip } from '../configuration.ts'
import { type Agent, type Cable, cable, UNABLE } from './kernel-segment.ts'

const GROUP = '224.0.0.18'
const GROUP6 = 'ff02::12'
/** VRRPv2, router 51, priority 100, one address. */
const ADVERT = '2133640100010000c0000264'
const vip: VipAddress = { ...exampleVip('192.0.2.100'), label: 'eth0:vip' }
const vip6: VipAddress = { ...exampleVip('2001:db8::100'), prefix: 128, family: 6, preferredLifetimeS: 0 }

const options = { skip: UNABLE }
let segment: Cable
let left: Agent
let right: Agent

before(async () => {
  if (UNABLE !== false) return
  segment = await cable()
  left = await segment.agent(segment.left)
  right = await segment.agent(segment.right)
})
after(() => segment?.remove())

const advertOptions = (source: string | null, family: 4 | 6 = 4) => ({
  interface: 'eth0',
  family,
  group: family === 4 ? GROUP : GROUP6,
  source,
  ttl: 255,
})

const unicastOptions = (source: string, ttl = 255) => ({ ...advertOptions(source), group: null, ttl })

test('an advert crosses the cable to the group with TTL 255 and class 0xC0', options, async () => {
  const dump = await segment.tcpdump(segment.right, 1, '-v', 'ip proto 112')
  await right.call('openAdverts', advertOptions('192.0.2.2'))
  await left.call('openAdverts', advertOptions('192.0.2.1'))
  assert.deepEqual(await left.call('sendAdvert', ADVERT), { ok: true })
  const { data } = await right.until('advert', () => true)
  const { at, ...packet } = data
  assert.equal(typeof at, 'number')
  assert.deepEqual(packet, { source: '192.0.2.1', destination: GROUP, ttl: 255, payload: ADVERT })
  assert.match(await dump.output, /tos 0xc0, ttl 255, .*proto VRRP \(112\)/)
  assert.equal(left.events.filter(({ event }) => event === 'advert').length, 0, 'it came back to its sender')
})

test('an advert can go to one peer alone', options, async () => {
  const from = right.events.length
  await left.call('sendAdvert', ADVERT, '192.0.2.2')
  const { data } = await right.until('advert', () => true, from)
  assert.deepEqual([data.destination, data.ttl], ['192.0.2.2', 255])
})

test('A8: a unicast socket hears what is sent to its address, with its TTL, and no multicast', options, async () => {
  const from = right.events.length
  await right.call('openAdverts', unicastOptions('192.0.2.2'))
  await left.call('sendAdvert', ADVERT, GROUP)
  await left.call('openAdverts', unicastOptions('192.0.2.1', 64))
  await left.call('sendAdvert', ADVERT, '192.0.2.2')
  const { data } = await right.until('advert', () => true, from)
  assert.deepEqual([data.source, data.destination, data.ttl], ['192.0.2.1', '192.0.2.2', 64])
  await right.call('openAdverts', advertOptions('192.0.2.2'))
  await left.call('openAdverts', advertOptions('192.0.2.1'))
})

test('draining delivers a queued advert while the event loop is blocked', options, async () => {
  const from = right.events.length
  const blocked = right.call('drainWithin', 300)
  const sent = left.call('sendAdvert', ADVERT)
  await Promise.all([blocked, sent])
  const { data } = await right.until('advert', () => true, from)
  assert.equal(data.payload, ADVERT)
})

test('an advert from an address that is not there is refused, not sent from another', options, async () => {
  await left.call('openAdverts', advertOptions('192.0.2.77'))
  assert.deepEqual(await left.call('sendAdvert', ADVERT), { ok: false, code: 'ENETUNREACH' })
})

test('C8: an IPv6 advert crosses with hop limit 255 and the checksum that the kernel makes', options, async () => {
  const from = right.events.length
  const dump = await segment.tcpdump(segment.right, 1, '-v', 'ip6 proto 112')
  await right.call('openAdverts', advertOptions(null, 6))
  await left.call('openAdverts', advertOptions(null, 6))
  assert.deepEqual(await left.call('sendAdvert', '3133640100640000fe800000000000000000000000000001'), { ok: true })
  const { data } = await right.until('advert', () => true, from)
  assert.deepEqual([data.destination, data.ttl], [GROUP6, 255])
  assert.match(String(data.source), /^fe80::/)
  assert.match(String(data.payload), /^313364010064(?!0000)[0-9a-f]{4}fe80/)
  assert.match(await dump.output, /class 0xc0.*hlim 255.*next-header VRRP \(112\)/)
})

test('a gratuitous ARP has every byte as keepalived sends it', options, async () => {
  const dump = await segment.tcpdump(segment.right, 5, '-xx', 'arp')
  const { sent, tookMs } = await left.call('announce', [vip], 5)
  assert.equal(sent, 5)
  const mac = /link\/ether (\S+)/.exec(segment.ip(segment.left, 'link', 'show', 'eth0'))?.[1]?.replaceAll(':', '') ?? ''
  const bytes = [...(await dump.output).matchAll(/0x[0-9a-f]{4}: {2}(.*)/g)].map(([, line = '']) =>
    line.replace(/\s/g, ''),
  )
  const wanted = `ffffffffffff${mac}08060001080006040001${mac}c0000264ffffffffffffc0000264${'00'.repeat(18)}`
  assert.equal(bytes.join(''), wanted.repeat(5))
  console.log(`# five gratuitous ARPs in ${Number(tookMs).toFixed(3)} ms`)
})

test('an unsolicited neighbour advertisement overrides, and says whether it is a router', options, async () => {
  const read = async () => {
    const dump = await segment.tcpdump(segment.right, 1, '-v', 'icmp6 and ip6[40] == 136')
    await left.call('announce', [vip6], 1)
    return (await dump.output).replace(/\s+/g, ' ')
  }
  assert.match(
    await read(),
    /hlim 255.*2001:db8::100 > ff02::1: \[icmp6 sum ok\].*tgt is 2001:db8::100, Flags \[override\].*destination link-address/,
  )
  segment.ip(segment.left, 'netns', 'exec', segment.left, 'sysctl', '-qw', 'net.ipv6.conf.eth0.forwarding=1')
  assert.match(await read(), /Flags \[router, override\]/)
})

test(
  'an address lives as long as its lease is refreshed, and the kernel removes it by itself after that',
  options,
  async () => {
    await left.call('watchAddresses')
    await left.call('links', {
      interfaces: ['eth0'],
      addresses: [{ interface: 'eth0', address: '192.0.2.100' }],
      sources: [],
    })
    const { value, tookMs, at } = await left.call('add', [vip, vip6], 2_000)
    assert.deepEqual(value, ['added', 'added'])
    const present = await left.until('link', ({ type }) => type === 'AddressPresent')
    console.log(
      `# two addresses added in ${Number(tookMs).toFixed(3)} ms, seen by vrrp's watch after ${(present.at - Number(at)).toFixed(3)} ms`,
    )
    const held: HeldAddress[] = await left.call('list', 'eth0')
    const own = held
      .filter(({ ours }) => ours)
      .map(({ address, remainingMs }) => [address, Number(remainingMs) >= 1_000])
    assert.deepEqual(own, [
      ['192.0.2.100', true],
      ['2001:db8::100', true],
    ])
    for (let second = 0; second < 3; second += 1) {
      await new Promise((done) => setTimeout(done, 1_000))
      assert.deepEqual(await left.call('refresh', [vip], 2_000, 500), ['refreshed'])
    }
    const gone = (type: string, address: string) =>
      left.until('address', (data) => data.type === type && heldOf(data).address === address)
    await gone('AddressGone', '2001:db8::100')
    const since = left.events.slice(left.events.indexOf(present))
    assert.ok(
      !since.some(({ data }) => data?.type === 'AddressGone' && data.address === '192.0.2.100'),
      'lost in spite of the refresh',
    )
    const begun = performance.now()
    await gone('AddressGone', '192.0.2.100')
    const tookToExpire = performance.now() - begun
    assert.ok(tookToExpire < 2_000 + 1_250, `the kernel took ${tookToExpire} ms`)
    await left.until('link', ({ type }) => type === 'AddressGone', left.events.indexOf(present))
  },
)

test('a refresh after the deadline does not bring an expired address back', options, async () => {
  assert.deepEqual(await left.call('refresh', [vip], 2_000, -1), ['too-late'])
  const held: HeldAddress[] = await left.call('list', 'eth0')
  assert.equal(
    held.some(({ address }) => address === vip.address),
    false,
  )
})

test('an address that somebody left for ever gets a lifetime when it is added', options, async () => {
  segment.ip(segment.left, 'addr', 'add', '192.0.2.100/32', 'dev', 'eth0')
  const { value } = await left.call('add', [vip], 30_000)
  assert.deepEqual(value, ['already-present'])
  const held: HeldAddress[] = await left.call('list', 'eth0')
  const own = held.find(({ address }) => address === vip.address)
  assert.equal(typeof own?.remainingMs === 'number' && own.remainingMs <= 30_000, true)
  assert.deepEqual(await left.call('remove', [vip]), ['removed'])
  assert.deepEqual(await left.call('remove', [vip]), ['gone'])
})

test('addresses of an interface that does not exist fail, and removing them is done already', options, async () => {
  const elsewhere = { ...vip, device: 'eth7' }
  assert.deepEqual(((await left.call('add', [elsewhere, vip], 5_000)) as { value: string[] }).value, [
    'failed',
    'added',
  ])
  assert.deepEqual(await left.call('remove', [elsewhere, vip]), ['gone', 'removed'])
})

test('a monitor that was overrun says so, reads everything anew and goes on', options, async () => {
  await left.call('overrun', 'eth0', 500)
  const { data } = await left.until('listed', ({ lost }) => lost === true)
  assert.equal(data.count, 500)
  await left.until('after', ({ address }) => address === '10.201.0.1')
  segment.ip(segment.left, 'addr', 'flush', 'to', '10.200.0.0/15', 'dev', 'eth0')
})

test('own adverts are seen leaving, with the moment they left, and those of others are not', options, async () => {
  await left.call('sight', ['eth0', 'eth9'])
  await left.call('openAdverts', advertOptions('192.0.2.1'))
  await right.call('openAdverts', advertOptions('192.0.2.2'))
  await right.call('sendAdvert', ADVERT)
  // The kernel switches its time stamps on a moment after the first socket asks for them.
  await new Promise((done) => setTimeout(done, 50))
  await left.call('sendThenBlock', ADVERT, 200)
  const { data } = await left.until('seen', () => true)
  const { at, sentAt, ...seen } = data
  assert.deepEqual(seen, { interface: 'eth0', family: 4, unicast: false, virtualRouterId: 51, priority: 100 })
  assert.ok(Number(at) - Number(sentAt) > 100, `left at ${sentAt}, read at ${at}`)
  assert.equal(left.events.filter(({ event }) => event === 'seen').length, 1)
})

test('the sign of life of a unicast router is seen, whether or not a peer is there', options, async () => {
  const from = left.events.length
  await left.call('sight', ['lo'])
  await left.call('openAdverts', unicastOptions('192.0.2.1'))
  const index = JSON.parse(segment.ip(segment.left, '-j', 'link', 'show', 'eth0'))[0].ifindex
  for (const family of [4, 6]) {
    // Nobody has this address: the packet itself never leaves.
    assert.deepEqual(await left.call('sendAdvert', ADVERT, '192.0.2.99'), { ok: true })
    assert.deepEqual(await left.call('pulse', ADVERT, { index, family }), { ok: true })
    const { data } = await left.until('seen', (seen) => seen.family === family, from)
    const { at: _at, sentAt: _sentAt, ...seen } = data
    assert.deepEqual(seen, { interface: 'eth0', family, unicast: true, virtualRouterId: 51, priority: 100 })
  }
  assert.equal(left.events.slice(from).filter(({ event }) => event === 'seen').length, 2)
  await left.call('sight', ['eth0'])
  await left.call('openAdverts', advertOptions('192.0.2.1'))
})

test(
  'links and sockets outlive the link going down and up, and a new interface of the same name',
  options,
  async () => {
    await left.call('links', { interfaces: ['eth0'], addresses: [], sources: [] })
    const changed = (wanted: (link: Record<string, unknown>) => boolean, from: number) =>
      left.until('link', ({ type, link }) => type === 'LinkChanged' && wanted(linkOf(link)), from)
    let from = left.events.length
    segment.ip(segment.right, 'link', 'set', 'eth0', 'down')
    await changed(({ carrier, adminUp }) => carrier === false && adminUp === true, from)
    segment.ip(segment.left, 'link', 'set', 'eth0', 'down')
    await changed(({ adminUp }) => adminUp === false, from)
    assert.deepEqual(await left.call('sendAdvert', ADVERT), { ok: false, code: 'ENETUNREACH' })
    from = left.events.length
    segment.ip(segment.left, 'link', 'set', 'eth0', 'up')
    segment.ip(segment.right, 'link', 'set', 'eth0', 'up')
    await changed(({ carrier, primaryIpv4 }) => carrier === true && primaryIpv4 === '192.0.2.1', from)
    await left.call('sendAdvert', ADVERT)
    await left.until('seen', () => true, from)
    from = left.events.length
    segment.ip(segment.left, 'link', 'del', 'eth0')
    await left.until('link', ({ type }) => type === 'LinkGone', from)
    await segment.plug()
    await changed(({ linkLocalIpv6 }) => linkLocalIpv6 !== null, from)
    await left.call('openAdverts', advertOptions('192.0.2.1'))
    await left.call('sendAdvert', ADVERT)
    await left.until('seen', () => true, from)
  },
)

test('an unprivileged user with CAP_NET_ADMIN and CAP_NET_RAW does all of it', options, async () => {
  await left.call('drop', 65_534, ['CAP_NET_ADMIN', 'CAP_NET_RAW'])
  assert.deepEqual(((await left.call('add', [vip], 5_000)) as { value: string[] }).value, ['added'])
  assert.equal(((await left.call('announce', [vip], 2)) as { sent: number }).sent, 2)
  await left.call('openAdverts', advertOptions('192.0.2.1'))
  assert.deepEqual(await left.call('sendAdvert', ADVERT), { ok: true })
  assert.deepEqual(await left.call('remove', [vip]), ['removed'])
})

test('an unprivileged user with CAP_NET_RAW alone cannot touch addresses', options, async () => {
  await right.call('drop', 65_534, ['CAP_NET_RAW'])
  assert.deepEqual(((await right.call('add', [vip], 5_000)) as { value: string[] }).value, ['failed'])
  await right.call('openAdverts', advertOptions('192.0.2.2'))
  assert.deepEqual(await right.call('sendAdvert', ADVERT), { ok: true })
})

function heldOf(data: Record<string, unknown>): Record<string, unknown> {
  return typeof data.held === 'object' && data.held !== null ? { ...data.held } : {}
}

function linkOf(link: unknown): Record<string, unknown> {
  return typeof link === 'object' && link !== null ? { ...link } : {}
}
