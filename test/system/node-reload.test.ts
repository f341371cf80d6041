import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NodeStatus } from '#schemas/status.ts'
import { VIP } from '../../cli/lab/hosts.ts'
import { configText, type TestNode } from './node-daemon.ts'
import { MARGIN_MS, type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'
import { until } from './node-until.ts'

const SECOND_VIP = '192.168.105.212'
/** What each line should name, in order: unknown keyword, priority 300, missing brace, bad address. */
const BROKEN = `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 300
    advert_interval 1
    authentication {
        auth_type PASS
        auth_pass 1111
    virtual_ipaddress {
        192.168.105.311
    }
}
`
const ERRORS = [
  '5:14: error: priority',
  '6:5: error: advert_interval',
  '7:20: error: authentication',
  '11:9: error: virtual_ipaddress: 192.',
]

describe('SIGHUP on a running master', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage

  before(async () => {
    stage = await openNodeStage()
    await stage.startBoth()
  })
  after(() => stage.close())

  test('with a broken file changes nothing, and the log names every error with its place', async () => {
    const node = stage.node('vos1')
    const before = { pids: node.pids(), transitions: await stage.transitions(), holdings: stage.holdings() }
    writeFileSync(node.configFile, BROKEN)
    const since = Date.now()
    node.signal('supervisor', 'SIGHUP')
    const { data } = await node.untilEvent('the rejection', START_MS, ({ type }) => type === 'ConfigRejected')
    const lines = (Array.isArray(data.diagnostics) ? data.diagnostics : []).map(String)
    assert.equal(lines.length, ERRORS.length)
    for (const [index, error] of ERRORS.entries())
      assert.ok(lines[index]?.startsWith(`${node.configFile}:${error}`), `${lines[index]} is not about ${error}`)

    const adverts = await stage.advertsSince('vos1', since, 4)
    assert.deepEqual([...new Set(adverts.map(({ priority }) => priority))], [150])
    assert.deepEqual({ pids: node.pids(), transitions: await stage.transitions(), holdings: stage.holdings() }, before)
    assert.deepEqual(others(since, [VIP]), [], 'the kernel saw refreshes only')
  })

  test('with a good file applies the difference and nothing else', async () => {
    const before = {
      pids: stage.node('vos1').pids(),
      transitions: await stage.transitions(),
      holdings: stage.holdings(),
    }
    const since = Date.now()
    // Both at once: routers that disagree on the addresses do not accept each other's adverts.
    for (const [name, priority] of [['vos1', 160] as const, ['vos2', 100] as const]) {
      stage.node(name).configure({ priority, addresses: [VIP, SECOND_VIP], weight: 3 })
      stage.node(name).signal('supervisor', 'SIGHUP')
    }
    const applied = await stage.node('vos1').untilEvent('the reload', START_MS, ({ type }) => type === 'ConfigApplied')
    assert.equal(Array.isArray(applied.data.differences) && applied.data.differences.length, 3)
    const tookMs = await until('the second VIP is there', START_MS, () => stage.node('vos1').holds(SECOND_VIP))
    const adverts = await stage.advertsSince('vos1', Date.now(), 4)
    assert.deepEqual([...new Set(adverts.map(({ priority }) => priority))], [160])

    assert.deepEqual(
      { pids: stage.node('vos1').pids(), transitions: await stage.transitions(), holdings: stage.holdings() },
      before,
    )
    assert.deepEqual(others(since, [VIP, SECOND_VIP]), [], 'the kernel saw refreshes and the new address only')
    assert.equal(await stage.node('vos2').holds(SECOND_VIP), false)
    const gap = stage.gap(since)
    console.log(
      `reload: second VIP in the kernel ${Math.round(tookMs)} ms after the log had it, client's gap ${gap} ms`,
    )
    assert.ok(gap < 300, `the client saw ${gap} ms`)
  })

  test('with another name and priority for the instance goes on as master, without a word on the wire or in the kernel', async () => {
    const node = stage.node('vos1')
    const before = { pids: node.pids(), transitions: await stage.transitions(), holdings: stage.holdings() }
    const since = Date.now()
    await stage.advertsSince('vos1', since, 2)
    const text = configText({ priority: 170, addresses: [VIP, SECOND_VIP], weight: 3 })
    writeFileSync(node.configFile, text.replace('VI_1', 'VI_main'))
    node.signal('supervisor', 'SIGHUP')
    const renamed = await node.untilEvent('the new name', START_MS, ({ type }) => type === 'InstanceRenamed')
    assert.deepEqual(renamed.data, {
      ...{ type: 'InstanceRenamed', instance: 'VI_main', formerly: 'VI_1', role: 'master' },
    })
    const applied = await node.untilEvent(
      'the reload',
      START_MS,
      ({ type, at }) => type === 'ConfigApplied' && at > since,
    )
    assert.deepEqual(applied.data.differences, [
      'renamed vrrp_instance VI_main: VI_1 -> VI_main',
      'changed vrrp_instance VI_main priority: 160 -> 170',
    ])
    const after = await stage.advertsSince('vos1', Date.now(), 4)
    const own = stage.adverts().filter(({ at, source }) => at >= since && source === after[0]?.source)
    assert.deepEqual([...new Set(own.map(({ priority }) => priority))], [160, 170])
    const gaps = own.slice(1).map(({ at }, index) => Math.round(at - (own[index]?.at ?? 0)))
    assert.ok(Math.max(...gaps) < 1_000 + MARGIN_MS, `adverts ${gaps.join(', ')} ms apart`)

    assert.deepEqual({ pids: node.pids(), transitions: await stage.transitions(), holdings: stage.holdings() }, before)
    assert.deepEqual(others(since, [VIP, SECOND_VIP]), [], 'the kernel saw refreshes only')
    const gap = stage.gap(since)
    console.log(`rename under reload: adverts at most ${Math.max(...gaps)} ms apart, client's gap ${gap} ms`)
    assert.ok(gap < 300, `the client saw ${gap} ms`)
    const [instance] = (await status(node)).instances
    assert.deepEqual([instance?.name, instance?.state], ['VI_main', 'MASTER'])
    assert.deepEqual(
      instance?.addresses.map(({ present }) => present),
      [true, true],
    )
  })

  /** What the kernel said since then that is no addition or refresh of these addresses. */
  function others(since: number, addresses: readonly string[]): string[] {
    const isWrite = (line: string) =>
      addresses.some((address) => line.includes(` ${address}/`)) && !line.includes('Deleted')
    return stage.kernelWords('vos1', since).filter((line) => !isWrite(line))
  }
})

async function status({ machine, stateDir }: TestNode): Promise<NodeStatus> {
  const control = fileURLToPath(new URL('../../dist/cli/failoverctl.js', import.meta.url))
  const { stdout } = await machine.run([process.execPath, control, '--state-dir', stateDir, 'status', '--json'])
  return NodeStatus.parse(JSON.parse(stdout))
}
