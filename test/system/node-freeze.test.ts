import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { longestShared } from '../../cli/lab/holders.ts'
import { addressOf } from '../../cli/lab/hosts.ts'
import type { NodeEvent, NodeName } from './node-daemon.ts'
import {
  GRANULARITY_MS,
  LEASE_MS,
  MARGIN_MS,
  MASTER_DOWN_MS,
  type NodeStage,
  openNodeStage,
  SHARED_MS,
  SKEW_MS,
  START_MS,
  SUITE_MS,
  UNABLE,
} from './node-stage.ts'
import { until } from './node-until.ts'

/** vrrp acts first and records then: its event may be stamped a moment after the advert that goes with it. */
const ACT_FIRST_MS = 50
/** How long the frozen one stays frozen after the other has taken over. */
const FROZEN_ADVERTS = 8

const SKIP = UNABLE || (existsSync('/usr/sbin/keepalived') ? false : 'keepalived is not installed')

describe('a master that is stopped with SIGSTOP', { skip: SKIP, timeout: SUITE_MS }, () => {
  let stage: NodeStage

  beforeEach(async () => {
    stage = await openNodeStage()
  })
  afterEach(() => stage.close())

  test('in ipvs alone resigns; the other serves, and the hung ipvs is replaced until the node is able again', async () => {
    await stage.startBoth()
    const { ipvs } = stage.node('vos1').pids()
    const stoppedAt = Date.now()
    stage.node('vos1').signal('ipvs', 'SIGSTOP')
    await stage.servedBy('vos2', START_MS, stoppedAt)
    const goneMs = endOfHolding('vos1', stoppedAt) - stoppedAt
    const gap = stage.gap(stoppedAt)
    assert.ok(goneMs <= LEASE_MS + GRANULARITY_MS, `the VIP was gone after ${goneMs} ms`)
    const limit = LEASE_MS + GRANULARITY_MS + SKEW_MS + MARGIN_MS
    const servedMs = startOfHolding('vos2', stoppedAt) - stoppedAt
    assert.ok(servedMs <= limit, `served after ${servedMs} ms, not ${limit}`)
    assert.ok(gap <= limit, `the client saw ${gap} ms, not ${limit}`)

    const hung = ({ type, data, at }: NodeEvent) => type === 'ProcessHung' && data.process === 'ipvs' && at > stoppedAt
    await stage.node('vos1').untilEvent('the hung ipvs', START_MS, hung)
    await until('ipvs runs again', START_MS, () => ![ipvs, undefined].includes(stage.node('vos1').pids().ipvs))
    await stage.servedBy('vos1', START_MS)
    const ableMs = startOfHolding('vos1', stoppedAt) - stoppedAt
    const log = (await stage.node('vos1').log()) ?? []
    assert.ok(
      log.some(({ type, data, at }) => type === 'BecameBackup' && data.reason === 'address-lost' && at > stoppedAt),
    )
    assert.ok(sharedMs(stoppedAt) < SHARED_MS, 'nobody holds the VIP twice')
    console.log(
      `SIGSTOP of ipvs: VIP gone after ${Math.round(goneMs)} ms, vos2 holds it after ${Math.round(servedMs)} ms, ` +
        `client's gap ${gap} ms, vos1 able again after ${Math.round(ableMs)} ms`,
    )
  })

  test('as a whole loses the VIP and does not take it back; keepalived keeps it for ever', async () => {
    const ours = await freeze('failoverd')
    const theirs = await freeze('keepalived')
    console.log('SIGSTOP of everything on the master | failoverd | keepalived 2.2.7')
    const row = (what: string, one: string, other: string) =>
      console.log(`${what.padEnd(35)} | ${one.padEnd(9)} | ${other}`)
    const ms = (value: number | null) => (value === null ? 'never' : `${Math.round(value)} ms`)
    row('the backup holds the VIP after', ms(ours.takenMs), ms(theirs.takenMs))
    row('the frozen one has lost it after', ms(ours.goneMs), ms(theirs.goneMs))
    row('both held it for', ms(ours.sharedMs), theirs.sharedMs === null ? 'ever' : ms(theirs.sharedMs))
  })

  /** Stops everything on vos1 while it is master, and continues it when vos2 has been master for a while. */
  async function freeze(kind: 'failoverd' | 'keepalived'): Promise<Frozen> {
    if (kind === 'keepalived') {
      await stage.close()
      stage = await openNodeStage()
      stage.node('vos1').startKeepalived()
      stage.node('vos2').start()
      await stage.servedBy('vos1', START_MS)
      await until('vos1 alone holds the VIP', START_MS, () => stage.holders().join() === 'vos1')
      await stage.node('vos2').untilEvent('a state', START_MS, ({ type }) => type === 'BecameBackup')
    } else await stage.startBoth()

    const stoppedAt = Date.now()
    stage.node('vos1').signalAll('SIGSTOP')
    const taken = () => stage.holders().includes('vos2')
    await until('vos2 takes over', MASTER_DOWN_MS + GRANULARITY_MS, taken)
    const takenMs = startOfHolding('vos2', stoppedAt) - stoppedAt
    assert.ok(takenMs <= MASTER_DOWN_MS + MARGIN_MS, `${takenMs} ms`)
    await stage.advertsSince('vos2', Date.now(), FROZEN_ADVERTS)
    const stillHolds = await stage.node('vos1').holds()
    const continuedAt = Date.now()
    if (kind === 'keepalived') {
      assert.ok(stillHolds, 'a frozen keepalived keeps the VIP')
      return { takenMs, goneMs: null, sharedMs: null }
    }
    assert.ok(!stillHolds, 'a frozen failoverd does not keep the VIP')
    const goneMs = endOfHolding('vos1', stoppedAt) - stoppedAt
    assert.ok(goneMs <= LEASE_MS + GRANULARITY_MS, `${goneMs} ms`)
    await returnsByElection(continuedAt)
    // Until the backup has waited out its skew, the lease and the kernel's granularity may still run.
    return { takenMs, goneMs, sharedMs: Math.max(0, goneMs - takenMs) }
  }

  /** The continued node holds the VIP again only as the winner of an election, which it says in its log. */
  async function returnsByElection(continuedAt: number): Promise<void> {
    stage.node('vos1').signalAll('SIGCONT')
    await stage.servedBy('vos1', START_MS, continuedAt)
    const back = startOfHolding('vos1', continuedAt)
    const elected = ({ type, at }: NodeEvent) => type === 'BecameMaster' && at >= continuedAt
    const { at } = await stage.node('vos1').untilEvent('its election', START_MS, elected)
    assert.ok(at <= back + ACT_FIRST_MS, 'first elected, then holding')
    const log = (await stage.node('vos1').log()) ?? []
    const stalled = log.find(
      ({ type, data, at }) => type === 'BecameBackup' && data.reason === 'stalled' && at >= continuedAt,
    )
    assert.ok(stalled !== undefined && stalled.at <= at, 'it noticed that it had stood still')
    assert.ok(back - continuedAt >= 3_000, `it waited for a master-down interval, not ${back - continuedAt} ms`)
    const early = stage
      .adverts()
      .filter(
        (advert) => advert.at >= continuedAt && advert.at < at - ACT_FIRST_MS && advert.source === addressOf('vos1'),
      )
    assert.deepEqual(early, [], 'it said nothing before')
    await until('vos2 lets go', START_MS, () => stage.holders().join() === 'vos1')
    assert.ok(sharedMs(continuedAt) < SHARED_MS)
  }

  function startOfHolding(name: NodeName, since: number): number {
    const found = stage.holdings().find(({ host, from }) => host === name && from >= since)
    return found?.from ?? assert.fail(`${name} does not hold the VIP`)
  }

  function endOfHolding(name: NodeName, since: number): number {
    const found = stage.holdings().find(({ host, to }) => host === name && to !== null && to >= since)
    return found?.to ?? assert.fail(`${name} still holds the VIP`)
  }

  const sharedMs = (since: number) => longestShared(stage.holdings(), since, Date.now())
})

interface Frozen {
  takenMs: number
  /** null: never. */
  goneMs: number | null
  sharedMs: number | null
}
