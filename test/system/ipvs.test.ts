import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, afterEach, before, describe, test } from 'node:test'
import { virtualServer } from '../ipvs/settings.ts'
import {
  type Adverts,
  type Director,
  director,
  directorConfig,
  GRANULARITY_MS,
  INTERVAL_MS,
  LEASE_MS,
  RESTART_LEASE_MS,
  type RunningIpvs,
  sleep,
  UNABLE,
  VIP,
  type Watched,
} from './ipvs-director.ts'

const GONE = `Deleted`
const LIMIT_MS = LEASE_MS + GRANULARITY_MS
/** Starting node and loading the code, on a busy machine. */
const START_MS = 10_000

const is = (type: string) => (event: { type: string }) => event.type === type
const vipGone = (line: string) => line.includes(GONE) && line.includes(VIP)
const vipThere = (line: string) => !line.includes(GONE) && line.includes(VIP)

describe('VIPs in a real kernel, without a bus', { skip: UNABLE }, () => {
  let node: Director
  let adverts: Adverts
  let kernel: Watched<string>
  let ipvs: RunningIpvs

  before(async () => {
    node = director('ipvs')
    adverts = await node.adverts()
    kernel = await node.monitor()
  })
  afterEach(async () => {
    adverts.say('stop')
    ipvs.signal('SIGCONT')
    await ipvs.end()
    assert.equal(node.holdsVip(), false, 'a stopped ipvs leaves no VIP')
  })
  after(() => node.remove())

  /** ipvs runs, adverts leave, the VIP is there. */
  async function serving(leaseMs = LEASE_MS): Promise<void> {
    const since = performance.now()
    adverts.say(`start ${INTERVAL_MS}`)
    ipvs = node.ipvs(directorConfig({}, leaseMs))
    await kernel.until(vipThere, START_MS, since)
    await ipvs.until(is('AddressesAdded'), 1_000)
  }

  function lastAdvertAt(): number {
    return adverts.lines.filter(({ content }) => content === 'sent 150').at(-1)?.at ?? 0
  }

  test('own adverts bring the VIP with a lease, and keep it', async () => {
    await serving()
    const added = await ipvs.until(is('AddressesAdded'), 0)
    assert.equal(added.content.trigger, 'advert')
    assert.equal(added.content.announced, 5)
    const since = performance.now()
    await sleep(2 * LEASE_MS)
    const lines = kernel.lines.filter(({ at, content }) => at >= since && content.includes(VIP))
    assert.ok(lines.length >= 7, `refreshed with each advert: ${lines.length} times`)
    assert.ok(lines.every(({ content }) => /valid_lft 2sec/.test(content) && !content.includes(GONE)))
  })

  test('it does so without root, with two capabilities', async () => {
    await serving()
    const status = readFileSync(`/proc/${ipvs.pid}/status`, 'utf8')
    assert.match(status, /^Uid:\t65534\t65534\t65534/m)
    // CAP_NET_ADMIN 12, CAP_NET_RAW 13.
    assert.match(status, /^CapEff:\t0*3000$/m)
  })

  test('when the adverts stop, the lease runs out in time, and that is told', async (t) => {
    await serving()
    await sleep(INTERVAL_MS)
    adverts.say('stop')
    const last = lastAdvertAt()
    const gone = await kernel.until(vipGone, LIMIT_MS + 500, last)
    t.diagnostic(`gone after ${Math.round(gone.at - last)} ms of a lease of ${LEASE_MS}`)
    assert.ok(gone.at - last <= LIMIT_MS, `gone ${gone.at - last} ms after the last advert`)
    const lost = await ipvs.until(is('AddressesLost'), 500)
    assert.equal(lost.content.reason, 'lease-expired')
  })

  test('our own resignation removes it at once', async () => {
    await serving()
    const since = performance.now()
    adverts.say('resign')
    const gone = await kernel.until(vipGone, 500, since)
    assert.ok(gone.at - since < 200, `gone after ${gone.at - since} ms`)
    assert.equal((await ipvs.until(is('AddressesRemoved'), 500)).content.reason, 'resigned')
  })

  test('stopped alone, it loses the VIP in time, and does not take it back when continued', async (t) => {
    await serving()
    const last = performance.now()
    ipvs.signal('SIGSTOP')
    const gone = await kernel.until(vipGone, LIMIT_MS + 500, last)
    t.diagnostic(`gone after ${Math.round(gone.at - last)} ms of a lease of ${LEASE_MS}`)
    assert.ok(gone.at - last <= LIMIT_MS, `gone ${gone.at - last} ms after the stop`)
    // vrrp sees the loss and resigns; its adverts up to now lie unread.
    adverts.say('stop')
    await sleep(300)
    const continued = performance.now()
    ipvs.signal('SIGCONT')
    await ipvs.until(is('AddressesLost'), 1_000)
    await sleep(1_500)
    assert.deepEqual(
      kernel.lines.filter(({ at, content }) => at >= continued && content.includes(VIP)),
      [],
    )
  })

  test('after such a loss, adverts that go on bring it back', async () => {
    await serving()
    ipvs.signal('SIGSTOP')
    await kernel.until(vipGone, LIMIT_MS + 500, performance.now())
    const continued = performance.now()
    ipvs.signal('SIGCONT')
    await kernel.until(vipThere, 2 * INTERVAL_MS + 1_000, continued)
  })

  test('killed and restarted, it keeps the VIP without a gap and without a write of its own', async () => {
    await serving(RESTART_LEASE_MS)
    const since = performance.now()
    await ipvs.end('SIGKILL')
    ipvs = node.ipvs(directorConfig({}, RESTART_LEASE_MS))
    await ipvs.until(is('AddressesKept'), START_MS)
    await sleep(RESTART_LEASE_MS + GRANULARITY_MS)
    assert.equal(kernel.lines.filter(({ at, content }) => at >= since && vipGone(content)).length, 0)
    assert.equal(node.holdsVip(), true)
    assert.deepEqual(
      ipvs.lines.map(({ content }) => content.type),
      ['AddressesKept'],
    )
  })

  test('N14: a VIP that somebody removes is back within 100 ms, and that is told', async (t) => {
    await serving()
    const since = performance.now()
    node.run('ip', 'addr', 'del', `${VIP}/32`, 'dev', 'eth0')
    const gone = await kernel.until(vipGone, 500, since)
    const back = await kernel.until(vipThere, 500, gone.at)
    t.diagnostic(`back after ${(back.at - gone.at).toFixed(1)} ms`)
    assert.ok(back.at - gone.at < 100, `back after ${back.at - gone.at} ms`)
    const lost = await ipvs.until(is('AddressesLost'), 500, since)
    assert.equal(lost.content.reason, 'removed-by-another')
    const added = await ipvs.until(is('AddressesAdded'), 500, since)
    assert.equal(added.content.trigger, 'repair')
    adverts.say('resign')
    await kernel.until(vipGone, 500, back.at)
  })

  test('a VIP that a killed keepalived left gets a lease when we are master, and goes when not', async () => {
    node.run('ip', 'addr', 'add', `${VIP}/32`, 'dev', 'eth0')
    const since = performance.now()
    adverts.say(`start ${INTERVAL_MS}`)
    ipvs = node.ipvs()
    await kernel.until((line) => vipThere(line) && /valid_lft 2sec/.test(line), START_MS, since)
    await ipvs.end('SIGTERM')
    adverts.say('stop')
    node.run('ip', 'addr', 'add', `${VIP}/32`, 'dev', 'eth0')
    ipvs = node.ipvs()
    const removed = await ipvs.until(is('AddressesRemoved'), START_MS)
    assert.equal(removed.content.reason, 'left-over')
    assert.equal(node.holdsVip(), false)
  })

  test('with a virtual server and no IP_VS in the kernel, the VIP works and one event says what to do', async (t) => {
    adverts.say(`start ${INTERVAL_MS}`)
    const since = performance.now()
    ipvs = node.ipvs(directorConfig({ virtualServers: [virtualServer({ address: VIP })] }))
    await kernel.until(vipThere, START_MS, since)
    await sleep(1_500)
    const refused = ipvs.lines.map(({ content }) => content).filter(is('KernelRefused'))
    if (refused.length === 0 && ipvs.lines.some(({ content }) => is('VirtualServerProgrammed')(content)))
      return t.skip('this kernel has IP_VS')
    assert.equal(refused.length, 1)
    assert.match(String(refused[0]?.message), /modprobe ip_vs/)
  })
})
