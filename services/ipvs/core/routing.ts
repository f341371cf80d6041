/**
 * Routes and rules go with the addresses of their instance, static ones with the process. An addition that finds its
 * route in place changes nothing, so that looking, comparing and repairing are one thing: add all again.
 *
 * When somebody else removes one of a master, keepalived gives its mastership up and takes it again. Here it is put
 * back at once. Only what cannot be put back, or is removed again and again, ends the mastership: the addresses go
 * away, vrrp sees that in the kernel, and resigns as for a lost address.
 */
import type { Millis } from '#platform/clock-port.ts'
import { isEqual } from '#platform/equality.ts'
import type { Config } from '#schemas/config.ts'
import type { RoutingItem, RoutingOutcome } from '../ports.ts'
import { leftOverWaitMs } from './evidence.ts'
import { tellOf } from './mastership.ts'
import { refusals } from './refusals.ts'
import {
  isTracked,
  isVital,
  itemName,
  keyOf,
  NO_STANDING,
  type Owner,
  type RoutingFact,
  type RoutingInput,
  type RoutingState,
  routingOf,
  type Standing,
  staticsOf,
} from './routing-state.ts'
import { cidrOf, type Fact, type Instance, instancesOf, presentAddresses, type State, sameRouter } from './state.ts'

/** So many repairs within this time, and no more. */
const REPAIRS = 3
const REPAIR_WINDOW_MS = 10_000
/** What cannot be put back is tried so often, for so long: an address that it needs may be on its way back, too. */
const RETRY_MS = 25
const GIVE_UP_MS = 100

type Of<T extends RoutingInput['type']> = Extract<RoutingInput, { type: T }>

/** Static ones at the start; what instances have left behind is looked at when it is clear who is master. */
export function decideRoutingStart(at: Millis, { config }: State): Fact[] {
  const waits = config.instances.filter((each) => routingOf(each).length > 0).map(leftOverWaitMs)
  const statics: Fact[] =
    staticsOf(config).length === 0 ? [] : [{ type: 'RoutingDue', owner: null, reason: 'start', ...always(at) }]
  return waits.length === 0 ? statics : [...statics, { type: 'TidyingPlanned', tidyAt: at + Math.max(...waits) }]
}

function always(at: Millis) {
  return { at, deadline: Number.POSITIVE_INFINITY }
}

/** The owners whose routes should be in the kernel now, with the moment from which on they may not be added. */
function activeOwners(state: State): { owner: Owner; items: RoutingItem[]; deadline: Millis }[] {
  if (state.stopping) return []
  const instances = Object.values(state.instances).flatMap(({ config, hold }) =>
    hold.phase === 'held' ? [{ owner: config.name, items: routingOf(config), deadline: hold.deadline }] : [],
  )
  const statics = { owner: null, items: staticsOf(state.config), deadline: Number.POSITIVE_INFINITY }
  return [statics, ...instances].filter(({ items }) => items.length > 0)
}

export function decideHint({ hint, at }: Of<'RoutingHinted'>, state: State): Fact[] {
  return activeOwners(state).flatMap(({ owner, items, deadline }): Fact[] => {
    const standing = standingOf(owner, state)
    const tracked = items.filter(isTracked)
    const complete = tracked.every((item) => standing.present.includes(itemName(item)))
    if (tracked.length === 0 || (hint === 'chance' && complete)) return []
    const busy = recentRepairs(standing, at)
    const [oldest] = busy
    // Once more, and an instance gives its addresses up for what is vital.
    const most = giveUp(owner, at, state).length === 0 ? REPAIRS : REPAIRS + 1
    if (busy.length >= most && oldest !== undefined) {
      const known = { ...standing, recheckAt: standing.recheckAt ?? oldest + REPAIR_WINDOW_MS }
      return [{ type: 'RoutingKnown', owner, standing: known }]
    }
    return [{ type: 'RoutingDoubted', owner, at, deadline }]
  })
}

function recentRepairs({ repairs }: Standing, at: Millis): Millis[] {
  return repairs.filter((each) => at - each < REPAIR_WINDOW_MS)
}

function standingOf(owner: Owner, { routing }: State): Standing {
  return routing.standings[keyOf(owner)] ?? NO_STANDING
}

