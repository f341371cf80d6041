import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Envelope } from '#schemas/envelope.ts'
import { NodeStatus } from '#schemas/status.ts'
import { VIP } from '../../cli/lab/hosts.ts'
import { type NodeStage, openNodeStage, START_MS, SUITE_MS, UNABLE } from './node-stage.ts'

const program = (name: string) => fileURLToPath(new URL(`../../dist/cli/${name}.js`, import.meta.url))

describe('failoverctl on a running node', { skip: UNABLE, timeout: SUITE_MS }, () => {
  let stage: NodeStage

  before(async () => {
    stage = await openNodeStage()
    stage.node('vos1').start()
    const master = (event: { type: string }) => event.type === 'AddressesAdded'
    await stage.node('vos1').untilEvent('the addresses', START_MS, master)
  })
  after(() => stage.close())

  function control(...args: string[]) {
    const { machine, stateDir } = stage.node('vos1')
    return machine.run([process.execPath, program('failoverctl'), '--state-dir', stateDir, ...args])
  }

  test('status --json is what scripts rely on', async () => {
    const { status, stdout } = await control('status', '--json')
    assert.equal(status, 0)
    const node = NodeStatus.parse(JSON.parse(stdout))
    assert.deepEqual([node.site, node.node, node.bus.state], ['lab', 'vos1', 'connected'])
    assert.deepEqual(
      node.instances.map(({ name, state, priority, addresses }) => ({ name, state, priority, addresses })),
      [{ name: 'VI_1', state: 'MASTER', priority: 150, addresses: [{ address: `${VIP}/32`, present: true }] }],
    )
    assert.equal(node.virtualServers[0]?.realServers[0]?.weight, 1)
  })

  test('status for people names the instance, its state and where the address is', async () => {
    const { stdout } = await control('status')
    assert.match(stdout, /VI_1 MASTER since .* on eth0, virtual router 51, priority 150/)
    assert.match(stdout, new RegExp(`${VIP}/32 here`))
  })

  test('events --json prints CloudEvents in order, each source without a gap', async () => {
    const { stdout } = await control('events', '--json')
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => Envelope.parse(JSON.parse(line)))
    const sequences = Map.groupBy(events, ({ source }) => source)
    for (const [source, own] of sequences)
      assert.deepEqual(
        own.map(({ sequence }) => sequence),
        own.map((_, index) => index + 1),
        source,
      )
    assert(events.some(({ type }) => type === 'failoverd.vrrp.became-master.v1'))
  })

  test('events can be narrowed by subject and by where to begin', async () => {
    const { stdout: elections } = await control('events', '--json', '--subject', 'ha.*.*.vrrp.>')
    for (const line of elections.trim().split('\n')) assert.match(Envelope.parse(JSON.parse(line)).source, /\/vrrp$/)
    const { stdout: all } = await control('events')
    const { stdout: later } = await control('events', '--since', '3')
    assert.equal(later.split('\n').length, all.split('\n').length - 2)
    const { stdout: none } = await control('events', '--since', '2999-01-01T00:00:00Z')
    assert.equal(none, '')
  })

  test('why tells the reason of the last transition and what followed from it', async () => {
    const { stdout } = await control('why', 'VI_1', '--json')
    const { transition, consequences } = JSON.parse(stdout)
    assert.equal(Envelope.parse(transition).type, 'failoverd.vrrp.became-master.v1')
    const types = consequences.map((event: unknown) => Envelope.parse(event).type)
    assert(types.includes('failoverd.ipvs.addresses-added.v1'), types.join())
    const { stdout: words } = await control('why', 'VI_1')
    assert.match(words, /VI_1 became MASTER with priority 150: no other router was heard\nthen\n.*added in/s)
  })

  test('what cannot be answered is exit status 1, and what was asked wrongly 2, each with a reason', async () => {
    const asked = async (...args: string[]) => {
      const { status, stderr } = await control(...args)
      return { status, stderr }
    }
    const unknown = await asked('why', 'VI_9')
    assert.equal(unknown.status, 1)
    assert.match(unknown.stderr, /no transition of an instance VI_9/)
    assert.equal((await asked('events', '--since', 'yesterday')).status, 2)
    assert.equal((await asked('dance')).status, 2)
    const nowhere = await stage
      .node('vos1')
      .machine.run([process.execPath, program('failoverctl'), '--state-dir', '/nowhere', 'status'])
    assert.equal(nowhere.status, 1)
    assert.match(nowhere.stderr, /no node has run with the state folder \/nowhere/)
  })

  test('a server that stands still is given up on like one that is not there', async () => {
    const node = stage.node('vos1')
    node.signal('nats-server', 'SIGSTOP')
    const asked = Date.now()
    const { status, stdout } = await control('status', '--json')
    const tookMs = Date.now() - asked
    node.signal('nats-server', 'SIGCONT')
    assert.equal(status, 0)
    assert.equal(NodeStatus.parse(JSON.parse(stdout)).bus.state, 'degraded')
    assert.ok(tookMs < 8_000, `it took ${tookMs} ms; the client by itself waits for 11 s`)
  })

  test('with the log away, status reads the processes and the kernel and says so', async () => {
    const node = stage.node('vos1')
    // The supervisor stands still, so that the server stays away for as long as we look.
    node.signal('supervisor', 'SIGSTOP')
    node.signal('nats-server', 'SIGKILL')
    const { status, stdout } = await control('status', '--json')
    node.signal('supervisor', 'SIGCONT')
    assert.equal(status, 0)
    const seen = NodeStatus.parse(JSON.parse(stdout))
    assert.deepEqual(seen.bus, { state: 'degraded', sequence: null, spooled: null })
    assert.equal(seen.instances[0]?.state, 'MASTER')
    assert.equal(seen.services.find(({ name }) => name === 'nats-server')?.state, 'stopped')
    assert.equal(seen.services.find(({ name }) => name === 'vrrp')?.state, 'running')
  })
})
