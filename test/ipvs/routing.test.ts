import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Config, VrrpInstance } from '#schemas/config.ts'
import { exampleRoute, exampleRule, exampleVip } from '../configuration.ts'
import { config, instance, VIP, VIP_NAME } from './settings.ts'
import { becameBackup, becameMaster, simulatedNode } from './simulated-node.ts'

const ROUTE = '198.51.100.0/24 via 192.0.2.9 dev eth1'
const RULE = 'rule 900 from 198.51.100.0/24 table 100'
const STATIC = '203.0.113.0/24 dev eth2'
const route = exampleRoute('198.51.100.0/24', '192.0.2.9', 'eth1')
const rule = exampleRule(900, '198.51.100.0/24', 100)
const fixed = { addresses: [], routes: [exampleRoute('203.0.113.0/24', null, 'eth2')], rules: [] }

function configured(change: Partial<VrrpInstance> = {}, others: Partial<Config> = {}): Config {
  return config({ instances: [instance({ routes: [route], rules: [rule], ...change })], ...others })
}

/** A node whose addresses, routes and rules are in place. */
function master(change: Partial<VrrpInstance> = {}, others: Partial<Config> = {}) {
  const node = simulatedNode({ config: configured(change, others) }).start()
  node.hears(becameMaster)
  node.news()
  node.writes()
  node.routing.writes()
  return node
}

/** Type and names of the events since the last call. */
function told(node: ReturnType<typeof master>): string[] {
  return node.news().map((event) => {
    const names = [event.items ?? event.addresses ?? event.entity].flat().join(', ')
    const rest = [event.reason ?? [], event.restored === undefined ? [] : `restored ${String(event.restored)}`].flat()
    return [event.type, names, ...rest].join(' | ')
  })
}

describe('mastership', () => {
  test('brings the routes and then the rules, once the addresses are there and before they are announced', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.hears(becameMaster)
    assert.deepEqual([node.writes(), node.routing.writes()], [[`add ${VIP} for 3000`], [`add ${ROUTE}`, `add ${RULE}`]])
    assert.deepEqual(told(node), [`RoutingAdded | ${ROUTE}, ${RULE} | master`, `AddressesAdded | ${VIP_NAME}`])
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
    assert.deepEqual(told(node).slice(0, 2), [`RoutingAdded | ${RULE} | master`, `KernelRefused | ${ROUTE}`])
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

describe('a restart', () => {
  test('S6: finds all in place and changes nothing', () => {
    const node = master({}, { statics: fixed })
    node.restart()
    node.adverts(5)
    node.clock.advance(500)
    assert.deepEqual([node.routing.writes(), told(node)], [[], [`AddressesKept | ${VIP_NAME}`]])
  })

  test('puts back what went away meanwhile', () => {
    const node = master()
    node.kill()
    node.routing.present.delete(RULE)
    node.restart()
    assert.deepEqual(node.routing.writes(), [`add ${RULE}`])
    assert.deepEqual(told(node), [`AddressesKept | ${VIP_NAME}`, `RoutingAdded | ${RULE} | start`])
  })

  test('as a backup takes away what a killed run left, when it is clear that nobody here is master', () => {
    const node = master()
    node.kill()
    node.clock.advance(5_000)
    node.restart()
    node.clock.advance(1_500)
    assert.deepEqual([...node.routing.present], [ROUTE, RULE])
    node.clock.advance(501)
    assert.deepEqual([...node.routing.present], [])
    assert.deepEqual(told(node).slice(-1), [`RoutingRemoved | ${RULE}, ${ROUTE} | left-over`])
  })
})

describe('a reload', () => {
  test('S7: removes what is no longer wanted, adds what is new, and touches nothing else', () => {
    const node = master({}, { statics: fixed })
    const other = exampleRoute('203.0.113.128/25', '192.0.2.9', 'eth1')
    node.reload(configured({ routes: [route, other], rules: [] }, { statics: { ...fixed, rules: [rule] } }))
    // The same rule, now a static one.
    const expected = [`remove ${RULE}`, `add ${RULE}`, 'add 203.0.113.128/25 via 192.0.2.9 dev eth1']
    assert.deepEqual(node.routing.writes(), expected)
  })

  test('a changed option is another route: the old one leaves first', () => {
    const node = master()
    const changed = { ...route, metrics: [{ name: 'mtu' as const, value: 1_400, locked: false }] }
    node.reload(configured({ routes: [changed] }))
    assert.deepEqual(node.routing.writes(), [`remove ${ROUTE}`, `add ${ROUTE}`])
  })

  test('that only says whether something is watched changes nothing', () => {
    const node = master()
    node.reload(configured({ routes: [{ ...route, tracked: false }], rules: [{ ...rule, tracked: false }] }))
    assert.deepEqual(node.routing.writes(), [])
  })

  test('that drops everything takes rules away before routes', () => {
    const node = master()
    node.reload(configured({ routes: [], rules: [] }))
    assert.deepEqual(node.routing.writes(), [`remove ${RULE}`, `remove ${ROUTE}`])
  })

  test('of a backup writes nothing', () => {
    const node = simulatedNode({ config: configured() }).start()
    node.routing.present.add(ROUTE)
    node.reload(configured({ routes: [] }))
    assert.deepEqual(node.routing.writes(), [])
  })
})

describe('what is static', () => {
  test('is there from the start to the stop, whoever is master', () => {
    const node = simulatedNode({ config: configured({}, { statics: fixed }) }).start()
    assert.deepEqual([node.routing.writes(), told(node)], [[`add ${STATIC}`], [`RoutingAdded | ${STATIC} | start`]])
    node.stop()
    assert.deepEqual(told(node), [`RoutingRemoved | ${STATIC} | stop`])
    node.routing.hint('lost')
    assert.deepEqual([...node.routing.present], [])
  })

  test('is put back, but against somebody who goes on only three times in ten seconds', () => {
    const node = simulatedNode({ config: configured({}, { statics: fixed }) }).start()
    node.routing.writes()
    for (let count = 0; count < 6; count += 1) node.routing.take(STATIC)
    assert.equal(node.routing.writes().length, 3)
    node.clock.advance(9_900)
    assert.deepEqual(node.routing.writes(), [])
    node.clock.advance(100)
    assert.deepEqual(node.routing.writes(), [`add ${STATIC}`])
  })

  test('comes as soon as it is possible', () => {
    const node = simulatedNode({ config: configured({}, { statics: fixed }) })
    node.routing.refused.add(STATIC)
    node.start()
    assert.deepEqual(told(node), [`KernelRefused | ${STATIC}`])
    node.routing.refused.clear()
    node.routing.hint('chance')
    assert.deepEqual(told(node), [`RoutingAdded | ${STATIC} | repair`])
  })
})
