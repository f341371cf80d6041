import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sleep } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

// Priority 100, one second.
const DOWN = 3_609
const SLACK = 500

function types(ours: Ours): string[] {
  return ours.events.map(({ event }) => event.type)
}

describe('two routers of ours on one bridge, with no bus', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })

  function pair(name: string): { lan: Segment; a: string; b: string } {
    const lan = segment(name)
    lans.push(lan)
    return { lan, a: lan.router('a', 1), b: lan.router('b', 128) }
  }

  test('S16: of two that start together with equal priority exactly one is master, for good', async () => {
    const { lan, a, b } = pair('vp-equal')
    const one = lan.ours(a)
    const other = lan.ours(b)
    await Promise.race([one.until('BecameMaster', DOWN + 3_000), other.until('BecameMaster', DOWN + 3_000)])
    // Whoever was first: after one more master-down interval there is one master, and it stays so.
    await sleep(DOWN)
    const before = [types(one), types(other)]
    assert.deepEqual([lan.holdsVip(a), lan.holdsVip(b)].filter(Boolean).length, 1)
    await sleep(2_500)
    assert.deepEqual([types(one), types(other)], before)
  })

  test('a partition makes two masters, and its end leaves the one of higher priority', async () => {
    const { lan, a, b } = pair('vp-split')
    const one = lan.ours(a, { priority: 150 })
    await one.until('BecameMaster', 7_000)
    const other = lan.ours(b)
    await other.until('BecameBackup', 3_000)
    for (const namespace of [a, b]) {
      lan.run(namespace, 'nft', 'add table inet split')
      lan.run(namespace, 'nft', 'add chain inet split in { type filter hook input priority 0 ; }')
      lan.run(namespace, 'nft', 'add rule inet split in ip protocol 112 drop')
    }
    await other.until('BecameMaster', DOWN + 1_500)
    await sleep(500)
    assert.deepEqual([lan.holdsVip(a), lan.holdsVip(b)], [true, true])
    const healed = performance.now()
    for (const namespace of [a, b]) lan.run(namespace, 'nft', 'delete table inet split')
    const { at, event } = await other.until('BecameBackup', 1_500, healed)
    assert.ok(event.type === 'BecameBackup')
    assert.deepEqual([event.reason, event.master], ['higher-priority', { address: '192.0.2.1', priority: 150 }])
    assert.ok(at - healed < 1_000 + SLACK)
    await sleep(200)
    assert.deepEqual([lan.holdsVip(a), lan.holdsVip(b)], [true, false])
    assert.deepEqual(types(one).slice(0, 2), ['BecameBackup', 'BecameMaster'])
  })

  test('T14: a backup that was frozen hears what lay unread before it moves', async () => {
    const { lan, a, b } = pair('vp-unread')
    const one = lan.ours(a, { priority: 150 })
    await one.until('BecameMaster', 7_000)
    const other = lan.ours(b)
    await other.until('BecameBackup', 3_000)
    await sleep(1_200)
    other.signal('SIGSTOP')
    await sleep(DOWN + 1_500)
    other.signal('SIGCONT')
    await sleep(1_000)
    assert.deepEqual([types(one), types(other)], [['BecameBackup', 'BecameMaster'], ['BecameBackup']])
  })

  test('the backup takes over within three intervals and its skew when the master is cut off', async (t) => {
    const { lan, a, b } = pair('vp-crash')
    const one = lan.ours(a, { priority: 150 })
    await one.until('BecameMaster', 7_000)
    const other = lan.ours(b)
    await other.until('BecameBackup', 3_000)
    await sleep(1_500)
    const crashed = performance.now()
    one.signal('SIGKILL')
    lan.run(a, 'ip', 'link', 'set', 'eth0', 'down')
    const { at, event } = await other.until('BecameMaster', DOWN + SLACK)
    assert.ok(event.type === 'BecameMaster' && event.reason === 'silence')
    assert.ok((event.silentMs ?? 0) - DOWN < 150, `silent for ${event.silentMs} ms`)
    t.diagnostic(`master ${Math.round(at - crashed)} ms after the crash, ${event.silentMs} ms after the last advert`)
  })

  test('an interface that is made anew is used again, with root long given up', async () => {
    const { lan, a } = pair('vp-anew')
    const ours = lan.ours(a)
    await ours.until('BecameMaster', 7_000)
    assert.match(lan.run(a, 'cat', `/proc/${ours.pid}/status`), /^Uid:\t65534\t65534\t65534\t65534$/m)
    lan.run(a, 'ip', 'link', 'del', 'eth0')
    await ours.until('BecameFault', 1_000)
    lan.run(a, 'ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far')
    lan.run(a, 'ip', 'link', 'set', 'far', 'up')
    lan.run(a, 'ip', 'link', 'set', 'eth0', 'up')
    const back = performance.now()
    lan.run(a, 'ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0')
    await ours.until('BecameMaster', DOWN + 1_500, back)
    await sleep(1_500)
    const faults = types(ours).filter((type) => type === 'BecameFault').length
    assert.deepEqual([types(ours).at(-1), faults, lan.holdsVip(a)], ['BecameMaster', 1, true])
  })

  test('N13: a link that goes down and up all the time is one FAULT a wait, and the node is master again after it', async (t) => {
    const { lan, a, b } = pair('vp-flap')
    const fast = { version: 3, advertIntervalMs: 300, leaseMs: 2_000 } as const
    const ours = lan.ours(a, { ...fast, priority: 150, flapDamping: { masterships: 6, windowMs: 300_000 } })
    await ours.until('BecameMaster', 7_000)
    const other = lan.ours(b, { ...fast, flapDamping: null })
    await other.until('BecameBackup', 7_000)
    const began = performance.now()
    let flaps = 0
    while (performance.now() < began + 3_000) {
      lan.run(a, 'ip', 'link', 'set', 'eth0', 'down')
      await sleep(20)
      lan.run(a, 'ip', 'link', 'set', 'eth0', 'up')
      await sleep(25)
      flaps += 1
    }
    const ended = performance.now()
    const faults = types(ours).filter((type) => type === 'BecameFault').length
    t.diagnostic(`${flaps} flaps in ${Math.round(ended - began)} ms: ${faults} times in FAULT`)
    // The first way back is free, and each further one waits a second at least.
    assert.ok(faults <= 2 + (ended - began) / 1_000 && faults < flaps, `${faults} times in FAULT with ${flaps} flaps`)
    assert.equal(lan.holdsVip(b), true)
    await ours.until('BecameMaster', 10_000, ended)
  })
})
