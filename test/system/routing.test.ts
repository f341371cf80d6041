/** Routes and rules with every option, as keepalived puts them there: with the mastership, and against somebody else. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as z from 'zod'
import type { Config } from '#schemas/config.ts'
import { parse } from '../platform/config/parse.ts'
import {
  type Adverts,
  type Director,
  director,
  GRANULARITY_MS,
  INTERVAL_MS,
  ip,
  LEASE_MS,
  RESTART_LEASE_MS,
  type RunningIpvs,
  sleep,
  UNABLE,
  type Watched,
} from './ipvs-director.ts'
import { poll } from './kernel-segment.ts'
import { configuration, OURS_ROUTES, OURS_RULES, ROUTES, RULES } from './routing-lines.ts'
import { ended } from './vrrp-keepalived.ts'

const START_MS = 10_000
const BACK_MS = 100

const unable = UNABLE !== false ? UNABLE : existsSync('/usr/sbin/keepalived') ? false : 'keepalived is not installed'
const options = { skip: unable }
let node: Director
let adverts: Adverts
let ipvs: RunningIpvs
let changes: Watched<string>
let keepalived: ChildProcess | null = null
let theirs = ''

before(async () => {
  if (unable !== false) return
  node = director('routing')
  theirs = `${node.namespace}-keepalived`
  ip('netns', 'add', theirs)
  ip('-n', theirs, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0')
  ip('-n', theirs, 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0')
  for (const side of [node.namespace, theirs]) furnish(side)
  const file = join(node.folder, 'keepalived.conf')
  writeFileSync(file, configuration(ROUTES, RULES, 1))
  const pids = ['-p', `${file}.pid`, '-r', `${file}.vrrp.pid`]
  const command = ['netns', 'exec', theirs, 'keepalived', '-n', '-P', '-f', file, ...pids]
  keepalived = spawn('ip', command, { stdio: 'ignore' })
  adverts = await node.adverts()
  changes = await node.monitor('route', 'rule')
})
after(async () => {
  if (unable !== false) return
  if (keepalived !== null) await ended(keepalived, 'SIGTERM')
  await node.remove()
  ip('netns', 'del', theirs)
})

/** eth0 and eth1 up, with an address of either family each, and something that is nobody's business. */
function furnish(side: string): void {
  ip('-n', side, 'link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'far1')
  for (const name of ['lo', 'eth0', 'eth1', 'far1']) ip('-n', side, 'link', 'set', name, 'up')
  if (side === theirs) ip('-n', side, 'link', 'set', 'far0', 'up')
  ip('-n', side, 'link', 'add', 'eth2', 'type', 'veth', 'peer', 'name', 'far2')
  for (const name of ['eth2', 'far2']) ip('-n', side, 'link', 'set', name, 'up')
  ip('-n', side, 'addr', 'add', '203.0.113.1/24', 'dev', 'eth2')
  ip('-n', side, 'addr', 'add', '198.51.100.1/24', 'dev', 'eth1')
  ip('-n', side, 'addr', 'add', '2001:db8::1/64', 'dev', 'eth0', 'nodad')
  ip('-n', side, 'addr', 'add', '2001:db8:1::1/64', 'dev', 'eth1', 'nodad')
  ip('-n', side, 'route', 'add', '192.168.99.0/24', 'via', '192.0.2.9', 'proto', 'bird')
  ip('-n', side, 'rule', 'add', 'from', '10.99.0.0/16', 'table', '99', 'priority', '99', 'protocol', 'bird')
}

function configured(routes: string, rules: string, leaseMs = LEASE_MS): Config {
  const { config } = parse(configuration(routes, rules, INTERVAL_MS / 1_000))
  const [instance] = config?.instances ?? []
  assert.ok(config !== null && instance !== undefined)
  return { ...config, instances: [{ ...instance, leaseMs }] }
}

const Entries = z.array(z.looseObject({ protocol: z.string().optional() }))
type Entry = z.infer<typeof Entries>[number]

/** Everything of a side that is not the kernel's own, as ip shows it; the seconds that are left of a lifetime do not count. */
function shown(side: string, object: 'route' | 'rule'): Entry[] {
  const what = object === 'route' ? ['show', 'table', 'all'] : ['show']
  return ['-4', '-6'].flatMap((family) => {
    const text = ip('-n', side, '-j', '-d', family, object, ...what)
    const entries = Entries.parse(JSON.parse(text)).filter(({ protocol }) => protocol !== 'kernel')
    return entries.map(({ expires, ...entry }) => (expires === undefined ? entry : { ...entry, expires: 'soon' }))
  })
}

function ours(entries: Entry[]): Entry[] {
  return entries.filter(({ protocol }) => protocol === 'keepalived' || protocol === 'static')
}

const kernelHas = (text: string) => ip('-n', node.namespace, 'route', 'show', 'table', 'all').includes(text)
const rulesHave = (text: string) => ip('-n', node.namespace, 'rule').includes(text)

async function begin(config: Config): Promise<void> {
  adverts.say(`start ${INTERVAL_MS}`)
  ipvs = node.ipvs(config)
  await ipvs.until(({ type, instance }) => type === 'RoutingAdded' && instance === 'VI_1', START_MS)
}

test('every option has in the kernel what keepalived gives it', options, async () => {
  await begin(configured(ROUTES, RULES, RESTART_LEASE_MS))
  await poll('the rules of keepalived', () => ours(shown(theirs, 'rule')).length === 19)
  assert.deepEqual(shown(node.namespace, 'route'), shown(theirs, 'route'))
  assert.deepEqual(shown(node.namespace, 'rule'), shown(theirs, 'rule'))
  const refused = ipvs.lines.filter(({ content: { type } }) => type === 'KernelRefused')
  assert.deepEqual(refused, [])
  assert.equal(ours(shown(node.namespace, 'route')).length, 30)
})

test('a route or rule that somebody else removes is back within a tenth of a second', options, async () => {
  const since = performance.now()
  ip('-n', node.namespace, 'route', 'del', '192.168.10.0/24')
  ip('-n', node.namespace, 'rule', 'del', 'priority', '900')
  for (const text of ['192.168.10.0/24', '10.21.0.0/16']) {
    const gone = await changes.until((line) => line.includes('Deleted') && line.includes(text), 1_000, since)
    const back = await changes.until((line) => !line.includes('Deleted') && line.includes(text), 1_000, gone.at)
    assert.ok(back.at - gone.at < BACK_MS, `${text} was away for ${back.at - gone.at} ms`)
  }
  const told = await ipvs.until(({ type }) => type === 'RoutingLost', 1_000, since)
  assert.equal(told.content.restored, true)
})

test('one of several ways of an IPv6 route is missed, and comes back with its share', options, async () => {
  const ways = () => ip('-n', node.namespace, '-6', 'route', 'show', '2001:db8:a::/48')
  const before = ways()
  const since = performance.now()
  ip('-n', node.namespace, '-6', 'route', 'del', '2001:db8:a::/48', 'via', '2001:db8:1::9')
  const name = '2001:db8:a::/48 nexthop via 2001:db8::9 weight 2 nexthop via 2001:db8:1::9 weight 4'
  const told = await ipvs.until(({ items }) => String(items) === name, 1_000, since)
  assert.deepEqual([told.content.type, told.content.restored], ['RoutingLost', true])
  assert.equal(ways(), before)
})

test('what has no_track stays away, and what is static comes back', options, async () => {
  const since = performance.now()
  ip('-n', node.namespace, 'route', 'del', '192.168.13.0/24')
  ip('-n', node.namespace, 'addr', 'del', '203.0.113.77/32', 'dev', 'eth1')
  ip('-n', node.namespace, 'route', 'del', '10.77.0.0/16')
  const told = await ipvs.until(({ type, instance }) => type === 'RoutingLost' && instance === null, 1_000, since)
  assert.equal(told.content.restored, true)
  await poll('both of them', () => kernelHas('10.77.0.0/16') && kernelHas('203.0.113.77'))
  assert.equal(kernelHas('192.168.13.0/24'), false)
  const back = (line: string) => line.startsWith('10.77.0.0/16')
  await changes.until(back, 1_000, since)
})

test('a restart finds all of it in place and changes nothing', options, async () => {
  const before = [shown(node.namespace, 'route'), shown(node.namespace, 'rule')]
  const since = performance.now()
  await ipvs.end('SIGKILL')
  ipvs = node.ipvs(configured(ROUTES.replace(/.*no_track/, ''), RULES))
  await ipvs.until(({ type }) => type === 'AddressesKept', START_MS)
  await sleep(2 * INTERVAL_MS)
  assert.deepEqual([shown(node.namespace, 'route'), shown(node.namespace, 'rule')], before)
  assert.deepEqual(
    // The kernel's own come late where it has looked for others with the same address.
    changes.lines
      .filter(({ at, content }) => at > since && !content.includes('proto kernel'))
      .map(({ content }) => content),
    [],
  )
})

test('without adverts all of the instance is gone with the lease; what is static stays', options, async () => {
  adverts.say('stop')
  const since = performance.now()
  const lost = await ipvs.until(({ type }) => type === 'RoutingRemoved', LEASE_MS + GRANULARITY_MS + INTERVAL_MS, since)
  assert.equal(lost.content.reason, 'addresses-lost')
  assert.deepEqual(ours(shown(node.namespace, 'route')).length, 2)
  assert.deepEqual(ours(shown(node.namespace, 'rule')).length, 1)
})

test('a stop takes everything along, and nothing of others', options, async () => {
  adverts.say(`start ${INTERVAL_MS}`)
  await ipvs.until(({ type, reason }) => type === 'RoutingAdded' && reason === 'master', 5_000)
  await ipvs.end()
  assert.deepEqual(ours([...shown(node.namespace, 'route'), ...shown(node.namespace, 'rule')]), [])
  assert.ok(kernelHas('192.168.99.0/24') && rulesHave('10.99.0.0/16'))
})

test('the kernel takes from us what keepalived 2.2.7 cannot say', options, async () => {
  await begin(configured(OURS_ROUTES, OURS_RULES))
  for (const text of [
    '192.168.20.0/24 via inet6 2001:db8::9 dev eth0',
    'local 192.168.21.0/24 dev eth1 table 200',
    '192.168.22.0/24 dev eth1',
  ])
    assert.ok(kernelHas(text), text)
  const six = ip('-n', node.namespace, '-6', 'route')
  assert.match(six, /2001:db8:e::\/48 .*encap ip6 id 7 src :: dst 2001:db8::77 hoplimit 30 tc 4 .*via 2001:db8::9/)
  assert.match(six, /default dev eth1 proto keepalived metric 9/)
  assert.ok(rulesHave('ipproto udp dport 443 lookup 105'))
  assert.match(ip('-n', node.namespace, '-6', 'rule'), /51:\sfrom all iif lo lookup 109/)
})

test('a route with several ways may lose one with its link', options, async () => {
  const since = performance.now()
  ip('-n', node.namespace, 'link', 'set', 'eth2', 'down')
  ip('-n', node.namespace, 'route', 'del', '192.168.22.0/24')
  await ipvs.until(({ type }) => type === 'RoutingLost', 1_000, since)
  // As long as a loss would be given to be undone.
  await sleep(200)
  const lost = ipvs.lines.filter(({ at, content }) => at > since && content.type === 'RoutingLost')
  assert.deepEqual(
    lost.map(({ content }) => [content.items, content.restored]),
    [[['192.168.22.0/24 dev eth1'], true]],
  )
  assert.ok(kernelHas('192.168.23.0/24') && node.holdsVip())
})

test('a route that went with its link and cannot come back costs the addresses', options, async () => {
  // A vrrp that misses its addresses resigns.
  adverts.say('stop')
  const since = performance.now()
  // The kernel removes IPv4 routes of a link that goes down without a word.
  ip('-n', node.namespace, 'link', 'set', 'eth1', 'down')
  const told = await ipvs.until(({ type }) => type === 'AddressesLost', 1_000, since)
  assert.equal(told.content.reason, 'routing-lost')
  assert.equal(node.holdsVip(), false)
  await ipvs.end()
  assert.deepEqual(ours([...shown(node.namespace, 'route'), ...shown(node.namespace, 'rule')]), [])
})
