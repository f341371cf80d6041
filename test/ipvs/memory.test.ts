import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IpvsSnapshot } from '#schemas/ipvs.ts'
import { applyChanges, tableChanges } from '../../services/ipvs/core/compare.ts'
import { desiredTable } from '../../services/ipvs/core/desired.ts'
import { memoryOf, withMemory } from '../../services/ipvs/core/memory.ts'
import { initialState } from '../../services/ipvs/core/state.ts'
import { config, realServer, SERVICE, virtualServer, WEB1, WEB2 } from './settings.ts'
import { becameMaster, serverDown, simulatedNode } from './simulated-node.ts'

test('a snapshot brings back who is dead, which services are ours and what vrrp said last', async () => {
  const node = simulatedNode().start()
  node.hears(becameMaster)
  node.health(serverDown(WEB1))
  node.caughtUp()
  await node.settled()
  const stored = IpvsSnapshot.parse(JSON.parse(JSON.stringify(memoryOf(node.state()))))
  const restored = withMemory(initialState(config()), stored)
  assert.deepEqual(Object.keys(restored.table.down), [`${SERVICE}|${WEB1}`])
  assert.deepEqual(restored.table.owned, [SERVICE])
  assert.equal(restored.instances.VI_1?.role, 'master')
})

test('a snapshot does not touch what this run knows of the kernel', () => {
  const node = simulatedNode().start()
  node.hears(becameMaster)
  const after = withMemory(node.state(), { roles: { VI_1: 'other', VI_9: 'master' }, owned: [], down: {} })
  assert.deepEqual(after.instances, node.state().instances)
})

test('the changes between two tables lead from one to the other, and there are none between equal ones', () => {
  const variants = [
    [],
    [virtualServer()],
    [virtualServer({ scheduler: 'wlc', realServers: [] })],
    [virtualServer({ port: 443, persistenceTimeoutS: 50 }), virtualServer({ forwarding: 'NAT' })],
    [
      virtualServer({ protocol: 'UDP' }),
      virtualServer({ realServers: [realServer('192.168.105.204', { weight: 9 })] }),
    ],
  ].flatMap((servers) => [desiredTable(servers, {}), desiredTable(servers, { [`${SERVICE}|${WEB2}`]: 'check' })])
  for (const before of variants) {
    for (const after of variants) {
      const changed = applyChanges(before, tableChanges(before, after))
      assert.deepEqual(tableChanges(changed, after), [])
      assert.deepEqual(Object.keys(changed).sort(), Object.keys(after).sort())
    }
    assert.deepEqual(tableChanges(before, before), [])
  }
})
