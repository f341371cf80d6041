import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { dissect, type Keepalived, sleep, VIP } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

// Priorities 150 (ours) and 100 (keepalived), one second: master-down interval and skew of each, milliseconds.
const OUR_DOWN = 3_414
const OUR_SKEW = 414
const PEER_SKEW = 609
/** What two loaded cores may add. */
const SLACK = 500

const COMPLAINTS = /bogus|mismatch|discard|invalid|checksum|wrong|incorrect|drop|error/i

function noComplaint(peer: Keepalived): void {
  // It says this whenever it is about to preempt: news, not a complaint.
  const lines = peer
    .log()
    .replaceAll(/^.*received lower priority.*$/gm, '')
    .split('\n')
  assert.deepEqual(
    lines.filter((line) => COMPLAINTS.test(line)),
    [],
  )
}

interface Pair {
  lan: Segment
  a: string
  b: string
}

describe('against keepalived, with no bus', { skip: UNABLE, concurrency: 4 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })

  function pair(name: string): Pair {
    const lan = segment(name)
    lans.push(lan)
    return { lan, a: lan.router('a', 1), b: lan.router('b', 2) }
  }

  /** Ours is master with priority 150, keepalived is its backup. */
  async function ourMastership({ lan, a, b }: Pair): Promise<{ ours: Ours; peer: Keepalived }> {
    const ours = lan.ours(a, { priority: 150 })
    await ours.until('BecameMaster', OUR_DOWN + 3_000)
    const peer = lan.keepalived(b, { priority: 100 })
    await peer.until(/Entering BACKUP STATE \(init\)/, 2_000)
    await sleep(1_200)
    return { ours, peer }
  }

  test('T16: a higher priority of ours takes over from keepalived when its timer ends', async (t) => {
    const { lan, a, b } = pair('vi-prio')
    const peer = lan.keepalived(b, { priority: 100 })
    await peer.until(/Entering MASTER/, 6_000)
    const ours = lan.ours(a, { priority: 150 })
    const start = await ours.until('BecameBackup', 3_000)
    const { at, event } = await ours.until('BecameMaster', OUR_DOWN + 1_000)
    assert.ok(event.type === 'BecameMaster')
    assert.equal(event.reason, 'preemption')
    assert.deepEqual(event.previousMaster, { address: '192.0.2.2', priority: 100 })
    t.diagnostic(`took over ${Math.round(at - start.at)} ms after its start as backup`)
    assert.ok(Math.abs(at - start.at - OUR_DOWN) < SLACK, `took over after ${at - start.at} ms`)
    await peer.until(/Entering BACKUP STATE$/m, 1_000)
    await sleep(300)
    assert.deepEqual([lan.holdsVip(a), lan.holdsVip(b)], [true, false])
    noComplaint(peer)
  })

  test('S12: a stopped router of ours hands over within the skew of keepalived', async (t) => {
    const two = pair('vi-stop')
    const { ours, peer } = await ourMastership(two)
    const from = performance.now()
    const ending = ours.end('SIGTERM')
    const took = (await peer.until(/Entering MASTER/, 2_000)) - from
    t.diagnostic(`keepalived is master ${Math.round(took)} ms after SIGTERM`)
    await ending
    assert.ok(took < PEER_SKEW + SLACK, `keepalived took ${took} ms`)
    assert.deepEqual(ours.events.at(-1)?.event, {
      type: 'InstanceStopped',
      instance: 'VI_1',
      priority: 150,
      wasMaster: true,
    })
    await sleep(200)
    assert.deepEqual([two.lan.holdsVip(two.a), two.lan.holdsVip(two.b)], [false, true])
    noComplaint(peer)
  })

  test('T16: a stopped keepalived hands over to us within our skew, with a password too', async (t) => {
    const { lan, a, b } = pair('vi-pass')
    const peer = lan.keepalived(b, { priority: 200, password: '1111' })
    const ours = lan.ours(a, { priority: 150, authentication: { type: 'pass', password: '1111' } })
    await peer.until(/Entering MASTER/, 6_000)
    await sleep(1_500)
    assert.deepEqual(
      ours.events.map(({ event }) => event.type),
      ['BecameBackup'],
    )
    const from = performance.now()
    const ending = peer.end('SIGTERM')
    const { at, event } = await ours.until('BecameMaster', 2_000)
    assert.ok(event.type === 'BecameMaster')
    assert.equal(event.reason, 'resignation')
    t.diagnostic(`master ${Math.round(at - from)} ms after SIGTERM to keepalived`)
    assert.ok(at - from > OUR_SKEW && at - from < OUR_SKEW + SLACK, `we took ${at - from} ms`)
    await ending
    noComplaint(peer)
  })

  test('A1 A2 A3 A6 A10 A13: our adverts are dissected without a warning and look as they must', async () => {
    const two = pair('vi-wire')
    const capture = await two.lan.capture(two.b)
    const { ours, peer } = await ourMastership(two)
    await sleep(1_500)
    await ours.end('SIGTERM')
    await sleep(200)
    const file = await capture.stop()
    const fields = ['ip.src', 'ip.dst', 'ip.proto', 'ip.ttl', 'ip.dsfield', 'vrrp.prio', 'vrrp.ip_addr']
    const ours_ = dissect(file, ...fields, 'vrrp.checksum.status', '_ws.expert').filter(([src]) => src === '192.0.2.1')
    assert.ok(ours_.length >= 4)
    const rest = ['224.0.0.18', '112', '255', '0xc0']
    for (const [src, dst, proto, ttl, tos, , vip, sum, expert] of ours_) {
      assert.deepEqual([src, dst, proto, ttl, tos], ['192.0.2.1', ...rest])
      assert.deepEqual([vip, sum, expert], [VIP, '1', ''])
    }
    assert.deepEqual(new Set(ours_.slice(0, -1).map(([, , , , , priority]) => priority)), new Set(['150']))
    assert.equal(ours_.at(-1)?.[5], '0')
    // Our own adverts do not come back to us: they would have been rejected with an event.
    assert.equal(ours.events.filter(({ event }) => event.type === 'AdvertRejected').length, 0)
    noComplaint(peer)
  })

  test('a killed and restarted router of ours goes on as master, and keepalived notices nothing', async (t) => {
    const two = pair('vi-kill')
    const { ours, peer } = await ourMastership(two)
    const before = peer.log()
    await ours.end('SIGKILL')
    const from = performance.now()
    const again = two.lan.ours(two.a, { priority: 150 })
    const { at, event } = await again.until('MastershipResumed', 2_500)
    t.diagnostic(`resumed ${Math.round(at - from)} ms after its start`)
    assert.ok(event.type === 'MastershipResumed' && event.leaseLeftMs > 0)
    await sleep(4_000)
    assert.equal(peer.log(), before)
    assert.deepEqual(
      again.events.map(({ event: { type } }) => type),
      ['MastershipResumed'],
    )
    assert.equal(two.lan.holdsVip(two.a), true)
  })

  test('K7: a frozen router of ours says nothing more once keepalived has taken over', async () => {
    const two = pair('vi-freeze')
    const { ours, peer } = await ourMastership(two)
    const capture = await two.lan.capture(two.b)
    ours.signal('SIGSTOP')
    await peer.until(/Entering MASTER/, 5_000)
    await sleep(500)
    const before = ours.events.length
    const woken = performance.now()
    ours.signal('SIGCONT')
    const { event } = await ours.until('BecameBackup', 1_000, woken)
    assert.ok(event.type === 'BecameBackup')
    assert.equal(event.reason, 'stalled')
    await sleep(1_000)
    const packets = dissect(await capture.stop(), 'ip.src').map(([src]) => src)
    const takeover = packets.indexOf('192.0.2.2')
    assert.ok(takeover >= 0)
    assert.equal(packets.slice(takeover).includes('192.0.2.1'), false)
    assert.equal(ours.events.length, before + 1)
  })

  test('a router of ours whose addresses expire resigns, and leaves them to keepalived', async (t) => {
    const two = pair('vi-lease')
    const { ours, peer } = await ourMastership(two)
    const from = performance.now()
    ours.loseIpvs()
    const { event } = await ours.until('BecameBackup', 3_000 + 1_250 + SLACK, from)
    assert.ok(event.type === 'BecameBackup')
    assert.equal(event.reason, 'address-lost')
    assert.equal(event.detail, `not in the kernel: ${VIP}`)
    const took = (await peer.until(/Entering MASTER/, PEER_SKEW + SLACK)) - from
    t.diagnostic(`keepalived is master ${Math.round(took)} ms after the last refresh of a lease of 3 s`)
    assert.ok(took < 3_000 + 1_250 + PEER_SKEW + SLACK, `keepalived took ${took} ms`)
    // Our priority is higher, but nobody has told us that the addresses would be added now.
    await sleep(OUR_DOWN + 1_500)
    assert.equal(ours.events.at(-1)?.event, event)
    assert.deepEqual([two.lan.holdsVip(two.a), two.lan.holdsVip(two.b)], [false, true])
  })

  test('S29: keepalived waits a whole master-down interval with state MASTER, too', async (t) => {
    const { lan, b } = pair('vi-state')
    const peer = lan.keepalived(b, { priority: 100, state: 'MASTER' })
    const from = await peer.until(/Entering BACKUP STATE \(init\)/, 2_000)
    const took = (await peer.until(/Entering MASTER/, 5_000)) - from
    t.diagnostic(`keepalived waited ${Math.round(took)} ms`)
    assert.ok(Math.abs(took - 3_609) < SLACK, `took ${took} ms`)
  })

  test('K1: version 3: both understand each other in both directions', async () => {
    const { lan, a, b } = pair('vi-v3')
    const peer = lan.keepalived(b, { priority: 100, extra: 'version 3' })
    await peer.until(/Entering MASTER/, 6_000)
    const capture = await lan.capture(b)
    const ours = lan.ours(a, { priority: 150, version: 3 })
    await ours.until('BecameMaster', OUR_DOWN + 3_000)
    await peer.until(/Entering BACKUP STATE$/m, 1_000)
    await sleep(1_200)
    const ending = ours.end('SIGTERM')
    await peer.until(/Entering MASTER/, 1_100, peer.log().length)
    await ending
    const packets = dissect(await capture.stop(), 'ip.src', 'vrrp.version', 'vrrp.checksum.status', '_ws.expert')
    const sent = packets.filter(([src]) => src === '192.0.2.1')
    assert.ok(sent.length >= 3)
    assert.deepEqual(new Set(sent.map(([, ...rest]) => rest.join(' '))), new Set(['3 1 ']))
    assert.equal(ours.events.filter(({ event }) => event.type === 'AdvertRejected').length, 0)
    noComplaint(peer)
  })

  test('K10: a master of ours that a rival cannot hear says so, and how long there were two', async (t) => {
    const two = pair('vi-rival')
    const { ours, peer } = await ourMastership(two)
    two.lan.run(two.b, 'nft', 'add table inet deaf')
    two.lan.run(two.b, 'nft', 'add chain inet deaf in { type filter hook input priority 0 ; }')
    two.lan.run(two.b, 'nft', 'add rule inet deaf in ip protocol 112 drop')
    const { at: first, event: heard } = await ours.until('RivalHeard', 5_000)
    assert.deepEqual(heard, { type: 'RivalHeard', instance: 'VI_1', rival: { address: '192.0.2.2', priority: 100 } })
    // The second advert of the other one is the alarm.
    const { event: alarm } = await ours.until('TwoMasters', 1_000 + SLACK)
    assert.ok(alarm.type === 'TwoMasters' && alarm.cause === 'one-way')
    await sleep(1_000)
    const healed = performance.now()
    two.lan.run(two.b, 'nft', 'delete table inet deaf')
    const yielded = await peer.until(/Entering BACKUP STATE$/m, 1_500)
    const { at, event: end } = await ours.until('RivalSilenced', 3_500, healed)
    assert.ok(end.type === 'RivalSilenced')
    const overlapMs = yielded - first
    t.diagnostic(
      `two masters for ${end.overlapMs} to ${end.atMostMs} ms, by keepalived's log ${Math.round(overlapMs)} ms`,
    )
    assert.ok(end.overlapMs <= overlapMs + 50 && overlapMs <= end.atMostMs + 50)
    assert.ok(at - healed < 3_000 + SLACK, `silenced after ${at - healed} ms`)
    assert.deepEqual(
      ours.events.map(({ event }) => event.type),
      ['BecameBackup', 'BecameMaster', 'RivalHeard', 'TwoMasters', 'RivalSilenced'],
    )
  })

  test('a reload with a lower priority hands over to keepalived without a resignation', async () => {
    const two = pair('vi-reload')
    const { ours, peer } = await ourMastership(two)
    const from = performance.now()
    ours.reload({ priority: 50 })
    const { event } = await ours.until('BecameBackup', 6_000, from)
    assert.ok(event.type === 'BecameBackup')
    assert.deepEqual([event.reason, event.master], ['higher-priority', { address: '192.0.2.2', priority: 100 }])
    assert.match(peer.log(), /Entering MASTER/)
    noComplaint(peer)
  })

  test('a router of ours whose interface goes down leaves the rest to keepalived, and comes back', async () => {
    const two = pair('vi-link')
    const { ours, peer } = await ourMastership(two)
    two.lan.run(two.a, 'ip', 'link', 'set', 'eth0', 'down')
    const { event } = await ours.until('BecameFault', 500)
    assert.ok(event.type === 'BecameFault')
    assert.equal(event.reason, 'link-down')
    await peer.until(/Entering MASTER/, 4_500)
    const up = performance.now()
    two.lan.run(two.a, 'ip', 'link', 'set', 'eth0', 'up')
    const back = await ours.until('BecameBackup', 1_000, up)
    assert.ok(back.event.type === 'BecameBackup' && back.event.reason === 'fault-cleared')
    const { at } = await ours.until('BecameMaster', 5_000, up)
    assert.ok(Math.abs(at - back.at - OUR_DOWN) < SLACK, `took over after ${at - back.at} ms`)
    await peer.until(/Entering BACKUP STATE$/m, 1_000)
  })
})
