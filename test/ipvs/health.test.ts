import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { desiredTable } from '../../services/ipvs/core/desired.ts'
import { settled } from './balancer.ts'
import { config, realServer, SERVICE, virtualServer, WEB1 } from './settings.ts'
import { serverDown, serverUp, simulatedNode } from './simulated-node.ts'

const wanted = desiredTable([virtualServer()], {})

describe('health', () => {
  test('a dead server leaves at once, and returns with its weight', async () => {
    const node = await settled()
    node.health(serverDown(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-removed ${SERVICE} ${WEB1}`])
    node.health(serverUp(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-added ${SERVICE} ${WEB1} 1`])
    assert.deepEqual(
      node.news().map(({ reason }) => reason),
      ['health', 'health'],
    )
  })

  test('with inhibit_on_failure it stays with weight 0', async () => {
    const inhibited = virtualServer({
      realServers: [realServer('192.168.105.203', { inhibitOnFailure: true, weight: 5 })],
    })
    const node = await settled({ config: config({ instances: [], virtualServers: [inhibited] }) })
    node.health(serverDown(WEB1))
    node.health(serverUp(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [
      `destination-updated ${SERVICE} ${WEB1} 0`,
      `destination-updated ${SERVICE} ${WEB1} 5`,
    ])
  })

  test('what checker says counts for the whole server, whichever check it names', async () => {
    const node = await settled()
    node.health(serverDown(WEB1, 'one'))
    node.health(serverDown(WEB1, 'two'))
    node.health(serverUp(WEB1, 'one'))
    await node.settled()
    assert.equal(node.kernel.table[SERVICE]?.destinations.length, 2)
  })

  test('the same news twice, and news of unknown servers, write nothing', async () => {
    const node = await settled()
    node.health(serverUp(WEB1))
    node.health(serverDown('10.0.0.1:80'))
    node.health({ ...serverDown(WEB1), virtualServer: '10.0.0.1:80/tcp' })
    await node.settled()
    assert.deepEqual(node.writes(), [])
  })

  test('news that come while the table is being read are not lost', async () => {
    const node = simulatedNode({ config: config({ instances: [] }) })
    node.kernel.table = { ...wanted }
    node.start()
    node.caughtUp()
    node.health(serverDown(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-removed ${SERVICE} ${WEB1}`])
  })

  test('a dump that a write has overtaken is read again', async () => {
    const node = await settled()
    node.clock.advance(60_000)
    node.health(serverDown(WEB1))
    await node.settled()
    assert.deepEqual(node.writes(), [`destination-removed ${SERVICE} ${WEB1}`])
    assert.equal(node.news().length, 1)
  })
})
