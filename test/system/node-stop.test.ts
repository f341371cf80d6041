import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { longestShared } from '../../cli/lab/holders.ts'
import { addressOf } from '../../cli/lab/hosts.ts'
import type { LabProcess } from '../../cli/lab/machine.ts'
import { type NodeStage, openNodeStage, SHARED_MS, SKEW_MS, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

/** From the resignation on the wire to the end of the VIP in the kernel, and what a loaded machine adds to the skew. */
const PROMPT_MS = 200

describe('SIGTERM to a master', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage
  let daemon: LabProcess

  before(async () => {
    stage = await openNodeStage()
    daemon = (await stage.startBoth()).vos1
  })
  after(() => stage.close())

  test('resigns, lets go of the VIP and ends with status 0; the backup takes over within its skew', async () => {
    const ended = once(daemon, 'exit')
    const termAt = Date.now()
    stage.node('vos1').signal('supervisor', 'SIGTERM')
    await stage.servedBy('vos2', START_MS, termAt)
    const [status] = await ended
    assert.equal(status, 0)
    await until('nothing of it runs', START_MS, () => Object.keys(stage.node('vos1').pids()).length === 0)
    const endedMs = Date.now() - termAt

    const resignation = stage.adverts().find(({ at, source, priority }) => {
      return at >= termAt && source === addressOf('vos1') && priority === 0
    })
    assert.ok(resignation !== undefined, 'priority 0 on the wire')
    const goneAt = stage.holdings().find(({ host, to }) => host === 'vos1' && (to ?? 0) >= termAt)?.to
    const takenAt = stage.holdings().find(({ host, from }) => host === 'vos2' && from >= termAt)?.from
    assert.ok(typeof goneAt === 'number' && goneAt - resignation.at < PROMPT_MS, 'the VIP goes with it')
    const takenMs = (takenAt ?? Number.NaN) - resignation.at
    assert.ok(takenMs <= SKEW_MS + PROMPT_MS, `taken over after ${takenMs} ms`)
    assert.ok(longestShared(stage.holdings(), termAt, Date.now()) < SHARED_MS)
    const gap = stage.gap(termAt)
    assert.ok(gap <= SKEW_MS + PROMPT_MS, `the client saw ${gap} ms`)
    console.log(
      `SIGTERM: resigned after ${Math.round(resignation.at - termAt)} ms, VIP gone ${Math.round(goneAt - resignation.at)} ms ` +
        `and taken over ${Math.round(takenMs)} ms later, all ended after ${endedMs} ms, client's gap ${gap} ms`,
    )
  })
})
