import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openVmacStage, type Variant, VMAC, type VmacStage } from './vmac-stage.ts'
import { dissect } from './vrrp-keepalived.ts'
import { UNABLE } from './vrrp-segment.ts'

const V3: Variant = { name: 'v3', version: 3, family: 4, interval: 0.2 }
const PHYSICAL = /^[0-9a-f]{2}:(?!00:5e:00:0[12])/
/** Three times, and the skew, and what loaded cores may add. */
const TAKEOVER_MS = 5_000
/** Ten processes of node at once, on two cores. */
const START_MS = 30_000

const COMPLAINTS = /bogus|mismatch|discard|invalid|checksum|wrong|incorrect|error/i

/** It says that it discards an advert of lower priority whenever it is about to preempt: news, not a complaint. */
function complaints(log: string): string[] {
  return log.split('\n').filter((line) => COMPLAINTS.test(line) && !line.includes('received lower priority'))
}

async function on(variant: Variant, work: (stage: VmacStage) => Promise<void>): Promise<void> {
  const stage = await openVmacStage(variant)
  try {
    await work(stage)
  } finally {
    await stage.close()
  }
}

/** Hardware address, IP source, priority and tshark's opinion of each advert that was captured. */
async function advertsIn(capture: { stop(): Promise<string> }) {
  const fields = ['eth.src', 'ip.src', 'ipv6.src', 'vrrp.prio', 'vrrp.checksum.status', '_ws.expert']
  return dissect(await capture.stop(), ...fields).map(([mac = '', ip4, ip6, priority, checksum, expert]) => ({
    mac,
    source: ip4 || ip6 || '',
    priority: Number(priority),
    sound: checksum === '1' && expert === '',
  }))
}

describe('use_vmac beside keepalived, with no bus', { skip: UNABLE, concurrency: 6, timeout: 120_000 }, () => {
  test('M4: after a crash, a restart and a stop, one hardware address answers, and it is the virtual one', async (t) =>
    on(V3, async (stage) => {
      const first = stage.ours(150)
      await first.until('BecameMaster', START_MS)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      const before = stage.device()
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      assert.equal(stage.setting('net.ipv4.conf.eth0.arp_ignore'), '1')
      const peer = stage.keepalived(100)
      await peer.until(/Entering BACKUP STATE/, TAKEOVER_MS)

      await first.end('SIGKILL')
      t.diagnostic(
        `keepalived took over ${Math.round(await peer.until(/Entering MASTER/, TAKEOVER_MS))} ms after kill -9`,
      )
      await stage.until('our lease ends', () => !stage.holds(), TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[4]])

      let from = peer.log().length
      const second = stage.ours(150)
      await second.until('BecameMaster', START_MS)
      await peer.until(/Entering BACKUP/, TAKEOVER_MS, from)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      assert.equal(stage.device(), before, 'the device of the run before was not kept')
      assert.ok(!second.events().some((event) => event.startsWith('Device')))
      assert.deepEqual(await stage.answers(), [VMAC[4]])

      from = peer.log().length
      const stopping = second.end('SIGTERM')
      t.diagnostic(`and ${Math.round(await peer.until(/Entering MASTER/, TAKEOVER_MS, from))} ms after a stop`)
      await stopping
      assert.deepEqual([stage.device(), stage.setting('net.ipv4.conf.eth0.arp_ignore')], ['', '0'])
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      assert.deepEqual(complaints(peer.log()), [])
    }))

  test('M5: a backup answers nobody, also after its interface went down and up; M6: and takes nothing in', async () =>
    on({ name: 'v2', version: 2, family: 4, interval: 1 }, async (stage) => {
      const route = forwardingThrough(stage)
      const peer = stage.keepalived(150)
      await peer.until(/Entering MASTER/, 8_000)
      const ours = stage.ours(50)
      await ours.until('BecameBackup', START_MS)
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      assert.deepEqual([route.carries(), /state DOWN/.test(stage.device())], [false, true])
      stage.run(stage.nodes.ours, 'ip', 'link', 'set', 'eth0', 'down')
      await ours.until('BecameFault link-down', TAKEOVER_MS)
      stage.run(stage.nodes.ours, 'ip', 'link', 'set', 'eth0', 'up')
      await ours.until('BecameBackup fault-cleared', TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      assert.equal(route.carries(), false)

      stage.cable('down')
      await ours.until('BecameMaster', 8_000)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      assert.equal(route.carries(), true)
      assert.deepEqual(complaints(peer.log()), [])
    }))

  test('M3: adverts over IPv6 come from the virtual hardware address, both ways; M7: no address is derived from it', async () =>
    on({ name: 'v6', version: 3, family: 6, interval: 0.2 }, async (stage) => {
      const capture = await stage.capture()
      const ours = stage.ours(50)
      await ours.until('BecameMaster', START_MS)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[6]])
      const addresses = stage.run(stage.nodes.ours, 'ip', '-6', '-o', 'addr', 'show', 'dev', 'vrrp.51')
      assert.deepEqual(addresses.match(/inet6 [^ ]+/g)?.sort(), ['inet6 2001:db8::100/64', 'inet6 fe80::100/64'])

      const from = ours.events().length
      const peer = stage.keepalived(150)
      await ours.until('BecameBackup higher-priority', START_MS, from)
      await stage.until('we let go', () => !stage.holds(), TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[6]])
      await stage.until('the device is off', () => /state DOWN/.test(stage.device()), TAKEOVER_MS)

      const again = ours.events().length
      stage.cable('down')
      await ours.until('BecameMaster silence', TAKEOVER_MS, again)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[6]])
      await ours.end('SIGTERM')
      const adverts = await advertsIn(capture)
      assert.deepEqual(new Set(adverts.map(({ mac, sound }) => `${mac} ${sound}`)), new Set([`${VMAC[6]} true`]))
      assert.deepEqual(new Set(adverts.map(({ priority }) => priority)), new Set([50, 150, 0]))
      assert.deepEqual(complaints(peer.log()), [])
    }))

  test('a reload that brings use_vmac, or takes it away, moves the addresses and nothing else', async () =>
    on({ ...V3, name: 'reload' }, async (stage) => {
      const ours = stage.ours(150, { device: '' })
      await ours.until('BecameMaster', START_MS)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      const [physical = ''] = await stage.answers()
      assert.match(physical, PHYSICAL)
      const from = ours.events().length
      ours.reload(150, {})
      await ours.until('DeviceAdded', TAKEOVER_MS, from)
      await stage.until('the device is on', () => /[<,]UP/.test(stage.device()), TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [VMAC[4]])
      ours.reload(150, { device: '' })
      await ours.until('DeviceRemoved', TAKEOVER_MS, from)
      await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
      assert.deepEqual(await stage.answers(), [physical])
      const roles = ours
        .events()
        .slice(from)
        .filter((event) => event.startsWith('Became'))
      assert.deepEqual(roles, [])
    }))

  test('vmac_xmit_base: adverts come from the interface, and the addresses have the virtual hardware address', async () =>
    on({ ...V3, name: 'base', lines: () => 'vmac_xmit_base' }, async (stage) => handedOver(stage)))

  test('with unicast peers adverts come from the interface, and the addresses have the virtual hardware address', async () => {
    const lines = (node: 'ours' | 'theirs') => {
      const [own, other] = node === 'ours' ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.2', '192.0.2.1']
      return `vmac_xmit_base\n unicast_src_ip ${own}\n unicast_peer {\n ${other}\n }`
    }
    await on({ ...V3, name: 'uni', lines }, async (stage) => handedOver(stage))
  })
})

