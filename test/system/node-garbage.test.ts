import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { addressOf } from '../../cli/lab/hosts.ts'
import type { NodeName } from './node-daemon.ts'
import { type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'

const COUNT = 5_000
/** Five each 5 ms: a thousand a second. */
const PER_TICK = 5
/** Sent in turn, a quarter each: which of its faults random bytes are refused for is chance. */
const CERTAIN = ['checksum', 'interval', 'ttl']
/** Reasons there are (services/vrrp/adapters/advert-check.ts). */
const REASONS = 11
/** Processor time for a packet, milliseconds, on a machine that does other things as well. */
const CPU_MS = 0.5
const PROGRAM = fileURLToPath(new URL('node-garbage.ts', import.meta.url))
const NODES: readonly NodeName[] = ['vos1', 'vos2']

describe(`${COUNT} adverts that nobody may accept`, { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage

  before(async () => {
    stage = await openNodeStage()
    await stage.startBoth()
  })
  after(() => stage.close())

  test('change no state, leave one event for each reason, and cost little', async () => {
    const before = { transitions: await stage.transitions(), holdings: stage.holdings() }
    const cpuBefore = NODES.map(cpuMs)
    const since = Date.now()
    const { stdout, stderr } = await stage.client.run([process.execPath, PROGRAM, String(COUNT), String(PER_TICK)])
    assert.equal(stdout, `${COUNT}\n`, stderr)
    const tookMs = Date.now() - since
    const cpu = NODES.map((name, index) => (cpuMs(name) - (cpuBefore[index] ?? 0)) / COUNT)
    await stage.advertsSince('vos1', Date.now(), 4)
    await stage.servedBy('vos1', START_MS)

    assert.deepEqual({ transitions: await stage.transitions(), holdings: stage.holdings() }, before)
    const spoke = new Set(
      stage
        .adverts()
        .filter(({ at }) => at > since)
        .map(({ source }) => source),
    )
    assert.deepEqual([...spoke].sort(), [addressOf('vos1'), addressOf('client')].sort(), 'the backup stays silent')
    const counts: number[] = []
    for (const name of NODES) {
      const log = (await stage.node(name).log()) ?? []
      const reasons = log
        .filter(({ at, type }) => type === 'AdvertRejected' && at >= since)
        .map(({ data }) => String(data.reason))
      assert.deepEqual([...new Set(reasons)].sort(), [...reasons].sort(), 'each reason once')
      assert.ok(
        CERTAIN.every((reason) => reasons.includes(reason)),
        `${name} refused for ${reasons.join(', ')}`,
      )
      assert.ok(reasons.length <= REASONS)
      counts.push(reasons.length)
    }
    const [master = 0, backup = 0] = cpu
    console.log(
      `${COUNT} bad adverts in ${tookMs} ms: ${counts.join(' and ')} events, ` +
        `${(master * 1_000).toFixed(0)} and ${(backup * 1_000).toFixed(0)} µs of vrrp each, client's gap ${stage.gap(since)} ms`,
    )
    assert.ok(Math.max(master, backup) < CPU_MS)
  })

  /** Processor time that a node's vrrp has used, milliseconds: fields 14 and 15 of /proc/PID/stat, in 100ths (proc(5)). */
  function cpuMs(name: NodeName): number {
    const { vrrp } = stage.node(name).pids()
    const stat = readFileSync(`/proc/${vrrp}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  }
})
