/** What instances track, against a real keepalived as the other router; with no bus, and in namespaces. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Tracked, Trackers } from '#schemas/tracking.ts'
import { dissect, type Keepalived, sleep } from './vrrp-keepalived.ts'
import { type Ours, type Segment, segment, UNABLE } from './vrrp-segment.ts'

/** Version 3, three tenths of a second: the skew of 100 is 183 ms. */
const FAST = { version: 3, advertIntervalMs: 300, leaseMs: 2_000 } as const
const FAST_PEER = 'version 3\n  advert_int 0.3'
const PEER_SKEW_MS = 183
/** What two loaded cores may add. */
const SLACK_MS = 500
/** No test waits so long unless something is broken, or the machine has other things to do. */
const LONG_MS = 15_000

interface Pair {
  ours: Ours
  peer: Keepalived
  lan: Segment
  a: string
}

describe('what is tracked, against keepalived', { skip: UNABLE, concurrency: 3 }, () => {
  const lans: Segment[] = []
  const children: ChildProcess[] = []
  const folder = mkdtempSync(join(tmpdir(), `fo${process.pid}-tracking-`))
  chmodSync(folder, 0o755)
  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    for (const lan of lans) await lan.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  function script(name: string, body: string): string {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/sh\n${body}\n`)
    chmodSync(path, 0o755)
    return path
  }

  const scriptTracker = (path: string, timeoutMs = 1_000): Trackers['scripts'][number] => ({
    ...{ name: 'chk', argv: [path], opensFile: null, user: 'nobody', group: null },
    ...{ intervalMs: 100, timeoutMs, rise: 1, fall: 1, initFail: false },
  })

  /** Ours is master with priority 150 and tracks something; keepalived is its backup with 100. */
  async function pair(
    name: string,
    kind: Tracked['kind'],
    weight: number,
    watched: Partial<Trackers>,
    more = '',
  ): Promise<Pair> {
    const lan = segment(`tr-${name}`)
    lans.push(lan)
    const [a, b] = [lan.router('a', 1), lan.router('b', 2)]
    if (more !== '') {
      lan.run(a, 'ip', 'link', 'add', more, 'type', 'veth', 'peer', 'name', 'other')
      for (const device of [more, 'other']) lan.run(a, 'ip', 'link', 'set', device, 'up')
    }
    const tracked = [{ kind, name: more === '' ? 'chk' : more, weight, reverse: false }]
    const ours = lan.ours(a, { ...FAST, priority: 150, tracked }, watched)
    await ours.until('BecameMaster', LONG_MS)
    const peer = lan.keepalived(b, { priority: 100, extra: FAST_PEER })
    await peer.until(/Entering BACKUP STATE/, LONG_MS)
    await sleep(700)
    return { ours, peer, lan, a }
  }

  /** Also those that nobody has waited for yet are gone only when somebody has. */
  async function untilGone(pids: readonly string[]): Promise<void> {
    const deadline = performance.now() + LONG_MS
    const left = () => pids.filter((pid) => existsSync(`/proc/${pid}`))
    while (left().length > 0 && performance.now() < deadline) await sleep(10)
    assert.deepEqual(left(), [])
  }

  const causes = (ours: Ours) => ours.events.flatMap(({ event }) => (event.type === 'TrackerChanged' ? [event] : []))

  test('S26: when its script fails our master resigns with priority 0, and keepalived takes over within its skew', async () => {
    const proof = join(folder, 'healthy')
    writeFileSync(proof, '')
    const watched = { scripts: [scriptTracker(script('chk', `test -e ${proof}`))] }
    const { ours, peer, lan, a } = await pair('script', 'script', 0, watched)
    const capture = await lan.capture(a)
    rmSync(proof)
    const { at, event } = await ours.until('BecameFault', LONG_MS)
    const took = (await peer.until(/Entering MASTER STATE/, LONG_MS)) - at
    assert.ok(took < PEER_SKEW_MS + SLACK_MS, `keepalived took over after ${took} ms`)
    assert.equal(event.type === 'BecameFault' && event.detail, 'script chk failed: exit status 1')
    assert.equal(causes(ours)[0]?.detail, 'failed: exit status 1')
    const sent = dissect(await capture.stop(), 'ip.src', 'vrrp.prio').filter(([source]) => source === '192.0.2.1')
    assert.equal(sent.at(-1)?.[1], '0')
    writeFileSync(proof, '')
    await ours.until('BecameMaster', LONG_MS, at)
  })

  test('P6: a number in a file changes the priority in the next advert, the peer preempts, and is preempted again', async () => {
    const path = join(folder, 'number')
    writeFileSync(path, '0')
    const { ours, peer, lan, a } = await pair('file', 'file', 2, { files: [{ name: 'chk', path, init: null }] })
    const capture = await lan.capture(a)
    const before = peer.log().length
    await sleep(700)
    writeFileSync(path, '-40\n')
    const { at, event } = await ours.until('PriorityChanged', LONG_MS)
    assert.deepEqual(event.type === 'PriorityChanged' && [event.priority, event.formerly, event.role], [
      70,
      150,
      'master',
    ])
    await peer.until(/Entering MASTER STATE/, LONG_MS, before)
    await ours.until('BecameBackup', LONG_MS, at)
    const sent = dissect(await capture.stop(), 'ip.src', 'vrrp.prio').filter(([source]) => source === '192.0.2.1')
    const priorities = sent.map(([, priority]) => priority)
    assert.deepEqual([...new Set(priorities)], ['150', '70'])
    rmSync(path)
    await ours.until('BecameMaster', LONG_MS, at)
    assert.deepEqual(
      causes(ours).map(({ detail }) => detail),
      ['holds -40', 'is not there, which counts as 0'],
    )
  })

  test('S25: a tracked interface without carrier is FAULT, and its return a new beginning', async () => {
    const { ours, peer, lan, a } = await pair('carrier', 'interface', 0, {}, 'eth1')
    lan.run(a, 'ip', 'link', 'set', 'other', 'down')
    const { at, event } = await ours.until('BecameFault', LONG_MS)
    assert.equal(event.type === 'BecameFault' && event.detail, 'interface eth1 has no carrier')
    await peer.until(/Entering MASTER STATE/, LONG_MS)
    lan.run(a, 'ip', 'link', 'set', 'other', 'up')
    const back = await ours.until('BecameBackup', LONG_MS, at)
    assert.equal(back.event.type === 'BecameBackup' && back.event.reason, 'fault-cleared')
    await ours.until('BecameMaster', LONG_MS, at)
  })

  test('a process that ends costs its weight, and one that begins gives it back', async () => {
    const name = `fo${process.pid}x`
    copyFileSync('/bin/sleep', join(folder, name))
    const begin = () => children[children.push(spawn(join(folder, name), ['300'], { stdio: 'ignore' })) - 1]
    const first = begin()
    const delays = { terminateDelayMs: 0, forkDelayMs: 0 }
    const processes = [
      { name: 'chk', command: name, parameters: [], match: 'name' as const, quorum: 1, quorumMax: null, ...delays },
    ]
    const { ours, peer } = await pair('process', 'process', -80, { processes })
    const before = peer.log().length
    first?.kill('SIGKILL')
    const { at } = await ours.until('PriorityChanged', LONG_MS)
    await peer.until(/Entering MASTER STATE/, LONG_MS, before)
    begin()
    await ours.until('BecameMaster', LONG_MS, at)
    assert.equal(causes(ours)[0]?.detail, '0 run, at least 1 must')
  })

  test('a script that hangs and ignores TERM costs no advert, is bad at its timeout, and is killed with all its children', async () => {
    const pids = join(folder, 'pids')
    writeFileSync(pids, '')
    chmodSync(pids, 0o666)
    const flag = join(folder, 'hang')
    const body = `trap '' TERM\ntest -e ${flag} || exit 0\necho $$ >> ${pids}\nsleep 301 &\necho $! >> ${pids}\nwait\nsleep 302`
    const { ours, lan, a } = await pair('hang', 'script', -10, {
      scripts: [scriptTracker(script('hang.sh', body), 300)],
    })
    const capture = await lan.capture(a)
    writeFileSync(flag, '')
    const { at, event } = await ours.until('PriorityChanged', LONG_MS)
    assert.equal(event.type === 'PriorityChanged' && event.priority, 140)
    assert.equal(causes(ours)[0]?.detail, 'failed: timed out after 0.3 s')
    const hung = readFileSync(pids, 'utf8').trim().split('\n').slice(0, 2)
    rmSync(flag)
    await ours.until('PriorityChanged', LONG_MS, at + 100)
    assert.equal(hung.length, 2)
    await untilGone(hung)
    const sent = dissect(await capture.stop(), 'frame.time_epoch', 'ip.src').filter(
      ([, source]) => source === '192.0.2.1',
    )
    const times = sent.map(([time]) => Number(time) * 1_000)
    const longest = Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))
    // The peer would take over after 1.08 s.
    assert.ok(longest < 700, `${Math.round(longest)} ms without an advert`)
  })

  test('a vrrp that is killed leaves no script behind', async () => {
    const pids = join(folder, 'left')
    writeFileSync(pids, '')
    chmodSync(pids, 0o666)
    const path = script('left.sh', `echo $$ > ${pids}\nsleep 303 &\necho $! >> ${pids}\nsleep 304`)
    const lan = segment('tr-kill')
    lans.push(lan)
    const tracked = [{ kind: 'script' as const, name: 'chk', weight: 0, reverse: false }]
    const ours = lan.ours(lan.router('a', 1), { tracked }, { scripts: [scriptTracker(path, 60_000)] })
    const running = () => readFileSync(pids, 'utf8').trim().split('\n')
    while (running().length < 2) await sleep(10)
    // While its first run goes on, it waits without a word.
    assert.deepEqual(ours.events, [])
    await ours.end('SIGKILL')
    await untilGone(running())
  })
})
