import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { desiredTable } from '../../services/ipvs/core/desired.ts'
import type { KernelService } from '../../services/ipvs/ports.ts'
import { running, settled } from './balancer.ts'
import { config, realServer, SERVICE, virtualServer, WEB1, WEB2 } from './settings.ts'
import { tableOf } from './simulated-kernel.ts'
import { serverDown, simulatedNode } from './simulated-node.ts'

const wanted = desiredTable([virtualServer()], {})
const WHOLE = [
  `service-added ${SERVICE}`,
  `destination-added ${SERVICE} ${WEB1} 1`,
  `destination-added ${SERVICE} ${WEB2} 1`,
]
const foreign: KernelService = {
  protocol: 'TCP',
  address: '10.9.9.9',
  port: 443,
  family: 4,
  scheduler: 'wlc',
  persistenceTimeoutS: null,
  destinations: [{ address: '10.9.9.1', port: 443, forwarding: 'NAT', weight: 7 }],
}

describe('the start', () => {
  test('programs what is missing and tells it', async () => {
    const node = await running()
    assert.deepEqual(node.writes(), WHOLE)
    const [event] = node.news()
    assert.deepEqual([event?.type, event?.virtualServer, event?.reason], ['VirtualServerProgrammed', SERVICE, 'start'])
    assert.deepEqual(node.kernel.table, wanted)
  })

  test('writes nothing and tells nothing when the kernel is right', async () => {
    const node = await running({}, Object.values(wanted))
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })

  test('repairs only what differs', async () => {
    const service = { ...virtualServer(), destinations: [] }
    const { protocol, address, port, family, persistenceTimeoutS } = service
    const node = await running({}, [
      {
        ...{ protocol, address, port, family, persistenceTimeoutS },
        scheduler: 'wrr',
        destinations: [
          { address: '192.168.105.203', port: 80, forwarding: 'DR', weight: 9 },
          { address: '192.168.105.250', port: 80, forwarding: 'DR', weight: 1 },
          { address: '192.168.105.204', port: 80, forwarding: 'DR', weight: 1 },
        ],
      },
    ])
    assert.deepEqual(node.writes(), [
      `service-updated ${SERVICE}`,
      `destination-removed ${SERVICE} 192.168.105.250:80`,
      `destination-updated ${SERVICE} ${WEB1} 1`,
    ])
  })

  test('leaves out who is dead according to the log', async () => {
    const node = simulatedNode({ config: config({ instances: [] }) }).start()
    node.health(serverDown(WEB2), 'replay')
    node.caughtUp()
    await node.settled()
    assert.deepEqual(node.writes(), WHOLE.slice(0, 2))
  })

  test('without the log it waits a second, adds missing services with all servers, and leaves others as found', async () => {
    const second = virtualServer({ port: 443, realServers: [realServer('192.168.105.203', { port: 443 })] })
    const node = simulatedNode({
      config: config({ instances: [], virtualServers: [virtualServer(), second] }),
      busConnected: false,
    })
    // WEB2 had been taken out by a run before.
    node.kernel.table = tableOf(Object.values(desiredTable([virtualServer()], { [`${SERVICE}|${WEB2}`]: 'x' })))
    node.start()
    node.clock.advance(999)
    await node.settled()
    assert.deepEqual(node.writes(), [])
    node.clock.advance(1)
    await node.settled()
    assert.deepEqual(node.writes(), [
      'service-added 192.168.105.211:443/tcp',
      'destination-added 192.168.105.211:443/tcp 192.168.105.203:443 1',
    ])
    node.caughtUp()
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-added ${SERVICE} ${WEB2} 1`])
  })

  test('a checker that speaks before the log changes just the server it speaks of', async () => {
    const node = simulatedNode({ config: config({ instances: [] }), busConnected: false })
    node.kernel.table = tableOf(Object.values(desiredTable([virtualServer()], { [`${SERVICE}|${WEB2}`]: 'x' })))
    node.start()
    node.clock.advance(1_000)
    await node.settled()
    node.health(serverDown(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-removed ${SERVICE} ${WEB1}`])
  })

  test('does not look for IP_VS when nothing is to be balanced', async () => {
    const node = simulatedNode({ config: config({ instances: [], virtualServers: [] }) })
    node.kernel.refuse.ipvs = 'KERNEL_NO_IPVS'
    node.start()
    node.caughtUp()
    await node.settled()
    assert.deepEqual(node.news(), [])
  })
})

describe('ownership', () => {
  test('services of others are neither changed nor removed, at the start, at a repair or at the stop', async () => {
    const node = await running({}, [foreign])
    node.clock.advance(60_000)
    await node.settled()
    node.stop()
    await node.settled()
    assert.deepEqual(node.kernel.table, tableOf([foreign]))
  })

  test('a service that an earlier run wrote and the configuration has lost is removed', async () => {
    const node = simulatedNode({ config: config({ instances: [], virtualServers: [] }) })
    node.kernel.table = tableOf([...Object.values(wanted), foreign])
    node.recall({ type: 'VirtualServerProgrammed', virtualServer: SERVICE, changes: [], reason: 'start' })
    node.start()
    node.caughtUp()
    await node.settled()
    assert.deepEqual(node.kernel.table, tableOf([foreign]))
  })

  test('stop removes what is ours', async () => {
    const node = await settled()
    node.stop()
    await node.settled()
    assert.deepEqual(node.kernel.table, {})
    assert.deepEqual(
      node.news().map(({ reason }) => reason),
      ['stop'],
    )
  })
})