/** What the kernel made of an addition, the first one or one to be sure. */
export function decideRoutingWritten({ write, outcomes, at }: Of<'RoutingWritten'>, state: State): Fact[] {
  const { owner, reason, startedAt } = write
  const before = standingOf(owner, state)
  const known = (name: string) => before.present.includes(name)
  const added = namesOf(outcomes, 'added')
  const restored = added.filter(known)
  const fresh = added.filter((name) => !known(name))
  const failing = outcomes.filter(({ item, result }) => result === 'failed' && known(itemName(item)))
  const over = failing.length > 0 && at - (before.failingSince ?? at) >= GIVE_UP_MS
  const lost = over ? failing.map(({ item }) => itemName(item)) : []
  const tookMs = Math.max(0, at - startedAt)
  const event = { type: 'RoutingAdded', instance: owner, items: fresh, reason, tookMs } as const
  const waits = reason === 'master' && fresh.length > 0 && addressesOf(owner, state).length > 0
  const after = standingAfter(before, outcomes, { restored, failing: over ? 0 : failing.length, lost, at })
  const standing = waits ? { ...after, untold: event } : after
  const vital = (names: string[]) => outcomes.some(({ item }) => isVital(item) && names.includes(itemName(item)))
  const fought = recentRepairs(before, at).length >= REPAIRS && vital(restored)
  return [
    { type: 'RoutingKnown', owner, standing },
    ...(waits ? [] : told(fresh, event)),
    ...told(restored, { type: 'RoutingLost', instance: owner, items: restored, restored: true }),
    ...told(lost, { type: 'RoutingLost', instance: owner, items: lost, restored: false }),
    // In a moment it may be possible again, or no longer wanted: with its link an instance goes to FAULT.
    ...(failing.length > 0 && !over ? [] : itemRefusals(outcomes, state)),
    ...(fought || vital(lost) ? giveUp(owner, at, state) : []),
  ]
}

function namesOf(outcomes: readonly RoutingOutcome[], wanted: RoutingOutcome['result']): string[] {
  return outcomes.filter(({ result }) => result === wanted).map(({ item }) => itemName(item))
}

function told(items: string[], event: Fact): Fact[] {
  return items.length === 0 ? [] : [event]
}

interface Findings {
  restored: string[]
  failing: number
  lost: string[]
  at: Millis
}

function standingAfter(
  before: Standing,
  outcomes: RoutingOutcome[],
  { restored, failing, lost, at }: Findings,
): Standing {
  const here = [...before.present, ...namesOf(outcomes, 'added'), ...namesOf(outcomes, 'present')]
  const repairs = recentRepairs(before, at)
  return {
    present: [...new Set(here)].filter((name) => !lost.includes(name)),
    repairs: restored.length > 0 ? [...repairs, at] : repairs,
    failingSince: failing > 0 ? (before.failingSince ?? at) : null,
    recheckAt: failing > 0 ? at + RETRY_MS : null,
    untold: before.untold,
  }
}

/** Each refusal once, and that it is over. */
function itemRefusals(outcomes: RoutingOutcome[], state: State): Fact[] {
  const well = outcomes.filter(({ result }) => result !== 'failed').map(({ item }) => itemName(item))
  const over = well.filter((entity) => entity in state.refused).map((entity): Fact => ({ type: 'RefusalOver', entity }))
  const failed = outcomes.flatMap((each) =>
    each.result === 'failed'
      ? [{ entity: itemName(each.item), code: each.error.code, message: each.error.message }]
      : [],
  )
  return [...over, ...refusals(failed, state)]
}

/** The addresses that an owner has besides; none of those that stay whoever is master. */
function addressesOf(owner: Owner, { instances }: State): string[] {
  const instance = owner === null ? undefined : instances[owner]
  return instance === undefined ? [] : presentAddresses(instance).map(cidrOf)
}

/** Facts with what is to be told along with addresses. */
export function withRouting(facts: readonly Fact[], state: State): Fact[] {
  return facts.flatMap((fact): Fact[] => {
    const untold = fact.type === 'AddressesAdded' ? standingOf(fact.instance, state).untold : null
    return untold === null ? [fact] : [fact, untold, { type: 'RoutingTold', owner: untold.instance }]
  })
}

/** Without addresses there is nothing by which vrrp could learn of it: such an instance goes on trying. */
function giveUp(owner: Owner, at: Millis, state: State): Fact[] {
  const { instances } = state
  const instance = owner === null ? undefined : instances[owner]
  const addresses = addressesOf(owner, state)
  if (owner === null || instance?.hold.phase !== 'held' || addresses.length === 0) return []
  return [
    ...tellOf(instance),
    { type: 'HoldLost', instance: owner, at, clear: true },
    { type: 'AddressesLost', instance: owner, addresses, reason: 'routing-lost' },
  ]
}

