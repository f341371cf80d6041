// BFD on the wire: with FRR, with keepalived, and between two of ours, whose crash it tells.
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { BfdTracker } from '#schemas/tracking.ts'
import { exampleVip } from '../configuration.ts'
import { NO_FRR, startBfdd, startKeepalivedBfd } from './bfd-speakers.ts'
import { dissect, sleep } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

/** 50 ms times 3. */
const DETECTION = 150
/** What two loaded processors may add. */
const SLACK = 500
/** Until both sides have found each other at the slow pace. */
const UP = 15_000
// Priority 100, version 2, one second.
const SKEW = 609
const DOWN = 3_609
const FAST = { fastDetection: { intervalMs: 50, multiplier: 3 } }

const session = (neighbour: string, source: string): BfdTracker => ({
  ...{ name: 'peer', neighbour, source, minRxMs: 50, minTxMs: 50, idleTxMs: 1_000, multiplier: 3 },
  ...{ passive: false, ttl: 255, leastTtl: 255, multihop: false },
})

const types = ({ events }: Ours, since = 0) => events.filter(({ at }) => at >= since).map(({ event }) => event.type)

describe('BFD with other programs', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })
  function pair(name: string): { lan: Segment; a: string; b: string } {
    const lan = segment(name)
    lans.push(lan)
    return { lan, a: lan.router('a', 1), b: lan.router('b', 2) }
  }

  for (const [name, start, lacking] of [
    ['bfdd of FRR', (b: string, folder: string) => startBfdd(b, folder, '192.0.2.1'), NO_FRR],
    ['keepalived', (b: string, folder: string) => startKeepalivedBfd(b, folder, '192.0.2.2', '192.0.2.1'), false],
  ] as const) {
    test(`a session with ${name} comes up, and each side notices the death of the other`, {
      skip: lacking,
    }, async () => {
      const { lan, a, b } = pair(`bfd-${name.slice(0, 4)}`)
      const capture = await lan.capture(a, ['udp', 'port', '3784'])
      const ours = lan.ours(a, {}, { sessions: [session('192.0.2.2', '192.0.2.1')] })
      const theirs = start(b, mkdtempSync(join(lan.folder, 'theirs-')))
      await ours.until('BfdUp', UP)
      await theirs.until('up', UP)
      // Long enough for the capture to have seen dozens.
      await sleep(1_000)
      const killed = performance.now()
      await theirs.end('SIGKILL')
      const { at, event } = await ours.until('BfdDown', DETECTION + SLACK, killed)
      assert.ok(event.type === 'BfdDown')
      assert.deepEqual([event.reason, event.session, event.neighbour], ['silence', 'peer', '192.0.2.2'])
      assert.ok(at - killed < DETECTION + SLACK, `${at - killed} ms`)
      noFault(await capture.stop())

      const again = start(b, mkdtempSync(join(lan.folder, 'again-')))
      await ours.until('BfdUp', UP, killed)
      await again.until('up', UP)
      // Until the faster pace is agreed on, silence may last as long as at the slow one.
      await sleep(300)
      await ours.end('SIGKILL')
      await again.until('down', DETECTION + SLACK)
      await again.end('SIGKILL')
    })
  }
})

/** tshark's judgement of what we sent: TTL, ports, and no complaint. */
function noFault(file: string): void {
  const fields = ['ip.src', 'ip.ttl', 'udp.dstport', 'udp.srcport', '_ws.malformed', '_ws.expert.message']
  const sent = dissect(file, ...fields).filter(([source]) => source === '192.0.2.1')
  assert.ok(sent.length > 10, `${sent.length} packets`)
  for (const [, ttl, to, from, malformed, expert] of sent) {
    assert.deepEqual([ttl, to, malformed, expert], ['255', '3784', '', ''])
    assert.ok(Number(from) >= 49_152)
  }
  assert.equal(new Set(sent.map(([, , , from]) => from)).size, 1, 'all of a session come from one port')
}

describe('fast detection between two of ours', { skip: UNABLE, concurrency: 4 }, () => {
  const lans: Segment[] = []
  after(async () => {
    for (const lan of lans) await lan.remove()
  })
  const IPV6 = {
    ...{ version: 3 as const, multicastGroup: 'ff02::12' },
    addresses: [exampleVip('2001:db8::64')],
  }

  /** A master of priority 150, and a backup that has a session with it. */
  async function pair(name: string, change = {}) {
    const lan = segment(name)
    lans.push(lan)
    const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
    const master = lan.ours(a, { ...FAST, ...change, priority: 150 })
    const backup = lan.ours(b, { ...FAST, ...change })
    // Over IPv6 its own address takes a while to be usable.
    await master.until('BecameMaster', 15_000)
    await backup.until('BfdUp', UP)
    // It has to have answered a question as well.
    await sleep(200)
    return { lan, a, master, backup }
  }

  for (const [family, change] of [
    ['IPv4', {}],
    ['IPv6', IPV6],
  ] as const) {
    test(`a machine that dies is replaced after its detection, three questions and the skew, over ${family}`, async (t) => {
      const { lan, a, master, backup } = await pair(`bfd-crash${family}`, change)
      const died = performance.now()
      lan.run(a, 'ip', 'link', 'set', 'eth0', 'down')
      await master.end('SIGKILL')
      const { at, event } = await backup.until('BecameMaster', DOWN, died)
      assert.ok(event.type === 'BecameMaster')
      t.diagnostic(`took over ${Math.round(at - died)} ms after the crash`)
      assert.equal(event.reason, 'unreachable')
      assert.ok(at - died < 2 * DETECTION + 50 + SKEW + SLACK, `${at - died} ms`)
    })
  }

  test('a master that stands still for up to half a second stays master, again and again', async () => {
    const { master, backup } = await pair('bfd-stall')
    const since = performance.now()
    for (const ms of [100, 300, 500]) {
      master.signal('SIGSTOP')
      await sleep(ms)
      master.signal('SIGCONT')
      await sleep(1_300)
    }
    backup.signal('SIGSTOP')
    await sleep(500)
    backup.signal('SIGCONT')
    await sleep(1_000)
    const changes = [...types(master, since), ...types(backup, since)].filter((type) => type.startsWith('Became'))
    assert.deepEqual(changes, [])
    assert.ok(types(backup, since).includes('BfdDown'), 'the session never fell: this proves nothing')
  })

  test('a failoverd that is frozen for good is replaced by its silence, as without fast detection', async () => {
    const { master, backup } = await pair('bfd-frozen')
    const frozen = performance.now()
    master.signal('SIGSTOP')
    const { at, event } = await backup.until('BecameMaster', DOWN + SLACK, frozen)
    assert.ok(event.type === 'BecameMaster')
    assert.equal(event.reason, 'silence')
    assert.ok(at - frozen > 2_000, 'before the lease has begun to run out')
  })
})
