import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Config } from '#schemas/config.ts'
import { realServer, virtualServer } from '../../ipvs/settings.ts'
import { serverDown, serverUp } from '../../ipvs/simulated-node.ts'
import { WITHOUT_SERVER } from '../bus-harness.ts'
import {
  type Director,
  director,
  directorConfig,
  type RunningBus,
  type RunningIpvs,
  sleep,
  UNABLE,
  VIP,
} from '../ipvs-director.ts'
import { ofChecker } from '../ipvs-voices.ts'

/** Starting node inside User-Mode Linux. */
const START_MS = 60_000
const SERVICE = `${VIP}:80/tcp`
const WEB1 = '192.0.2.11:80'
const FOREIGN = ['-A -t 10.9.9.9:443 -s wrr', '-a -t 10.9.9.9:443 -r 10.9.9.1:443 -m -w 7']
const SERVICE_LINE = `-A -t ${VIP}:80 -s rr`
const DESTINATIONS = [`-a -t ${VIP}:80 -r 192.0.2.11:80 -g -w 1`, `-a -t ${VIP}:80 -r 192.0.2.12:80 -g -w 1`]

const web = virtualServer({ address: VIP, realServers: [realServer('192.0.2.11'), realServer('192.0.2.12')] })
const balanced = (change: Partial<Config> = {}) => directorConfig({ instances: [], virtualServers: [web], ...change })
const is = (type: string) => (event: { type: string }) => event.type === type

describe('the IPVS table of a real kernel', { skip: UNABLE || WITHOUT_SERVER }, () => {
  let node: Director
  let bus: RunningBus
  let ipvs: RunningIpvs

  before(async () => {
    node = director('ipvs-table')
    bus = await node.bus()
    for (const line of FOREIGN) node.run('ipvsadm', ...line.split(' '))
  })
  afterEach(() => ipvs.end('SIGKILL'))
  after(() => node.remove())

  /** The kernel's table in the words of ipvsadm, without the foreign service, which must be there always. */
  function table(): string[] {
    const lines = node.run('ipvsadm', '-Sn').split('\n')
    const ours = lines.map((line) => line.trim()).filter((line) => line !== '' && !FOREIGN.includes(line))
    assert.equal(lines.length - 1, ours.length + FOREIGN.length, 'the foreign service is untouched')
    return ours.sort()
  }

  const whole = [SERVICE_LINE, ...DESTINATIONS].sort()

  async function started(config = balanced()): Promise<void> {
    ipvs = node.ipvs(config, bus.access)
    await ipvs.until(is('VirtualServerProgrammed'), START_MS)
  }

  test('is what the configuration wants after the start, and empty of ours after the stop', async () => {
    await started()
    assert.deepEqual(table(), whole)
    await ipvs.end('SIGTERM')
    assert.deepEqual(table(), [])
  })

  test('a dead server leaves, a living one returns with its weight', async () => {
    await started()
    const dead = { ...serverDown(WEB1), virtualServer: SERVICE }
    const began = performance.now()
    await bus.publish(ofChecker(dead))
    const { content } = await ipvs.until(is('VirtualServerProgrammed'), 5_000, began)
    assert.equal(content.reason, 'health')
    assert.deepEqual(table(), [SERVICE_LINE, ...DESTINATIONS.slice(1)].sort())
    const returned = performance.now()
    await bus.publish(ofChecker({ ...serverUp(WEB1), virtualServer: SERVICE }))
    await ipvs.until(is('VirtualServerProgrammed'), 5_000, returned)
    assert.deepEqual(table(), whole)
    await ipvs.end('SIGTERM')
  })

  test('killed and restarted, it writes nothing, and still knows who is dead', async () => {
    await started()
    await bus.publish(ofChecker({ ...serverDown(WEB1), virtualServer: SERVICE }))
    await sleep(1_000)
    const before = node.run('cat', '/proc/net/ip_vs')
    await ipvs.end('SIGKILL')
    ipvs = node.ipvs(balanced(), bus.access)
    await sleep(10_000)
    assert.deepEqual(ipvs.lines, [])
    assert.equal(node.run('cat', '/proc/net/ip_vs'), before)
    await bus.publish(ofChecker({ ...serverUp(WEB1), virtualServer: SERVICE }))
    await ipvs.until(is('VirtualServerProgrammed'), 5_000)
    assert.deepEqual(table(), whole)
    await ipvs.end('SIGTERM')
  })

  test('without a bus it is programmed as well, with all servers', async () => {
    ipvs = node.ipvs(balanced())
    await ipvs.until(is('VirtualServerProgrammed'), START_MS)
    assert.deepEqual(table(), whole)
    await ipvs.end('SIGTERM')
    assert.deepEqual(table(), [])
  })
})