describe('repair', () => {
  test('every minute the table is compared, and what somebody broke is put back', async () => {
    const node = await settled()
    node.kernel.table = {}
    node.clock.advance(59_999)
    await node.settled()
    assert.deepEqual(node.writes(), [])
    node.clock.advance(1)
    await node.settled()
    assert.deepEqual(node.writes(), WHOLE)
    assert.deepEqual(
      node.news().map(({ reason }) => reason),
      ['repair'],
    )
  })

  test('a table in order is left alone', async () => {
    const node = await settled()
    for (let minute = 0; minute < 3; minute += 1) {
      node.clock.advance(60_000)
      await node.settled()
    }
    assert.deepEqual([...node.writes(), ...node.news()], [])
  })
})

describe('refusals', () => {
  test('a kernel without IP_VS is told once, in words that help, and programmed when it has got it', async () => {
    const node = simulatedNode({ config: config({ instances: [] }) })
    node.kernel.refuse.ipvs = 'KERNEL_NO_IPVS'
    node.start()
    node.caughtUp()
    await node.settled()
    node.clock.advance(60_000)
    await node.settled()
    const [event, ...more] = node.news()
    assert.deepEqual([event?.type, event?.entity, event?.code], ['KernelRefused', 'ipvs', 'KERNEL_NO_IPVS'])
    assert.match(String(event?.message), /modprobe ip_vs/)
    assert.deepEqual(more, [])
    node.kernel.refuse.ipvs = null
    node.clock.advance(60_000)
    await node.settled()
    assert.deepEqual(node.writes(), WHOLE)
  })

  test('a refused entry is told by name, the rest is programmed', async () => {
    const node = simulatedNode({ config: config({ instances: [] }) })
    node.kernel.refuse.changes = (kind) => kind === 'add-destination'
    node.start()
    node.caughtUp()
    await node.settled()
    assert.deepEqual(
      node.news().map(({ type, entity }) => [type, entity]),
      [
        ['VirtualServerProgrammed', undefined],
        ['KernelRefused', `${SERVICE} ${WEB1}`],
        ['KernelRefused', `${SERVICE} ${WEB2}`],
      ],
    )
  })
})

describe('reload', () => {
  test('writes the difference and leaves unchanged services alone', async () => {
    const other = virtualServer({ port: 443, realServers: [realServer('192.168.105.203', { port: 443 })] })
    const node = await settled({ config: config({ instances: [], virtualServers: [virtualServer(), other] }) })
    const heavier = virtualServer({ realServers: [realServer('192.168.105.203', { weight: 3 })] })
    node.reload(config({ instances: [], virtualServers: [heavier, other] }))
    await node.settled()
    assert.deepEqual(node.writes(), [
      `destination-removed ${SERVICE} ${WEB2}`,
      `destination-updated ${SERVICE} ${WEB1} 3`,
    ])
    node.reload(config({ instances: [], virtualServers: [heavier] }))
    await node.settled()
    assert.deepEqual(node.writes(), ['service-removed 192.168.105.211:443/tcp'])
  })

  test('a dead server stays dead over a reload that does not concern it', async () => {
    const node = await settled()
    node.health(serverDown(WEB1))
    await node.settled()
    node.writes()
    node.reload(config({ instances: [] }))
    await node.settled()
    assert.deepEqual(node.writes(), [])
  })

  test('a dead server stays dead when its check changes or it comes back into the configuration', async () => {
    const node = await settled()
    node.health(serverDown(WEB1))
    const without = virtualServer({ realServers: [realServer('192.168.105.204')] })
    node.reload(config({ instances: [], virtualServers: [without] }))
    const [check] = realServer('192.168.105.203').checks
    assert.ok(check)
    const changed = [realServer('192.168.105.203', { checks: [{ ...check, retry: 3 }] }), realServer('192.168.105.204')]
    node.reload(config({ instances: [], virtualServers: [virtualServer({ realServers: changed })] }))
    await node.settled()
    assert.equal(node.kernel.table[SERVICE]?.destinations.length, 1)
  })

  test('a dead server that is not checked any more takes part again', async () => {
    const node = await settled()
    node.health(serverDown(WEB1))
    await node.settled()
    node.writes()
    const unchecked = [realServer('192.168.105.203', { checks: [] }), realServer('192.168.105.204')]
    node.reload(config({ instances: [], virtualServers: [virtualServer({ realServers: unchecked })] }))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-added ${SERVICE} ${WEB1} 1`])
  })

  test('the first virtual server of all is programmed', async () => {
    const node = await settled({ config: config({ instances: [], virtualServers: [] }) })
    node.reload(config({ instances: [] }))
    await node.settled()
    assert.deepEqual(node.writes(), WHOLE)
  })
})
