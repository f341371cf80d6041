import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { AdvertHmac, VrrpInstance } from '#schemas/config.ts'
import { vip } from '../vrrp/given.ts'
import { dissect, ended, sleep } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

const INTERVAL = 200
/** Priority 100. */
const DOWN = 3 * INTERVAL + (156 / 256) * INTERVAL
const SLACK = 1_500
/** Starting node and loading the code, on a busy machine, and an election. */
const START = 20_000

const OLD = { id: 1, key: 'ab'.repeat(32) }
const FRESH = { id: 2, key: 'cd'.repeat(64) }
const IPV6_VIP = { ...vip('fe80::64'), family: 6, prefix: 128 } as const

function hmac(change: Partial<AdvertHmac> = {}): AdvertHmac {
  return { keys: [OLD], activeKeyId: 1, mode: 'enforce', antiReplay: 'time', windowMs: 5_000, ...change }
}

const types = (ours: Ours) => ours.events.map(({ event }) => event.type)

describe('signed adverts between two routers of ours', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })

  function pair(name: string): { lan: Segment; a: string; b: string } {
    const lan = segment(name)
    lans.push(lan)
    return { lan, a: lan.router('a', 1), b: lan.router('b', 2) }
  }

  for (const [name, change] of [
    ['IPv4', { version: 3 }],
    ['IPv6', { version: 3, multicastGroup: 'ff02::12', addresses: [IPV6_VIP] }],
  ] as const satisfies readonly (readonly [string, Partial<VrrpInstance>])[]) {
    test(`N47: ${name}: a new key reaches one node after the other, and nobody changes its role`, async () => {
      const { lan, a, b } = pair(`vh-${name}`)
      const base = {
        ...change,
        addresses: [...(change.version === 3 && 'addresses' in change ? change.addresses : [vip('192.0.2.100')])],
      }
      const capture = await lan.capture(b)
      const one = lan.ours(a, { ...base, advertIntervalMs: INTERVAL, priority: 150, hmac: hmac() })
      await one.until('BecameMaster', START)
      const other = lan.ours(b, { ...base, advertIntervalMs: INTERVAL, hmac: hmac() })
      await other.until('BecameBackup', START)
      const sweeps = [
        { keys: [OLD, FRESH], activeKeyId: 1 },
        { keys: [OLD, FRESH], activeKeyId: 2 },
        { keys: [FRESH], activeKeyId: 2 },
      ]
      for (const [index, sweep] of sweeps.entries()) {
        const nodes: [Ours, number][] = [
          [one, 150],
          [other, 100],
        ]
        for (const [node, priority] of index % 2 === 0 ? nodes : nodes.toReversed()) {
          node.reload({ ...base, advertIntervalMs: INTERVAL, priority, hmac: hmac(sweep) })
          await sleep(DOWN + 2 * INTERVAL)
        }
      }
      // An IPv6 address may still be looked for by others at the start; a later fault would show in what follows it.
      const roles = (node: Ours) => types(node).filter((type) => type !== 'BecameFault')
      assert.deepEqual(roles(one), ['BecameBackup', 'BecameMaster'])
      assert.deepEqual(roles(other), ['BecameBackup'])
      const packets = dissect(await capture.stop(), 'ip.len', 'ipv6.plen')
      const lengths = new Set(packets.map(([total, payload]) => `${total}${payload}`))
      // H7: 20 of header, 12 of message and 28 of signature; 24 and 28 behind an IPv6 header.
      assert.deepEqual(lengths, new Set([name === 'IPv4' ? '60' : '52']))
    })
  }

  test('N46: recorded adverts of a master that is gone are dropped, told of, and keep nobody from taking over', async (t) => {
    const { lan, a, b } = pair('vh-replay')
    const base = { version: 3, advertIntervalMs: INTERVAL, hmac: hmac() } as const
    const one = lan.ours(a, { ...base, priority: 150 })
    await one.until('BecameMaster', START)
    const other = lan.ours(b, base)
    await other.until('BecameBackup', START)
    const capture = await lan.capture(b)
    await sleep(4 * INTERVAL)
    const file = await capture.stop()
    const villain = lan.router('c', 3)
    const index = JSON.parse(lan.run(villain, 'ip', '-j', 'link', 'show', 'eth0'))[0].ifindex
    const program = join(import.meta.dirname, 'frame-replay.ts')
    const replay = [process.execPath, program, file, String(index), '50']
    const child = spawn('ip', ['netns', 'exec', villain, ...replay], { stdio: ['ignore', 'pipe', 'inherit'] })
    const frames = await new Promise<Buffer>((first) => child.stdout.once('data', first))
    assert.match(String(frames), /^[3-9] frames/)
    try {
      const { event: rejected } = await other.until('AdvertRejected', 2_000)
      assert.deepEqual(rejected, {
        ...{ type: 'AdvertRejected', instance: 'VI_1', reason: 'hmac-replayed', source: '192.0.2.1' },
      })
      const killed = performance.now()
      await one.end('SIGKILL')
      const { at, event } = await other.until('BecameMaster', DOWN + SLACK, killed)
      assert.ok(event.type === 'BecameMaster')
      assert.equal(event.reason, 'silence')
      t.diagnostic(`master ${Math.round(at - killed)} ms after the crash, against a replay each 50 ms`)
      await sleep(1_000)
      const roles = types(other).filter((type) => type !== 'AdvertRejected')
      assert.deepEqual(roles, ['BecameBackup', 'BecameMaster'])
    } finally {
      await ended(child, 'SIGKILL')
    }
  })
})