/** Mastership goes to keepalived by our stop, with adverts from the hardware address of the interface. */
async function handedOver(stage: VmacStage): Promise<void> {
  const capture = await stage.lan.capture(stage.nodes.theirs)
  const ours = stage.ours(150)
  await ours.until('BecameMaster', START_MS)
  const peer = stage.keepalived(100)
  await peer.until(/Entering BACKUP STATE/, TAKEOVER_MS)
  await stage.until('we hold the address', stage.holds, TAKEOVER_MS)
  assert.deepEqual(await stage.answers(), [VMAC[4]])
  const stopping = ours.end('SIGTERM')
  await peer.until(/Entering MASTER/, TAKEOVER_MS)
  await stopping
  assert.deepEqual(await stage.answers(), [VMAC[4]])
  const adverts = (await advertsIn(capture)).filter(({ source }) => source === '192.0.2.1')
  assert.ok(adverts.length > 3 && adverts.at(-1)?.priority === 0, JSON.stringify(adverts.slice(-3)))
  for (const { mac } of adverts) assert.match(mac, PHYSICAL)
  assert.deepEqual(complaints(peer.log()), [])
}

/** Our node as a router to 10.9.0.0/24, and the client sending there by the virtual hardware address. */
function forwardingThrough({ run, nodes, lan }: VmacStage) {
  const router = (...command: string[]) => run(nodes.ours, ...command)
  const client = (...command: string[]) => run(nodes.client, ...command)
  router('sysctl', '-qw', 'net.ipv4.ip_forward=1')
  router('ip', 'link', 'add', 'eth9', 'type', 'veth', 'peer', 'name', 'eth8')
  for (const device of ['eth8', 'eth9']) router('ip', 'link', 'set', device, 'up')
  router('ip', 'addr', 'add', '10.9.0.1/24', 'dev', 'eth9')
  router('ip', 'neigh', 'add', '10.9.0.2', 'lladdr', '02:00:00:00:09:02', 'dev', 'eth9')
  client('ip', 'route', 'add', '10.9.0.0/24', 'via', '192.0.2.99', 'dev', 'eth0')
  client('ip', 'neigh', 'add', '192.0.2.99', 'lladdr', VMAC[4], 'dev', 'eth0')
  // Whoever is master: the switch sends it to us.
  lan.run(lan.bridge, 'bridge', 'fdb', 'replace', VMAC[4], 'dev', 'p1', 'master', 'static', 'sticky')
  const forwarded = () => Number(router('nstat', '-asz', 'IpForwDatagrams').match(/IpForwDatagrams +(\d+)/)?.[1])
  return {
    /** Whether a packet gets through. */
    carries(): boolean {
      const before = forwarded()
      try {
        client('ping', '-c', '1', '-W', '0.3', '10.9.0.2')
      } catch {
        // Nobody answers there.
      }
      return forwarded() > before
    },
  }
}
