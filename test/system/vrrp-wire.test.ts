import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { VrrpInstance } from '#schemas/config.ts'
import { vip } from '../vrrp/given.ts'
import { dissect, sleep } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

/** Starting node and loading the code, on a busy machine, and an election. */
const START = 30_000
const INTERVAL = 200
const IPV6: Partial<VrrpInstance> = {
  ...{ version: 3, multicastGroup: 'ff02::12', advertIntervalMs: INTERVAL },
  addresses: [{ ...vip('fe80::64'), family: 6, prefix: 128 }],
}

const COLUMNS = ['ip.src', 'ip.dst', 'ip.proto', 'ip.ttl', 'ip.dsfield', 'vrrp.checksum.status', '_ws.expert'] as const
const COLUMNS6 = ['ipv6.src', 'ipv6.dst', 'ipv6.nxt', 'ipv6.hlim', 'ipv6.tclass', 'vrrp.checksum.status'] as const

describe('our adverts as others see them', { skip: UNABLE }, () => {
  let lan: Segment
  let routers: Ours[] = []
  let sent: string[][] = []
  let sent6: string[][] = []
  let linkLocal = ''

  before(async () => {
    lan = segment('vw')
    const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
    // A second address must not become the source.
    lan.run(a, 'ip', 'addr', 'add', '192.0.2.77/24', 'dev', 'eth0')
    linkLocal = /fe80::[0-9a-f:]+/.exec(lan.run(a, 'ip', '-6', 'addr', 'show', 'eth0', 'scope', 'link'))?.[0] ?? ''
    const capture = await lan.capture(b)
    routers = [lan.ours(a, { version: 3, advertIntervalMs: INTERVAL }), lan.ours(a, { ...IPV6, name: 'VI_6' })]
    for (const ours of routers) await ours.until('BecameMaster', START)
    await sleep(5 * INTERVAL)
    const file = await capture.stop()
    sent = dissect(file, ...COLUMNS).filter(([src]) => src !== '')
    sent6 = dissect(file, ...COLUMNS6).filter(([src]) => src !== '')
  })
  after(() => lan?.remove())

  /** The one value of a column in all of them. */
  function only(rows: readonly string[][], columns: readonly string[], column: string): string {
    assert.ok(rows.length >= 4, `${rows.length} adverts`)
    const values = new Set(rows.map((row) => row[columns.indexOf(column)]))
    assert.equal(values.size, 1, [...values].join())
    return [...values].join()
  }
  const inAll = (column: (typeof COLUMNS)[number]) => only(sent, COLUMNS, column)
  const inAll6 = (column: (typeof COLUMNS6)[number]) => only(sent6, COLUMNS6, column)

  test('A1: they are packets of IP protocol 112', () => {
    assert.deepEqual([inAll('ip.proto'), inAll6('ipv6.nxt')], ['112', '112'])
  })

  test('A2: they go to 224.0.0.18 and ff02::12', () => {
    assert.deepEqual([inAll('ip.dst'), inAll6('ipv6.dst')], ['224.0.0.18', 'ff02::12'])
  })

  test('A3: they leave with a TTL and a hop limit of 255', () => {
    assert.deepEqual([inAll('ip.ttl'), inAll6('ipv6.hlim')], ['255', '255'])
  })

  test('A6: over IPv4 they come from the first address of the interface', () => {
    assert.equal(inAll('ip.src'), '192.0.2.1')
  })

  test('A7: over IPv6 they come from its link-local address', () => {
    assert.equal(inAll6('ipv6.src'), linkLocal)
  })

  test('A10: their class is 0xc0', () => {
    assert.equal(inAll('ip.dsfield'), '0xc0')
    assert.equal(Number(inAll6('ipv6.tclass')), 0xc0)
  })

  test('A13: they do not come back to us', () => {
    for (const { events } of routers) {
      // What came back would have been dropped with an event, or taken for a rival.
      const types = events.map(({ event }) => event.type)
      assert.deepEqual(types.slice(types.indexOf('BecameBackup')), ['BecameBackup', 'BecameMaster'])
    }
  })

  test('C3: their checksum over IPv4 is what a dissector expects, and nothing else of them calls for a word', () => {
    assert.deepEqual([inAll('vrrp.checksum.status'), inAll('_ws.expert')], ['1', ''])
  })

  test('C7: and over IPv6, where the kernel makes it', () => {
    assert.equal(inAll6('vrrp.checksum.status'), '1')
  })
})

describe('the checksum of RFC 9568 against keepalived, which has the other', { skip: UNABLE }, () => {
  const lan = UNABLE === false ? segment('vw-sum') : null
  after(() => lan?.remove())

  test('C4: keepalived drops it and becomes master too, we take its adverts, and say what differs', async () => {
    if (lan === null) return
    const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
    const change = { version: 3, checksum: 'message-only', advertIntervalMs: INTERVAL, priority: 150 } as const
    const ours = lan.ours(a, change)
    await ours.until('BecameMaster', START)
    // An advert that keepalived drops puts off its own: with our interval it may say nothing for seconds.
    const peer = lan.keepalived(b, { priority: 100, extra: `version 3\n advert_int ${INTERVAL / 2_000}` })
    await peer.until(/Entering MASTER/, START)
    const { event } = await ours.until('TwoMasters', 4_000)
    assert.ok(event.type === 'TwoMasters')
    assert.deepEqual([event.cause, event.rival], ['checksum', { address: '192.0.2.2', priority: 100 }])
    // Our own adverts had the form that keepalived does not take.
    assert.match(peer.log(), /invalid VRRPv3 checksum|Invalid VRRPv3 checksum|checksum/i)
    assert.equal(ours.events.filter(({ event: { type } }) => type === 'AdvertRejected').length, 0)
    const since = performance.now()
    ours.reload({ ...change, checksum: 'pseudo-header' })
    await peer.until(/Entering BACKUP STATE$/m, 4_000)
    await ours.until('RivalSilenced', 4_000, since)
  })
})
