/** Routes, rules and static addresses: what the core knows, hears, concludes and has done. */
import type { Millis } from '#platform/clock-port.ts'
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { IpvsEvent } from '#schemas/ipvs.ts'
import { routeName, ruleName } from '#schemas/routing-names.ts'
import type { RoutingHint, RoutingItem, RoutingOutcome } from '../ports.ts'

/** Name of the instance; null: what is static. */
export type Owner = string | null

type Added = Extract<IpvsEvent, { type: 'RoutingAdded' }>
export type AdditionReason = Added['reason']
export type WithdrawalReason = Extract<IpvsEvent, { type: 'RoutingRemoved' }>['reason']

/** How the routes and rules of an owner stand. */
export interface Standing {
  /** Names of those that should be in the kernel by our last look. */
  present: readonly string[]
  /** When removed ones were put back lately. */
  repairs: readonly Millis[]
  /** Since when one that was there cannot be put back. */
  failingSince: Millis | null
  /** When to look again without a hint. */
  recheckAt: Millis | null
  /** What came with the addresses, and is told with them: then its cause is known. */
  untold: Added | null
}

export interface RoutingState {
  /** By owner, see keyOf. */
  standings: Readonly<Record<string, Standing>>
  /** When what an earlier run left behind is taken away, unless this node is master by then. */
  tidyAt: Millis | null
}

export const NO_STANDING: Standing = { present: [], repairs: [], failingSince: null, recheckAt: null, untold: null }

export type RoutingInput =
  | { type: 'RoutingHinted'; hint: RoutingHint; at: Millis }
  | { type: 'RoutingWritten'; write: AddRouting; outcomes: RoutingOutcome[]; at: Millis }
  | { type: 'RoutingCleared'; owner: Owner; reason: WithdrawalReason; outcomes: RoutingOutcome[]; at: Millis }

export type RoutingFact =
  | { type: 'RoutingDue'; owner: Owner; reason: AdditionReason; at: Millis; deadline: Millis }
  /** Something may be gone: look, and put it back. */
  | { type: 'RoutingDoubted'; owner: Owner; at: Millis; deadline: Millis }
  | { type: 'RoutingKnown'; owner: Owner; standing: Standing }
  | { type: 'RoutingTold'; owner: Owner }
  | { type: 'RoutingUnwanted'; owner: Owner; items: RoutingItem[]; reason: WithdrawalReason }
  | { type: 'TidyingPlanned'; tidyAt: Millis }
  | { type: 'RoutingTidied' }

export interface AddRouting {
  type: 'AddRouting'
  owner: Owner
  items: RoutingItem[]
  reason: AdditionReason
  /** Nothing is written any more after this. */
  deadline: Millis
  startedAt: Millis
}

export type RoutingEffect =
  | AddRouting
  | { type: 'RemoveRouting'; owner: Owner; items: RoutingItem[]; reason: WithdrawalReason }

export function keyOf(owner: Owner): string {
  return owner ?? ''
}

/** All of an instance, in the order in which they are added. */
export function routingOf({ routes, rules }: Pick<VrrpInstance, 'routes' | 'rules'>): RoutingItem[] {
  return [
    ...routes.map((route) => ({ kind: 'route', route }) as const),
    ...rules.map((rule) => ({ kind: 'rule', rule }) as const),
  ]
}

export function staticsOf({ statics }: Config): RoutingItem[] {
  return [...statics.addresses.map((address) => ({ kind: 'address', address }) as const), ...routingOf(statics)]
}

/** Whether there is anything of it in a configuration. */
export function hasRouting(config: Config): boolean {
  return staticsOf(config).length > 0 || config.instances.some((instance) => routingOf(instance).length > 0)
}

/** How events name it. */
export function itemName(item: RoutingItem): string {
  switch (item.kind) {
    case 'address':
      return `${item.address.address}/${item.address.prefix} dev ${item.address.device}`
    case 'route':
      return routeName(item.route)
    case 'rule':
      return ruleName(item.rule)
  }
}

/** Whether it is put back when somebody else removes it. */
export function isTracked(item: RoutingItem): boolean {
  switch (item.kind) {
    case 'address':
      return !item.address.noTrack
    case 'route':
      return item.route.tracked
    case 'rule':
      return item.rule.tracked
  }
}

/**
 * Whether a master must have it: as in keepalived, which does not track a route that names no interface, nor one with
 * several ways (measured). Such a route is put back here too, and no more.
 */
export function isVital(item: RoutingItem): boolean {
  if (!isTracked(item)) return false
  if (item.kind !== 'route') return true
  const [only, ...others] = item.route.nextHops
  return only !== undefined && only.device !== null && others.length === 0
}
