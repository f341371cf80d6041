import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { exampleRoute, exampleVip } from '../configuration.ts'
import { configured, master, ROUTE, RULE, route, told } from './routing-node.ts'
import { VIP, VIP_NAME } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

describe('mastership', () => {
  test('brings the routes and then the rules, once the addresses are there and before they are announced', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.hears(becameMaster)
    assert.deepEqual([node.writes(), node.routing.writes()], [[`add ${VIP} for 3000`], [`add ${ROUTE}`, `add ${RULE}`]])
    assert.deepEqual(told(node), [`AddressesAdded | ${VIP_NAME}`, `RoutingAdded | ${ROUTE}, ${RULE} | master`])
  })

  test('that is seen on the wire first is told of with its event, which is the cause of all', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.advert()
    assert.deepEqual([told(node), [...node.routing.present]], [[], [ROUTE, RULE]])
    node.hears(becameMaster)
    assert.deepEqual(told(node), [`AddressesAdded | ${VIP_NAME}`, `RoutingAdded | ${ROUTE}, ${RULE} | master`])
    node.adverts(2)
    assert.deepEqual(told(node), [])
  })

  test('that ends takes the rules, then the routes, and then the addresses away', () => {
    const node = master()
    node.hears(becameBackup)
    assert.deepEqual([node.routing.writes(), node.writes()], [[`remove ${RULE}`, `remove ${ROUTE}`], [`remove ${VIP}`]])
    assert.deepEqual(told(node), [
      `RoutingRemoved | ${RULE}, ${ROUTE} | not-master`,
      `AddressesRemoved | ${VIP_NAME} | not-master`,
    ])
  })

  test('without adverts ends with the lease, for the routes too', () => {
    const node = master()
    node.clock.advance(3_200)
    assert.deepEqual([...node.routing.present], [])
    assert.deepEqual(told(node), [
      `AddressesLost | ${VIP_NAME} | lease-expired`,
      `RoutingRemoved | ${RULE}, ${ROUTE} | addresses-lost`,
    ])
  })

  test('is not refused for a route that the kernel refuses, as with keepalived', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.routing.refused.add(ROUTE)
    node.hears(becameMaster)
    assert.equal(node.kernel.has(VIP), true)
    assert.deepEqual(told(node), [
      `KernelRefused | ${ROUTE}`,
      `AddressesAdded | ${VIP_NAME}`,
      `RoutingAdded | ${RULE} | master`,
    ])
    node.adverts(3)
    assert.deepEqual([node.kernel.has(VIP), told(node)], [true, []])
    // It is told again only when it has been possible meanwhile.
    node.routing.refused.clear()
    node.routing.hint('chance')
    assert.deepEqual(told(node), [`RoutingAdded | ${ROUTE} | repair`])
  })
})

describe('an instance without addresses', () => {
  const bare = { addresses: [], excludedAddresses: [] }

  test('holds its routes as long as its adverts leave', () => {
    const node = master(bare)
    assert.deepEqual([...node.routing.present], [ROUTE, RULE])
    node.adverts(10)
    assert.deepEqual([...node.routing.present], [ROUTE, RULE])
    node.clock.advance(3_002)
    assert.deepEqual([...node.routing.present], [])
    assert.deepEqual(told(node), [`RoutingRemoved | ${RULE}, ${ROUTE} | addresses-lost`])
  })
})

