/** Addresses with every option they may have: in the kernel as keepalived puts them there, and gone afterwards. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as z from 'zod'
import { allAddresses } from '../../services/ipvs/core/state.ts'
import { parse } from '../platform/config/parse.ts'
import { type Agent, type Cable, cable, poll, UNABLE } from './kernel-segment.ts'
import { type Keepalived, startKeepalived } from './vrrp-keepalived.ts'

const EXTRA = `version 3
  advert_int 0.1
  promote_secondaries
  virtual_ipaddress {
    198.51.100.10/24 brd + dev eth0 label eth0:one
    198.18.0.11/24 brd - scope link
    198.51.100.12/24 brd 198.51.100.200 noprefixroute
    198.51.100.13 peer 203.0.113.1
    198.51.100.14 peer 203.0.113.5 label eth0:two
    198.51.100.15/32 scope 77
  }
  virtual_ipaddress_excluded {
    2001:db8::10
    2001:db8::11/64 home
    2001:db8::12/64 mngtmpaddr
    2001:db8::13/64 noprefixroute preferred_lft 0
    2001:db8::14 preferred_lft forever
    2001:db8::15/64 -nodad
    2001:db8::16 peer 2001:db8:1::1
    239.1.1.1/32 autojoin
    ff05::77 autojoin
  }`
/** What keepalived 2.2.7 cannot read or does not do: the prefix of a peer, and deprecated IPv4 addresses. */
const OURS = `virtual_ipaddress_excluded {
    198.51.100.17 peer 203.0.113.9/30
    198.51.100.16/32 preferred_lft 0
  }`
