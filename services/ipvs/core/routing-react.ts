/** What has to be done about routes, rules and static addresses. */
import type { Millis } from '#platform/clock-port.ts'
import type { RoutingItem } from '../ports.ts'
import {
  type AdditionReason,
  type AddRouting,
  isTracked,
  type Owner,
  type RoutingEffect,
  type RoutingFact,
  routingOf,
  staticsOf,
  type WithdrawalReason,
} from './routing-state.ts'
import type { Instance, State } from './state.ts'

type Waking = RoutingEffect | { type: 'WakeAt'; when: Millis }

export function reactRouting(fact: RoutingFact, state: State): Waking[] {
  switch (fact.type) {
    case 'RoutingDue':
      return addition(fact, fact.reason, itemsOf(fact.owner, state))
    case 'RoutingDoubted':
      return addition(fact, 'repair', itemsOf(fact.owner, state).filter(isTracked))
    case 'RoutingUnwanted': {
      const { owner, items, reason } = fact
      return [{ type: 'RemoveRouting', owner, items, reason }]
    }
    case 'RoutingKnown': {
      const { recheckAt } = fact.standing
      return recheckAt === null ? [] : [{ type: 'WakeAt', when: recheckAt }]
    }
    case 'TidyingPlanned':
      return [{ type: 'WakeAt', when: fact.tidyAt }]
    case 'RoutingTold':
    case 'RoutingTidied':
      return []
  }
}

function itemsOf(owner: Owner, { config, instances }: State): RoutingItem[] {
  if (owner === null) return staticsOf(config)
  const instance = instances[owner]
  return instance === undefined ? [] : routingOf(instance.config)
}

interface Occasion {
  owner: Owner
  at: Millis
  deadline: Millis
}

function addition({ owner, at, deadline }: Occasion, reason: AdditionReason, items: RoutingItem[]): AddRouting[] {
  return items.length === 0 ? [] : [{ type: 'AddRouting', owner, items, reason, deadline, startedAt: at }]
}

/** Everything of an instance that holds its addresses. */
export function routingFor(instance: Instance, reason: AdditionReason, at: Millis): AddRouting[] {
  const { config, hold } = instance
  if (hold.phase !== 'held') return []
  const items = reason === 'repair' ? routingOf(config).filter(isTracked) : routingOf(config)
  return addition({ owner: config.name, at, deadline: hold.deadline }, reason, items)
}

/** In reverse order, as keepalived does: what was added last leaves first. */
export function routingAway({ config }: Instance, reason: WithdrawalReason): RoutingEffect[] {
  const items = routingOf(config).reverse()
  return items.length === 0 ? [] : [{ type: 'RemoveRouting', owner: config.name, items, reason }]
}
