/** What a LAN hears when addresses come: frames as they passed, read by tshark. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { VipAddress } from '#schemas/config.ts'
import { exampleVip } from '../configuration.ts'
import { instance } from '../ipvs/settings.ts'
import {
  type Adverts,
  type Director,
  director,
  directorConfig,
  INTERVAL_MS,
  type RunningIpvs,
  sleep,
  UNABLE,
  VIP,
} from './ipvs-director.ts'
import { dissect, ended } from './vrrp-keepalived.ts'

const VIP6 = '2001:db8::100'
const START_MS = 10_000
const REPEAT = 5
const ALL_ONES = 'ff:ff:ff:ff:ff:ff'
const six: VipAddress = { ...exampleVip(VIP6), family: 6, prefix: 128, preferredLifetimeS: 0 }
const many = Array.from({ length: 1_000 }, (_, index) => exampleVip(`10.9.${index >> 8}.${index & 255}`))
const unable = UNABLE !== false ? UNABLE : existsSync('/usr/bin/tshark') ? false : 'tshark is not installed'

const configOf = (excludedAddresses: VipAddress[], arpGapMs: number) =>
  directorConfig({
    announcementPacing: { arpGapMs, neighbourGapMs: 0, groups: [] },
    instances: [
      instance({
        ...{ addresses: [exampleVip(VIP)], excludedAddresses, leaseMs: 3_000, advertIntervalMs: INTERVAL_MS },
        announcement: { ...instance().announcement, delayMs: 0 },
      }),
    ],
  })

describe('announcements', { skip: unable }, () => {
  let node: Director
  let adverts: Adverts
  let ipvs: RunningIpvs
  let lan: string
  let mac: string

  before(async () => {
    node = director('announce')
    lan = `${node.namespace}-lan`
    mac = /link\/ether (\S+)/.exec(node.run('ip', 'link', 'show', 'eth0'))?.[1] ?? ''
    adverts = await node.adverts()
  })
  afterEach(async () => {
    adverts.say('stop')
    await ipvs?.end()
  })
  after(() => node?.remove())

  /** Everything that passes until the returned function is called, which gives the file. */
  async function capture(name: string): Promise<() => Promise<string>> {
    const file = join(node.folder, `${name}.pcap`)
    const argv = ['netns', 'exec', lan, 'tcpdump', '-i', 'eth0', '-U', '--immediate-mode', '-Z', 'root', '-w', file]
    const child = spawn('ip', argv, { stdio: ['ignore', 'ignore', 'pipe'] })
    await new Promise((listening) => child.stderr.once('data', listening))
    return async () => {
      await sleep(100)
      await ended(child, 'SIGTERM')
      return file
    }
  }

  const frames = (file: string, filter: string, ...fields: string[]) =>
    dissect(file, ...fields, '_ws.expert').filter((row) => row[0] !== '' && row.join('|').includes(filter))

  test('G1 G2 G12: five ARP requests for each address, broadcast, sender and target the address itself', async () => {
    const done = await capture('first')
    ipvs = node.ipvs(configOf([six], 0))
    adverts.say(`start ${INTERVAL_MS}`)
    await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
    const file = await done()
    const fields = [
      'arp.opcode',
      'eth.src',
      'eth.dst',
      'arp.src.hw_mac',
      'arp.src.proto_ipv4',
      'arp.dst.hw_mac',
      'arp.dst.proto_ipv4',
    ]
    const arps = frames(file, VIP, ...fields)
    assert.equal(arps.length, REPEAT)
    for (const arp of arps) assert.deepEqual(arp.slice(0, 7), ['1', mac, ALL_ONES, mac, VIP, ALL_ONES, VIP])
  })

  test('G3: five advertisements for each IPv6 address, to all nodes, overriding, with hop limit 255', async () => {
    const done = await capture('second')
    ipvs = node.ipvs(configOf([six], 0))
    adverts.say(`start ${INTERVAL_MS}`)
    await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
    const file = await done()
    const flags = ['icmpv6.nd.na.flag.r', 'icmpv6.nd.na.flag.s', 'icmpv6.nd.na.flag.o']
    const fields = [
      'icmpv6.nd.na.target_address',
      'ipv6.dst',
      'ipv6.hlim',
      ...flags,
      'icmpv6.opt.linkaddr',
      'icmpv6.checksum.status',
    ]
    const advertisements = frames(file, VIP6, ...fields)
    assert.equal(advertisements.length, REPEAT)
    for (const [target, to, hops, router, solicited, override, option, sum] of advertisements) {
      assert.deepEqual([target, to, hops, option, sum], [VIP6, 'ff02::1', '255', mac, '1'])
      assert.deepEqual(
        [router, solicited, override].map((flag) => /^(1|True)$/.test(flag ?? '')),
        [false, false, true],
      )
    }
  })

  test('G5: nothing is announced before the link is up', async () => {
    node.run('ip', 'link', 'set', 'eth0', 'down')
    const done = await capture('third')
    ipvs = node.ipvs(configOf([], 0))
    adverts.say(`start ${INTERVAL_MS}`)
    await adverts.until((line) => line.startsWith('failed'), 2_000)
    await sleep(1_000)
    const up = Date.now()
    node.run('ip', 'link', 'set', 'eth0', 'up')
    await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
    const times = frames(await done(), VIP, 'frame.time_epoch', 'arp.src.proto_ipv4').map(([at]) => Number(at) * 1_000)
    assert.equal(times.length, REPEAT)
    assert.ok(times.every((at) => at >= up))
  })

  test('G11: a thousand addresses leave a millisecond apart, and the lease is kept meanwhile', async (t) => {
    const done = await capture('fourth')
    ipvs = node.ipvs(configOf(many, 1))
    adverts.say(`start ${INTERVAL_MS}`)
    const added = await ipvs.until(({ type }) => type === 'AddressesAdded', START_MS)
    await sleep(4_000)
    adverts.say('resign')
    await ipvs.until(({ type }) => type === 'AddressesRemoved', 2_000)
    const left = Date.now()
    await sleep(300)
    const file = await done()
    assert.equal(added.content.announced, (many.length + 1) * REPEAT)
    const times = dissect(file, 'frame.time_epoch', 'arp.src.proto_ipv4', 'arp.opcode')
      .filter(([, source, opcode]) => opcode === '1' && /^10\.9\./.test(source ?? ''))
      .map(([at]) => Number(at) * 1_000)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 0
    t.diagnostic(
      `${times.length} messages, median gap ${median.toFixed(2)} ms, shortest ${Math.min(...gaps).toFixed(2)}`,
    )
    assert.ok(times.length > many.length, 'each address at least once')
    // On a loaded machine the capture may take two frames together that left apart.
    const short = gaps.filter((gap) => gap < 0.8).length
    assert.ok(short <= gaps.length / 50, `${short} of ${gaps.length} gaps are shorter than the pause`)
    assert.ok(
      times.every((at) => at <= left + 50),
      'G10: none after they were left',
    )
    assert.ok(!ipvs.lines.some(({ content }) => content.type === 'AddressesLost'))
  })
})