describe('somebody else', () => {
  test('who removes a route or a rule of a master finds it back at once', () => {
    const node = master()
    node.routing.take(ROUTE, RULE)
    assert.deepEqual(node.routing.writes(), [`add ${ROUTE}`, `add ${RULE}`])
    assert.deepEqual(told(node), [`RoutingLost | ${ROUTE}, ${RULE} | restored true`])
    assert.equal(node.kernel.has(VIP), true)
  })

  test('who removes one of a backup is none of our business', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.routing.take(ROUTE)
    assert.deepEqual(node.routing.writes(), [])
  })

  test('may remove what has no_track, until the next mastership', () => {
    const node = master({ routes: [{ ...route, tracked: false }] })
    node.routing.take(ROUTE)
    node.kernel.take(exampleVip(VIP))
    node.clock.advance(1)
    assert.equal(node.kernel.has(VIP), true)
    assert.deepEqual([...node.routing.present], [RULE])
    node.hears(becameBackup)
    node.clock.advance(1_000)
    node.hears(becameMaster)
    assert.deepEqual([...node.routing.present], [ROUTE, RULE])
    assert.equal(told(node).includes(`RoutingAdded | ${ROUTE}, ${RULE} | master`), true)
  })

  test('who goes on removing it wins: the node gives its addresses up, and vrrp resigns', () => {
    const node = master()
    for (let count = 0; count < 4; count += 1) {
      node.adverts(1)
      node.routing.take(ROUTE)
    }
    assert.deepEqual(told(node).slice(4), [
      `AddressesLost | ${VIP_NAME} | routing-lost`,
      `RoutingRemoved | ${RULE}, ${ROUTE} | addresses-lost`,
    ])
    assert.equal(node.kernel.has(VIP), false)
  })

  test('who made it impossible has a tenth of a second to undo it', () => {
    const node = master()
    node.routing.refused.add(ROUTE)
    node.routing.take(ROUTE)
    node.clock.advance(60)
    assert.deepEqual([node.kernel.has(VIP), told(node)], [true, []])
    node.routing.refused.clear()
    node.clock.advance(60)
    assert.deepEqual(told(node), [`RoutingLost | ${ROUTE} | restored true`])
    assert.deepEqual([...node.routing.present], [RULE, ROUTE])
  })

  test('who made it impossible for good costs the mastership', () => {
    const node = master()
    node.routing.refused.add(ROUTE)
    node.routing.take(ROUTE)
    node.clock.advance(150)
    assert.equal(node.kernel.has(VIP), false)
    assert.deepEqual(told(node), [
      `RoutingLost | ${ROUTE} | restored false`,
      `KernelRefused | ${ROUTE}`,
      `AddressesLost | ${VIP_NAME} | routing-lost`,
      `RoutingRemoved | ${RULE} | addresses-lost`,
    ])
  })

  test('may take a route for ever that names no interface: keepalived does not track those', () => {
    const loose = exampleRoute('198.51.100.0/24', '192.0.2.9', null)
    const node = master({ routes: [loose] })
    const name = '198.51.100.0/24 via 192.0.2.9'
    node.routing.refused.add(name)
    node.routing.take(name)
    node.clock.advance(500)
    assert.equal(node.kernel.has(VIP), true)
    assert.deepEqual(told(node).slice(0, 1), [`RoutingLost | ${name} | restored false`])
  })

  test('who goes on removing a route that names no interface meets resistance for a while only', () => {
    const node = master({ routes: [exampleRoute('198.51.100.0/24', '192.0.2.9', null)] })
    for (let count = 0; count < 8; count += 1) node.routing.take('198.51.100.0/24 via 192.0.2.9')
    assert.deepEqual([node.routing.writes().length, node.kernel.has(VIP)], [4, true])
  })

  test('who takes the routes of an instance without addresses cannot make it resign', () => {
    const node = master({ addresses: [], excludedAddresses: [] })
    node.routing.refused.add(ROUTE)
    node.routing.take(ROUTE)
    node.clock.advance(500)
    assert.deepEqual(told(node), [`RoutingLost | ${ROUTE} | restored false`, `KernelRefused | ${ROUTE}`])
    assert.deepEqual([...node.routing.present], [RULE])
  })

  test('who changes other routes makes us look, and who adds some does not', () => {
    const node = master()
    node.routing.looks()
    node.routing.hint('chance')
    assert.equal(node.routing.looks(), 0)
    node.routing.hint('lost')
    assert.equal(node.routing.looks(), 1)
  })

  test('who removes a route while the process is stopped beyond its lease does not make it come back', () => {
    const node = master()
    node.sigstop()
    node.routing.take(ROUTE)
    node.clock.advance(5_000)
    node.sigcont()
    node.clock.advance(1_000)
    assert.deepEqual([...node.routing.present], [])
    assert.equal(node.routing.writes().includes(`add ${ROUTE}`), false)
  })
})