const TEXT = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  ${EXTRA}
  virtual_ipaddress {
    192.0.2.100/32
  }
  ${OURS}
}
`
const LEASE_MS = 30_000

const unable = UNABLE !== false ? UNABLE : existsSync('/usr/sbin/keepalived') ? false : 'keepalived is not installed'
const options = { skip: unable }
const folder = mkdtempSync(join(tmpdir(), 'fo-addresses-'))
const all = (parse(TEXT).config?.instances ?? []).flatMap(allAddresses)
const only = ['198.51.100.16', '198.51.100.17']
const addresses = all.filter(({ address }) => !only.includes(address))
let segment: Cable
let agent: Agent
let keepalived: Keepalived | null = null

before(async () => {
  if (unable !== false) return
  segment = await cable()
  agent = await segment.agent(segment.left)
  // Both ends have the same addresses here, and would find each other.
  const rules = 'add table inet deaf; add chain inet deaf in { type filter hook input priority 0; }; '
  const rule = 'add rule inet deaf in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } drop'
  for (const side of [segment.left, segment.right]) segment.ip(side, 'netns', 'exec', side, 'nft', `${rules}${rule}`)
})
after(async () => {
  await keepalived?.end()
  segment?.remove()
  rmSync(folder, { recursive: true })
})

/** As `ip -j address` shows an address. */
const Shown = z.looseObject({ local: z.string(), valid_life_time: z.number(), preferred_life_time: z.number() })
const Links = z.array(z.looseObject({ addr_info: z.array(Shown) }))

/** The virtual addresses of a side, by address; the rest is what the link has anyhow. */
function shownIn(namespace: string): Map<string, z.infer<typeof Shown>> {
  const [link] = Links.parse(JSON.parse(segment.ip(namespace, '-j', 'addr', 'show', 'dev', 'eth0')))
  const own = (link?.addr_info ?? []).filter(({ local }) => !/^(fe80:|192\.0\.2\.[12]$)/.test(local))
  return new Map(own.map((address) => [address.local, address]))
}

/** What does not depend on who put it there: without lifetimes, the protocol, and flags that only say that they end. */
function traits(address: z.infer<typeof Shown>): Record<string, unknown> {
  const { valid_life_time, preferred_life_time, protocol, dynamic, tentative, deprecated, ...rest } = address
  return { ...rest, source: preferred_life_time > 0 }
}

test('every address has in the kernel what keepalived gives it', options, async () => {
  keepalived = startKeepalived(segment.right, folder, { priority: 100, extra: EXTRA })
  const { value } = (await agent.call('add', addresses, LEASE_MS)) as { value: string[] }
  assert.deepEqual(new Set(value), new Set(['added']))
  await poll('the addresses of keepalived', () => shownIn(segment.right).size === addresses.length)
  await poll('the end of duplicate address detection', () => {
    const all = [segment.left, segment.right].flatMap((side) => [...shownIn(side).values()])
    return all.every(({ tentative }) => tentative !== true)
  })
  const ours = shownIn(segment.left)
  const theirs = shownIn(segment.right)
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort())
  for (const [local, address] of theirs) {
    assert.deepEqual(traits(ours.get(local) ?? address), traits(address), local)
  }
  assert.ok([...ours.values()].every(({ valid_life_time }) => valid_life_time <= LEASE_MS / 1_000))
  assert.ok([...ours.values()].every(({ preferred_life_time: preferred }) => preferred <= LEASE_MS / 1_000))
})

test('the far end of a link may have a prefix, and an IPv4 address may be no source', options, async () => {
  const own = all.filter(({ address }) => only.includes(address))
  const { value } = (await agent.call('add', own, LEASE_MS)) as { value: string[] }
  assert.deepEqual(value, ['added', 'added'])
  const shown = shownIn(segment.left)
  const far = shown.get('198.51.100.17')
  assert.deepEqual([far?.address, far?.prefixlen], ['203.0.113.9', 30])
  const deprecated = shown.get('198.51.100.16')
  assert.deepEqual([deprecated?.preferred_life_time, deprecated?.deprecated], [0, true])
  assert.deepEqual(await agent.call('remove', own), ['removed', 'removed'])
})

test('a refresh changes nothing but the lifetimes', options, async () => {
  const before = [...shownIn(segment.left).values()].map(traits)
  assert.deepEqual(new Set(await agent.call('refresh', addresses, LEASE_MS, 500)), new Set(['refreshed']))
  assert.deepEqual([...shownIn(segment.left).values()].map(traits), before)
})

test(
  'an address for some seconds is no source any more after them, however often it is refreshed',
  options,
  async () => {
    const vip = addresses
      .filter(({ address }) => address === '198.51.100.15')
      .map((each) => ({ ...each, address: '198.51.100.99', preferredLifetimeS: 2 }))
    await agent.call('add', vip, LEASE_MS)
    const preferred = () => shownIn(segment.left).get('198.51.100.99')?.preferred_life_time
    assert.equal(preferred(), 2)
    const begun = performance.now()
    while (preferred() !== 0 && performance.now() - begun < 4_000) {
      await agent.call('refresh', vip, LEASE_MS, 500)
      await new Promise((done) => setTimeout(done, 100))
    }
    const took = performance.now() - begun
    assert.ok(took > 900 && took < 3_500, `deprecated after ${took} ms`)
    assert.deepEqual(await agent.call('remove', vip), ['removed'])
  },
)

test('G4: an IPv6 address joins the group in which neighbours look for it', options, () => {
  assert.match(segment.ip(segment.left, 'maddr', 'show', 'dev', 'eth0'), /inet6 ff02::1:ff00:14/)
})

test('promote_secondaries is set, and as it was afterwards', options, async () => {
  const read = () =>
    segment.ip(segment.left, 'netns', 'exec', segment.left, 'sysctl', '-n', 'net.ipv4.conf.eth0.promote_secondaries')
  const before = read()
  assert.deepEqual(await agent.call('promote', ['eth0']), [])
  assert.equal(read(), '1\n')
  assert.deepEqual(await agent.call('promote', ['eth7']), ['eth7'])
  assert.equal(read(), before)
})

test('all of them are gone when they are left, and nothing else is', options, async () => {
  assert.deepEqual(new Set(await agent.call('remove', [...addresses].reverse())), new Set(['removed']))
  assert.equal(shownIn(segment.left).size, 0)
  assert.match(segment.ip(segment.left, 'addr', 'show', 'dev', 'eth0'), /inet 192\.0\.2\.1\/24/)
})
