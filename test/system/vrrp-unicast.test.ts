import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Unicast, VrrpInstance } from '#schemas/config.ts'
import { vip } from '../vrrp/given.ts'
import { dissect, type Keepalived, sleep } from './vrrp-keepalived.ts'
import { type Segment, segment, UNABLE } from './vrrp-segment.ts'

const COMPLAINTS = /bogus|mismatch|discard|invalid|checksum|wrong|incorrect|drop|error/i
/** What two loaded cores may add to any wait. */
const SLACK = 2_500
/** Starting node and loading the code, on a busy machine, and an election. */
const START = 20_000

interface Variant {
  name: string
  /** Of ours and of keepalived. */
  addresses: readonly [string, string]
  /** The least time between two adverts, milliseconds. */
  intervalMs: number
  ours: Partial<VrrpInstance>
  peer: { password?: string; vip?: string; extra?: string }
}

const IPV6_VIP = { ...vip('2001:db8::64'), family: 6, prefix: 128 } as const

const VARIANTS: readonly Variant[] = [
  {
    ...{ name: 'version 2 with a password', addresses: ['192.0.2.1', '192.0.2.2'], intervalMs: 1_000 },
    ours: { authentication: { type: 'pass', password: '1111' } },
    peer: { password: '1111' },
  },
  {
    ...{ name: 'version 3', addresses: ['192.0.2.1', '192.0.2.2'], intervalMs: 300 },
    ours: { version: 3 },
    peer: { extra: 'version 3' },
  },
  {
    ...{ name: 'version 3 over IPv6', addresses: ['2001:db8::1', '2001:db8::2'], intervalMs: 300 },
    ours: { version: 3, multicastGroup: 'ff02::12', addresses: [IPV6_VIP] },
    peer: { vip: '2001:db8::64/128', extra: 'version 3' },
  },
]

describe('unicast against keepalived, with no bus', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })

  function noComplaint(peer: Keepalived): void {
    const lines = peer.log().split('\n')
    const complaints = lines.filter((line) => COMPLAINTS.test(line) && !line.includes('received lower priority'))
    assert.deepEqual(complaints, [])
  }

  for (const [index, { name, addresses, intervalMs, ours: change, peer: options }] of VARIANTS.entries()) {
    test(`K2: ${name}: both understand each other, and each takes over from the other`, async (t) => {
      const lan = segment(`vu${index}`)
      lans.push(lan)
      const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
      const [own, other] = addresses
      if (own.includes(':')) {
        lan.run(a, 'ip', 'addr', 'add', `${own}/64`, 'dev', 'eth0', 'nodad')
        lan.run(b, 'ip', 'addr', 'add', `${other}/64`, 'dev', 'eth0', 'nodad')
      }
      const unicast: Unicast = { peers: [{ address: other, minTtl: null, maxTtl: null }], ttl: 255, peersOnly: true }
      const base = { ...change, unicast, sourceAddress: own, advertIntervalMs: intervalMs }
      const capture = await lan.capture(b)
      const ours = lan.ours(a, { ...base, priority: 150 })
      const peers = `unicast_src_ip ${other}\n check_unicast_src\n unicast_peer { \n ${own} \n }`
      const extra = `advert_int ${intervalMs / 1_000}\n ${peers}\n ${options.extra ?? ''}`
      const peer = lan.keepalived(b, { ...options, priority: 100, extra })

      await ours.until('BecameMaster', START)
      await peer.until(/Entering BACKUP STATE/, START)
      await sleep(1.5 * intervalMs)
      const stopped = performance.now()
      const seen = peer.log().length
      const ending = ours.end('SIGTERM')
      const took = (await peer.until(/Entering MASTER/, 4 * intervalMs + SLACK, seen)) - stopped
      t.diagnostic(`keepalived is master ${Math.round(took)} ms after SIGTERM to ours`)
      assert.ok(took < intervalMs + SLACK, `keepalived took ${took} ms`)
      await ending

      const again = lan.ours(a, { ...base, priority: 50 })
      await again.until('BecameBackup', START)
      await sleep(1.5 * intervalMs)
      noComplaint(peer)
      const cut = performance.now()
      lan.run(b, 'ip', 'link', 'set', 'eth0', 'down')
      const { at, event } = await again.until('BecameMaster', 4 * intervalMs + SLACK)
      assert.ok(event.type === 'BecameMaster')
      t.diagnostic(`ours is master ${Math.round(at - cut)} ms after keepalived's interface went down`)
      assert.deepEqual([event.reason, event.previousMaster], ['silence', { address: other, priority: 100 }])
      for (const { events } of [ours, again]) {
        assert.deepEqual(
          events.filter(({ event: { type } }) => type === 'AdvertRejected'),
          [],
        )
      }
      const fields = ['ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst', 'ip.ttl', 'ipv6.hlim', 'vrrp.checksum.status']
      const packets = dissect(await capture.stop(), ...fields, '_ws.expert')
      const sent = packets.filter(([src, src6]) => `${src}${src6}` === own)
      assert.ok(sent.length >= 3)
      for (const [, , dst, dst6, ttl, hops, sum, expert] of sent) {
        assert.deepEqual([`${dst}${dst6}`, `${ttl}${hops}`, sum, expert], [other, '255', '1', ''])
      }
    })
  }

  test('A5: over a routed hop adverts arrive with one less of their TTL, and bounds say whether that may be', async () => {
    const lan = segment('vu-hop')
    lans.push(lan)
    const [a, b, between] = [lan.router('a', 1), lan.router('b', 2), lan.router('c', 3)]
    for (const name of ['all', 'eth0']) lan.run(between, 'sysctl', '-qw', `net.ipv4.conf.${name}.send_redirects=0`)
    lan.run(between, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    lan.run(between, 'ip', 'addr', 'add', '198.51.100.3/24', 'dev', 'eth0')
    lan.run(b, 'ip', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global')
    lan.run(b, 'ip', 'addr', 'add', '198.51.100.2/24', 'dev', 'eth0')
    lan.run(a, 'ip', 'route', 'add', '198.51.100.0/24', 'via', '192.0.2.3')
    lan.run(b, 'ip', 'route', 'add', '192.0.2.0/24', 'via', '198.51.100.3')

    const settings = (source: string, peer: string, minTtl: number) => ({
      ...({ version: 3, advertIntervalMs: 300, sourceAddress: source } as const),
      unicast: { peers: [{ address: peer, minTtl, maxTtl: 255 }], ttl: 255, peersOnly: true },
    })
    const one = lan.ours(a, { ...settings('192.0.2.1', '198.51.100.2', 254), priority: 150 })
    await one.until('BecameMaster', START)
    const other = lan.ours(b, settings('198.51.100.2', '192.0.2.1', 254))
    await other.until('BecameBackup', START)
    await sleep(2_000)
    assert.deepEqual(
      other.events.map(({ event }) => event.type),
      ['BecameBackup'],
    )
    other.reload(settings('198.51.100.2', '192.0.2.1', 255))
    const { event } = await other.until('AdvertRejected', SLACK)
    assert.ok(event.type === 'AdvertRejected')
    assert.deepEqual([event.reason, event.source], ['ttl', '192.0.2.1'])
    await other.until('BecameMaster', 2_000)
  })
})
