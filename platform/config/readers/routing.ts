/** Routes and rules: those of the instances, and those that are there whatever the instances do. */
import type { Config, VipAddress } from '#schemas/config.ts'
import type { Route, Rule } from '#schemas/routing.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { type Block, blocksOf, textOf } from '../statements/block.ts'
import { routingLines } from '../statements/routing-lines.ts'
import type { NumberNames } from './number-names.ts'
import { readRoute } from './routes.ts'
import { readRule, rulePriorities } from './rules.ts'
import { readVipAddress } from './virtual-address.ts'

/** Of static addresses without dev, where global_defs names no other. */
const DEFAULT_INTERFACE = 'eth0'

export interface RoutingConfig {
  statics: Config['statics']
  /** Of one vrrp_instance. */
  ofInstance(block: Block): { routes: Route[]; rules: Rule[] }
}

export function readRouting(root: Block, names: NumberNames, findings: Findings): RoutingConfig {
  const reading = { names, findings }
  const routes = new Map<Block | null, Route[]>()
  const rules = new Map<Block | null, Rule[]>()
  for (const { entry, instance } of routingLines(root, 'routes')) {
    const route = readRoute(entry, reading)
    if (route !== null) put(routes, instance, route)
  }
  // In the order of the file: the number of a rule without a preference must not depend on anything else.
  const nextPriority = rulePriorities()
  for (const { entry, instance } of routingLines(root, 'rules')) {
    const rule = readRule(entry, nextPriority, reading)
    if (rule !== null) put(rules, instance, rule)
  }
  const of = (instance: Block | null) => ({ routes: routes.get(instance) ?? [], rules: rules.get(instance) ?? [] })
  return { statics: { addresses: staticAddresses(root, findings), ...of(null) }, ofInstance: of }
}

function put<Item>(lists: Map<Block | null, Item[]>, owner: Block | null, item: Item): void {
  const list = lists.get(owner)
  if (list === undefined) lists.set(owner, [item])
  else list.push(item)
}

function staticAddresses(root: Block, findings: Findings): VipAddress[] {
  const fallback = blocksOf(root, 'global_defs').map((block) => textOf(block, 'default_interface'))
  const device = fallback.findLast((name) => name !== undefined) ?? DEFAULT_INTERFACE
  return blocksOf(root, 'static_ipaddress').flatMap(({ entries }) =>
    entries.flatMap((entry): VipAddress[] => {
      const address = readVipAddress(entry, device, findings)
      return address === null ? [] : [address]
    }),
  )
}
