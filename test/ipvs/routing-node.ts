/** A node with a route and a rule for the tests of routing. */
import type { Config, VrrpInstance } from '#schemas/config.ts'
import { exampleRoute, exampleRule } from '../configuration.ts'
import { config, instance } from './settings.ts'
import { becameMaster, simulatedNode } from './simulated-node.ts'

export const ROUTE = '198.51.100.0/24 via 192.0.2.9 dev eth1'
export const RULE = 'rule 900 from 198.51.100.0/24 table 100'
export const STATIC = '203.0.113.0/24 dev eth2'
export const route = exampleRoute('198.51.100.0/24', '192.0.2.9', 'eth1')
export const rule = exampleRule(900, '198.51.100.0/24', 100)
export const fixed = { addresses: [], routes: [exampleRoute('203.0.113.0/24', null, 'eth2')], rules: [] }

export function configured(change: Partial<VrrpInstance> = {}, others: Partial<Config> = {}): Config {
  return config({ instances: [instance({ routes: [route], rules: [rule], ...change })], ...others })
}

/** A node whose addresses, routes and rules are in place. */
export function master(change: Partial<VrrpInstance> = {}, others: Partial<Config> = {}) {
  const node = simulatedNode({ config: configured(change, others) }).start()
  node.hears(becameMaster)
  node.news()
  node.writes()
  node.routing.writes()
  return node
}

/** Type and names of the events since the last call. */
export function told(node: ReturnType<typeof master>): string[] {
  return node.news().map((event) => {
    const names = [event.items ?? event.addresses ?? event.entity].flat().join(', ')
    const rest = [event.reason ?? [], event.restored === undefined ? [] : `restored ${String(event.restored)}`].flat()
    return [event.type, names, ...rest].join(' | ')
  })
}
