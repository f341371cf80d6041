import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { VIP } from '../../../cli/lab/hosts.ts'
import type { LabProcess } from '../../../cli/lab/machine.ts'
import type { NodeEvent, TestNode } from '../node-daemon.ts'
import { type NodeStage, openNodeStage, SUITE_MS, UNABLE } from '../node-stage.ts'
import { until } from '../node-until.ts'

/** Six processes start inside User-Mode Linux, on one processor. */
const START_MS = 120_000
const FETCH_EVERY_MS = 100
/** A process takes seconds to start there: with the usual lease the address would leave before ipvs is back. */
const LEASE_S = 60
const table = (weight: number) => [`-A -t ${VIP}:80 -s rr`, `-a -t ${VIP}:80 -r 192.168.105.203:80 -g -w ${weight}`]

describe('a node on a kernel with IPVS', { skip: UNABLE, timeout: 2 * SUITE_MS }, () => {
  let stage: NodeStage
  let node: TestNode
  let daemon: LabProcess

  before(async () => {
    stage = await openNodeStage(['vos1'], FETCH_EVERY_MS)
    node = stage.node('vos1')
    node.configure({ leaseS: LEASE_S })
    daemon = node.start()
    await stage.servedBy('web1', START_MS)
    await node.untilEvent('the table', START_MS, ({ type }) => type === 'VirtualServerProgrammed')
  })
  after(() => stage.close())

  for (const process of ['ipvs', 'checker'] as const)
    test(`kill -9 of ${process} causes no write to the IPVS table`, async () => {
      const earlier = await programmed()
      assert.deepEqual(await rules(), table(1))
      const before = await counters()
      assert.ok(before.connections > 0)
      const pid = node.pids()[process]
      const killedAt = Date.now()
      node.signal(process, 'SIGKILL')
      await until(`${process} runs again`, START_MS, () => ![pid, undefined].includes(node.pids()[process]))
      const done = ({ type, data, at }: NodeEvent) =>
        at >= killedAt &&
        (process === 'ipvs' ? type === 'AddressesKept' : type === 'ProcessStarted' && data.process === process)
      await node.untilEvent(`the work of ${process}`, START_MS, done)
      await stage.advertsSince('vos1', Date.now(), 10)
      await stage.servedBy('web1', START_MS)
      const after = await counters()
      console.log(
        `kill -9 ${process}: connections counted ${before.connections}, then ${after.connections}; nothing written`,
      )
      assert.deepEqual(await rules(), table(1))
      // Whoever removes a service and adds it again sets its counters to zero.
      assert.ok(after.connections > before.connections && after.packets > before.packets)
      assert.deepEqual(await programmed(), earlier)
    })

  test('a reload with another weight changes that weight and nothing else', async () => {
    const earlier = await programmed()
    const before = await counters()
    node.configure({ weight: 3, leaseS: LEASE_S })
    node.signal('supervisor', 'SIGHUP')
    await until('the weight is there', START_MS, async () => (await rules()).join() === table(3).join(), 200)
    const fresh = async () => (await programmed()).slice(earlier.length)
    await until('the log says so', START_MS, async () => (await fresh()).length > 0, 200)
    assert.ok((await counters()).connections >= before.connections, 'it was not taken out for it')
    const changes = (await fresh()).flatMap(({ data }) => data.changes)
    assert.deepEqual(changes, [
      {
        kind: 'destination-updated',
        virtualServer: `${VIP}:80/tcp`,
        realServer: '192.168.105.203:80',
        weight: 3,
      },
    ])
  })

  test('SIGTERM resigns, and takes the VIP and the table with it', async () => {
    const ended = once(daemon, 'exit')
    const since = Date.now()
    node.signal('supervisor', 'SIGTERM')
    assert.deepEqual((await ended).slice(0, 1), [0])
    assert.deepEqual(await rules(), [])
    assert.equal(await node.holds(), false)
    assert.equal(
      stage
        .adverts()
        .filter(({ at }) => at >= since)
        .at(-1)?.priority,
      0,
    )
    assert.deepEqual(node.pids(), {})
  })

  async function rules(): Promise<string[]> {
    const { stdout } = await node.machine.run(['ipvsadm', '-Sn'])
    return stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  }

  /** Of the virtual server: `TCP  192.168.105.211:80  CONNS  INPKTS ...`. */
  async function counters(): Promise<{ connections: number; packets: number }> {
    const { stdout } = await node.machine.run(['ipvsadm', '-Ln', '--stats', '--exact'])
    const [, connections, packets] =
      new RegExp(`^TCP +${VIP}:80 +(\\d+) +(\\d+)`, 'm').exec(stdout) ?? assert.fail(stdout)
    return { connections: Number(connections), packets: Number(packets) }
  }

  async function programmed(): Promise<NodeEvent[]> {
    const log = (await node.log()) ?? assert.fail('the log is away')
    return log.filter(({ type }) => type === 'VirtualServerProgrammed')
  }
})
