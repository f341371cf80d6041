import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { NODE_PROCESSES, type NodeEvent, type NodeProcess } from './node-daemon.ts'
import { type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

/** A client that fetches each 10 ms sees no more than its own scheduling. */
const UNSEEN_MS = 300

describe('kill -9 on the master, with a client that fetches every 10 ms,', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage

  before(async () => {
    stage = await openNodeStage()
    await stage.startBoth()
  })
  after(() => stage.close())

  for (const process of NODE_PROCESSES)
    test(`of ${process}: no transition, and the VIP stays in the kernel`, async () => {
      const node = stage.node('vos1')
      const earlier = await stage.transitions()
      const holdings = stage.holdings()
      const pids = node.pids()
      const killedAt = Date.now()
      node.signal(process, 'SIGKILL')
      if (process === 'supervisor') node.start()
      const restartMs = await until(`${process} runs again`, START_MS, () => {
        const pid = node.pids()[process]
        return pid !== undefined && pid !== pids[process]
      })
      const restarted = node.pids()
      await takesUpItsWork(process, killedAt)
      // As long as a lease lasts, and then some: what was not taken up again would be gone by now.
      const last = await stage.advertsSince('vos1', killedAt, 5)
      await stage.servedBy('vos1', START_MS)
      const gap = stage.gap(killedAt)
      console.log(
        `kill -9 ${process}: runs again after ${Math.round(restartMs)} ms, the client's longest gap ${gap} ms`,
      )
      assert.deepEqual({ ...restarted, [process]: 0 }, { ...pids, [process]: 0 }, 'no other process was restarted')
      assert.deepEqual(node.pids(), restarted, 'nor did the new one end again')
      assert.ok(
        last.every(({ priority }) => priority === 150),
        'no resignation',
      )
      assert.deepEqual(await stage.transitions(), earlier)
      assert.deepEqual(stage.holdings(), holdings, 'the kernel saw no address come or go')
      assert.ok(gap < UNSEEN_MS, `the client saw ${gap} ms`)
    })

  test('and the restarted checker still notices a server that dies', async () => {
    const since = Date.now()
    await stage.web.run(['ip', 'link', 'set', 'eth0', 'down'])
    const down = await stage
      .node('vos1')
      .untilEvent('the death of vos3', START_MS, ({ type, at }) => type === 'RealServerDown' && at >= since)
    assert.equal(down.data.realServer, '192.168.105.203:80')
  })

  /** The log says how the new process took up the work of the old one. */
  async function takesUpItsWork(process: NodeProcess, since: number): Promise<void> {
    const { data } = await stage
      .node('vos1')
      .untilEvent(`the work of ${process}`, START_MS, (event) => event.at >= since && isTakingUp(process, event))
    if (process === 'supervisor') assert.deepEqual(data.adopted, NODE_PROCESSES.slice(0, -1))
  }
})

function isTakingUp(process: NodeProcess, { type, data }: NodeEvent): boolean {
  switch (process) {
    case 'vrrp':
      return type === 'MastershipResumed'
    case 'ipvs':
      return type === 'AddressesKept'
    case 'supervisor':
      return type === 'NodeStarted'
    case 'checker':
    case 'notifier':
    case 'nats-server':
      return type === 'ProcessStarted' && data.process === process
  }
}
