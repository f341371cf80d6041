import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { verifyChain } from '#platform/chain.ts'
import { findBusServer } from '../../cli/failoverd/bus-program.ts'
import { longestShared } from '../../cli/lab/holders.ts'
import type { NodeEvent, NodeName } from './node-daemon.ts'
import {
  MARGIN_MS,
  MASTER_DOWN_MS,
  type NodeStage,
  openNodeStage,
  SHARED_MS,
  START_MS,
  SUITE_MS,
  UNABLE,
} from './node-stage.ts'
import { until } from './node-until.ts'

/** How long the bus stays away. */
const AWAY_ADVERTS = 60
/** Pauses between attempts grow to 2 s for the server and as much for its clients; then the ladder may take a step. */
const RETURN_MS = 30_000
/** Room for the log, the compile cache and then some: more than what the supervisor calls enough. */
/** Restarts whose events need more than a block of the disk. */
const ROUNDS = 6
const DISK = '64m'
const NODES: readonly NodeName[] = ['vos1', 'vos2']

describe('without a bus', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage
  let gate: Gate

  beforeEach(async () => {
    stage = await openNodeStage()
    gate = busGate()
  })
  afterEach(async () => {
    await stage.close()
    gate.remove()
  })

  test('for a minute, nothing fails over, a crash does as ever, and nothing of that time is lost', async () => {
    await stage.startBoth(gate.extra)
    const holdings = stage.holdings()
    gate.shut()
    const since = Date.now()
    for (const name of NODES) stage.node(name).signal('nats-server', 'SIGKILL')
    await stage.advertsSince('vos1', since, 3)
    await stage.web.run(['ip', 'link', 'set', 'eth0', 'down'])
    await stage.advertsSince('vos1', since, 10)
    await stage.web.run(['ip', 'link', 'set', 'eth0', 'up'])
    await stage.advertsSince('vos1', since, AWAY_ADVERTS)
    for (const name of NODES) assert.equal(stage.node(name).pids()['nats-server'], undefined, 'it was kept away')
    assert.deepEqual(stage.holdings(), holdings, 'no failover')
    const gap = stage.gap(since)
    assert.ok(gap < MARGIN_MS, `the client saw ${gap} ms`)

    const takeover = await crashMaster()
    console.log(`nats-server away for a minute: gap ${gap} ms; crash of the master then: ${takeover} ms`)

    gate.open()
    const log = await backWithAll('vos2', since)
    assert.equal(typesOf(log, 0, 'supervisor')[0], 'NodeStarted', 'it is the log from before')
    assert.deepEqual(rolesOf(log, since), ['BecameMaster'])
    assert.deepEqual(typesOf(log, since, 'ipvs'), ['AddressesAdded'])
    assert.deepEqual(typesOf(log, since, 'checker'), ['RealServerDown', 'RealServerUp'])

    await stage.powerOn('vos1')
    stage.node('vos1').start(gate.extra)
    await stage.servedBy('vos1', START_MS)
    const other = await backWithAll('vos1', since)
    assert.deepEqual(
      typesOf(other, since, 'checker'),
      ['RealServerDown', 'RealServerUp'],
      'from the disk of the crashed',
    )
    assert.ok(longestShared(stage.holdings(), since, Date.now()) < SHARED_MS)
  })

  test('from the very start, a node becomes master and serves, and what it did comes into the log later', async () => {
    gate.shut()
    const since = Date.now()
    for (const name of NODES) stage.node(name).start(gate.extra)
    const servedMs = await stage.servedBy('vos1', START_MS)
    await stage.advertsSince('vos1', Date.now(), 5)
    await stage.servedBy('vos1', START_MS)
    gate.open()
    const log = await backWithAll('vos1', since)
    console.log(`no bus from the start: served after ${Math.round(servedMs)} ms, ${log.length} events in the log later`)
    assert.deepEqual(rolesOf(log, 0), ['BecameBackup', 'BecameMaster'])
    assert.deepEqual(
      typesOf(log, 0, 'ipvs').filter((type) => type !== 'KernelRefused'),
      ['AddressesAdded'],
    )
  })

  test('with a full disk, nothing fails over, a crash does as ever, and the log is whole when there is room', async () => {
    for (const name of NODES) await smallDisk(name)
    await stage.startBoth()
    const holdings = stage.holdings()
    const since = Date.now()
    for (const name of NODES) await fill(name)
    for (const name of NODES) await storeUntilMemory(name)
    await stage.web.run(['ip', 'link', 'set', 'eth0', 'down'])
    await stage.advertsSince('vos1', Date.now(), 5)
    assert.deepEqual(stage.holdings(), holdings, 'no failover')
    const gap = stage.gap(since)
    assert.ok(gap < MARGIN_MS, `the client saw ${gap} ms`)

    const takeover = await crashMaster()
    console.log(`disk full: gap ${gap} ms; crash of the master then: ${takeover} ms`)

    await stage.node('vos2').machine.run(['rm', `${stage.node('vos2').stateDir}/ballast`])
    await stage.node('vos2').untilEvent('the change to the disk', RETURN_MS, (event) => {
      return event.type === 'BusStoreChanged' && event.data.storage === 'file'
    })
    const log = await backWithAll('vos2', since)
    assert.equal(typesOf(log, 0, 'supervisor')[0], 'NodeStarted', 'it is the log from before')
    assert.deepEqual(rolesOf(log, since), ['BecameMaster'])
    assert.deepEqual(typesOf(log, since, 'ipvs'), ['AddressesAdded'])
    assert.deepEqual(typesOf(log, since, 'checker'), ['RealServerDown'])
  })

  async function smallDisk(name: NodeName): Promise<void> {
    const { machine, stateDir } = stage.node(name)
    // Its own memory too, which ends with the machine.
    await machine.run(['mount', '-t', 'tmpfs', 'tmpfs', '/dev/shm'])
    await machine.run(['mkdir', '-p', stateDir])
    const { status, stderr } = await machine.run([
      'mount',
      '-t',
      'tmpfs',
      '-o',
      `size=${DISK},mode=755`,
      'tmpfs',
      stateDir,
    ])
    assert.equal(status, 0, stderr)
  }

  async function fill(name: NodeName): Promise<void> {
    const { machine, stateDir } = stage.node(name)
    // Ends with "no space left": that is the point.
    await machine.run(['dd', 'if=/dev/zero', `of=${stateDir}/ballast`, 'bs=4k', 'status=none'])
    const { stdout } = await machine.run(['df', '--output=avail', stateDir])
    assert.equal(Number(stdout.split('\n')[1]), 0)
  }

  /** What has been written already ends within a block of the disk: events are stored until it is full. */
  async function storeUntilMemory(name: NodeName): Promise<void> {
    const node = stage.node(name)
    for (let round = 0; round < ROUNDS; round += 1) {
      // In turn: one that ends again and again is restarted ever more slowly.
      const process = round % 2 === 0 ? 'notifier' : 'checker'
      const pid = node.pids()[process]
      node.signal(process, 'SIGKILL')
      await until(`${process} runs again`, START_MS, () => ![pid, undefined].includes(node.pids()[process]))
    }
    const changed = ({ type, data }: NodeEvent) => type === 'BusStoreChanged' && data.storage === 'memory'
    await node.untilEvent('the change to memory', RETURN_MS, changed)
  }

  /** The client is served by vos2 within the usual time. Returns what it saw, milliseconds. */
  async function crashMaster(): Promise<number> {
    const crashedAt = await stage.powerOff('vos1')
    await stage.servedBy('vos2', 3 * MASTER_DOWN_MS)
    const gap = stage.gap(crashedAt)
    assert.ok(gap <= MASTER_DOWN_MS + MARGIN_MS, `${gap} ms`)
    return gap
  }

  /** The whole log, once it is back and holds everything that waits. */
  async function backWithAll(name: NodeName, since: number): Promise<NodeEvent[]> {
    let log: NodeEvent[] = []
    const complete = async () => {
      // In this order: what waits no longer is in the log that is read after it.
      if ((await stage.node(name).spooled()) !== 0) return false
      log = (await stage.node(name).log()) ?? []
      return log.some(({ type, at }) => type === 'ProcessStarted' && at > since)
    }
    await until(`the log of ${name} is back with all`, RETURN_MS, complete, 200)
    const { fault } = verifyChain(log.map(({ bytes }) => bytes))
    assert.equal(fault, null)
    return log
  }
})

function typesOf(log: readonly NodeEvent[], since: number, service: string): string[] {
  const own = log.filter(({ at, envelope }) => at >= since && envelope.source.endsWith(`/${service}`))
  return own.map(({ type }) => type)
}

/** What vrrp tells of its roles: sessions of BFD come and go beside them. */
function rolesOf(log: readonly NodeEvent[], since: number): string[] {
  return typesOf(log, since, 'vrrp').filter((type) => !type.startsWith('Bfd'))
}

interface Gate {
  /** Arguments for a daemon whose nats-server the gate may keep away. */
  extra: string[]
  /** From now on a nats-server that is started ends at once. */
  shut(): void
  open(): void
  remove(): void
}

function busGate(): Gate {
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-gate-'))
  // nats-server is started under an account of its own.
  chmodSync(folder, 0o755)
  const program = join(folder, 'nats-server')
  const flag = join(folder, 'shut')
  writeFileSync(program, `#!/bin/sh\n[ -e '${flag}' ] && exit 1\nexec '${findBusServer()}' "$@"\n`, { mode: 0o755 })
  return {
    extra: ['--bus-server', program],
    shut: () => writeFileSync(flag, ''),
    open: () => rmSync(flag),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
