import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { exampleRoute } from '../configuration.ts'
import { configured, fixed, master, ROUTE, RULE, route, rule, STATIC, told } from './routing-node.ts'
import { VIP_NAME } from './settings.ts'
import { simulatedNode } from './simulated-node.ts'

describe('a restart', () => {
  test('finds all in place and changes nothing', () => {
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
  test('removes what is no longer wanted, adds what is new, and touches nothing else', () => {
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