export function decideRoutingCleared({ owner, reason, outcomes }: Of<'RoutingCleared'>, state: State): Fact[] {
  const before = standingOf(owner, state)
  const removed = namesOf(outcomes, 'removed')
  const names = outcomes.map(({ item }) => itemName(item))
  const standing = { ...NO_STANDING, present: before.present.filter((name) => !names.includes(name)) }
  return [
    { type: 'RoutingKnown', owner, standing },
    ...told(removed, { type: 'RoutingRemoved', instance: owner, items: removed, reason }),
    ...itemRefusals(outcomes, state),
  ]
}

/** What the next configuration no longer has, while the old one is still known. */
export function decideRoutingDrop(next: Config, state: State): Fact[] {
  const after = instancesOf(next, state.instances)
  const ofInstances = Object.values(state.instances).flatMap((instance): Fact[] => {
    const successor = sameRouter(instance.config, after)
    // One that is gone takes everything along.
    if (successor === undefined || !['held', 'lost'].includes(instance.hold.phase)) return []
    return dropped(instance.config.name, routingOf(instance.config), routingOf(successor.config))
  })
  return [...ofInstances, ...dropped(null, staticsOf(state.config), staticsOf(next))]
}

function dropped(owner: Owner, before: RoutingItem[], after: RoutingItem[]): Fact[] {
  const items = before.filter((item) => !after.some((other) => isSameItem(item, other)))
  return items.length === 0 ? [] : [{ type: 'RoutingUnwanted', owner, items: items.reverse(), reason: 'reload' }]
}

/** Whether an item is watched, or how fast it came to be there, makes it no other one. */
function isSameItem(one: RoutingItem, other: RoutingItem): boolean {
  return isEqual(kernelView(one), kernelView(other))
}

function kernelView(item: RoutingItem): unknown {
  switch (item.kind) {
    case 'address':
      return { ...item.address, noTrack: false }
    case 'route':
      return { ...item.route, tracked: true, placing: 'prepend' }
    case 'rule':
      return { ...item.rule, tracked: true }
  }
}

/** After the configuration was taken: everything is added again, which changes only what is not there. */
export function decideRoutingReload(at: Millis, next: Config, state: State): Fact[] {
  const instances = Object.values(instancesOf(next, state.instances)).flatMap(({ config, hold }): Fact[] => {
    if (hold.phase !== 'held' || routingOf(config).length === 0) return []
    return [{ type: 'RoutingDue', owner: config.name, reason: 'reload', at, deadline: hold.deadline }]
  })
  const statics: Fact[] =
    staticsOf(next).length === 0 ? [] : [{ type: 'RoutingDue', owner: null, reason: 'reload', ...always(at) }]
  return [...statics, ...instances]
}

export function decideRoutingStop({ config }: State): Fact[] {
  const items = staticsOf(config).reverse()
  return items.length === 0 ? [] : [{ type: 'RoutingUnwanted', owner: null, items, reason: 'stop' }]
}

export function decideRoutingTime(at: Millis, state: State): Fact[] {
  const { tidyAt } = state.routing
  const due = activeOwners(state).filter(({ owner }) => (standingOf(owner, state).recheckAt ?? at + 1) <= at)
  const again = due.map(({ owner, deadline }): Fact => ({ type: 'RoutingDoubted', owner, at, deadline }))
  return tidyAt !== null && at >= tidyAt ? [...again, { type: 'RoutingTidied' }, ...tidied(state)] : again
}

/** What a run before this one left behind, which nobody claims. */
function tidied({ instances }: State): Fact[] {
  return Object.values(instances).flatMap(({ config, hold }: Instance): Fact[] => {
    const items = routingOf(config).reverse()
    if (hold.phase !== 'idle' || items.length === 0) return []
    return [{ type: 'RoutingUnwanted', owner: config.name, items, reason: 'left-over' }]
  })
}

/** Routing after a fact. */
export function routingAfter(routing: RoutingState, fact: RoutingFact): RoutingState {
  switch (fact.type) {
    case 'RoutingKnown':
      return withStanding(routing, fact.owner, fact.standing)
    case 'RoutingDoubted':
      return withStanding(routing, fact.owner, { recheckAt: null })
    case 'RoutingTold':
      return withStanding(routing, fact.owner, { untold: null })
    case 'TidyingPlanned':
      return { ...routing, tidyAt: fact.tidyAt }
    case 'RoutingTidied':
      return { ...routing, tidyAt: null }
    case 'RoutingDue':
    case 'RoutingUnwanted':
      return routing
  }
}

function withStanding(routing: RoutingState, owner: Owner, change: Partial<Standing>): RoutingState {
  const key = keyOf(owner)
  const standing = { ...(routing.standings[key] ?? NO_STANDING), ...change }
  return { ...routing, standings: { ...routing.standings, [key]: standing } }
}
