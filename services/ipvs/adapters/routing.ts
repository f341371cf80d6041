import type { Clock } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import type { NetlinkMonitor } from '#platform/netlink/monitor.ts'
import { openRoute, type RouteResult } from '#platform/netlink/route.ts'
import { monitorRouting, openRouting, type RoutingSocket } from '#platform/netlink/routing.ts'
import { devicesOf, type Interfaces } from '#platform/netlink/routing-messages.ts'
import { refusalError } from '#platform/netlink/socket.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { Route, Rule } from '#schemas/routing.ts'
import { routeName, ruleName } from '#schemas/routing-names.ts'
import type { Routing, RoutingHint, RoutingItem, RoutingOutcome } from '../ports.ts'
import { lastingEntry } from './addresses.ts'

/** Hints within this time are one: whoever removes one route often removes many. Addresses come back before that. */
const GATHER_MS = 5

/** @throws HaError NETLINK */
export function kernelRouting({ clock }: { clock: Clock }): Routing {
  const socket = openRouting()
  const route = openRoute()
  const writers = (items: readonly RoutingItem[]) => {
    const interfaces = socket.interfaces(items.flatMap(namesOf))
    return {
      addresses: addressWriter(route, interfaces),
      routes: routeWriter(socket, interfaces),
      rules: ruleWriter(socket),
    }
  }
  return {
    add(items) {
      const { addresses, routes, rules } = writers(items)
      return [...addresses.add(addressesIn(items)), ...routes.add(routesIn(items)), ...rules.add(rulesIn(items))]
    },
    remove(items) {
      const { addresses, routes, rules } = writers(items)
      return [
        ...rules.remove(rulesIn(items)),
        ...routes.remove(routesIn(items)),
        ...addresses.remove(addressesIn(items)),
      ]
    },
    watch: (onHint) => gathered(clock, onHint),
    close() {
      socket.close()
      route.close()
    },
  }
}

type ItemOf<Kind extends RoutingItem['kind']> = Extract<RoutingItem, { kind: Kind }>

const addressesIn = (items: readonly RoutingItem[]) =>
  items.flatMap((item): ItemOf<'address'>[] => (item.kind === 'address' ? [item] : []))
const routesIn = (items: readonly RoutingItem[]) =>
  items.flatMap((item): ItemOf<'route'>[] => (item.kind === 'route' ? [item] : []))
const rulesIn = (items: readonly RoutingItem[]) =>
  items.flatMap((item): ItemOf<'rule'>[] => (item.kind === 'rule' ? [item] : []))

function namesOf(item: RoutingItem): string[] {
  if (item.kind === 'address') return [item.address.device]
  return item.kind === 'route' ? devicesOf(item.route) : []
}

interface Writer<Item> {
  add(items: readonly Item[]): RoutingOutcome[]
  remove(items: readonly Item[]): RoutingOutcome[]
}

/** How one kind of thing is added and removed. */
interface Kind<Item extends RoutingItem> {
  failure(message: string, cause: Error): HaError
  name(item: Item): string
  /** Interfaces that it needs and that do not exist. */
  missing(item: Item): string[]
  add(items: Item[]): RouteResult[]
  remove(items: Item[]): RouteResult[]
}

/** Whatever is not there is gone; the kernel has a word of its own for each kind. */
const ABSENT = ['ESRCH', 'ENOENT', 'EADDRNOTAVAIL', 'ENODEV']

function writerOf<Item extends RoutingItem>(kind: Kind<Item>): Writer<Item> {
  const failed = (item: Item, doing: string, cause: Error): RoutingOutcome => ({
    item,
    result: 'failed',
    error: kind.failure(`cannot ${doing} ${kind.name(item)}: ${cause.message}`, cause),
  })
  function each(
    items: readonly Item[],
    call: (known: Item[]) => RouteResult[],
    found: (item: Item, result: RouteResult) => RoutingOutcome,
    absent: (item: Item) => RoutingOutcome,
  ) {
    const results = call(items.filter((item) => kind.missing(item).length === 0)).values()
    return items.map((item) =>
      kind.missing(item).length > 0 ? absent(item) : found(item, results.next().value ?? null),
    )
  }
  return {
    add: (items) =>
      each(
        items,
        kind.add,
        (item, refusal) => {
          if (refusal === null) return { item, result: 'added' }
          return refusal.code === 'EEXIST' ? { item, result: 'present' } : failed(item, 'add', refusalError(refusal))
        },
        (item) => failed(item, 'add', new Error(`there is no interface ${kind.missing(item).join(', ')}`)),
      ),
    remove: (items) =>
      each(
        items,
        kind.remove,
        (item, refusal) => {
          if (refusal === null) return { item, result: 'removed' }
          return ABSENT.includes(refusal.code)
            ? { item, result: 'gone' }
            : failed(item, 'remove', refusalError(refusal))
        },
        // It went with its interface.
        (item) => ({ item, result: 'gone' }),
      ),
  }
}

const PRESENT: RouteResult = { code: 'EEXIST', detail: null }

function addressWriter(route: ReturnType<typeof openRoute>, interfaces: Interfaces): Writer<ItemOf<'address'>> {
  const entryOf = ({ address }: ItemOf<'address'>) => lastingEntry(address, interfaces.get(address.device) ?? 0)
  return writerOf<ItemOf<'address'>>({
    failure: (message, cause) => new HaError('KERNEL_ADDRESS', message, { cause }),
    name: ({ address }) => addressName(address),
    missing: ({ address }) => (interfaces.has(address.device) ? [] : [address.device]),
    add: (items) => route.addAddresses(items.map(entryOf)),
    remove: (items) => route.removeAddresses(items.map(entryOf)),
  })
}

function addressName({ address, prefix, device }: VipAddress): string {
  return `${address}/${prefix} dev ${device}`
}

function routeWriter(socket: RoutingSocket, interfaces: Interfaces): Writer<ItemOf<'route'>> {
  const routesOf = (items: ItemOf<'route'>[]): Route[] => items.map(({ route }) => route)
  return writerOf<ItemOf<'route'>>({
    failure: (message, cause) => new HaError('KERNEL_ROUTE', message, { cause }),
    name: ({ route }) => routeName(route),
    missing: ({ route }) => devicesOf(route).filter((device) => !interfaces.has(device)),
    add(items) {
      const routes = routesOf(items)
      return socket.addRoutes(routes, interfaces).map((result, index) => {
        const route = routes[index]
        // With a way that is down the kernel takes no route of several, and keeps the one it has.
        if (result === null || route === undefined || route.nextHops.length < 2) return result
        return result.code !== 'EEXIST' && socket.hasRoute(route) ? PRESENT : result
      })
    },
    remove: (items) => socket.removeRoutes(routesOf(items), interfaces),
  })
}

function ruleWriter(socket: RoutingSocket): Writer<ItemOf<'rule'>> {
  const rulesOf = (items: ItemOf<'rule'>[]): Rule[] => items.map(({ rule }) => rule)
  return writerOf<ItemOf<'rule'>>({
    failure: (message, cause) => new HaError('KERNEL_RULE', message, { cause }),
    name: ({ rule }) => ruleName(rule),
    missing: () => [],
    add: (items) => socket.addRules(rulesOf(items)),
    remove: (items) => socket.removeRules(rulesOf(items)),
  })
}

/** One hint for all that comes within a moment; the graver one. */
function gathered(clock: Clock, onHint: (hint: RoutingHint) => void): NetlinkMonitor {
  let waiting: RoutingHint | null = null
  return monitorRouting((hint) => {
    if (waiting === null) {
      clock.at(clock.now() + GATHER_MS, () => {
        const gravest = waiting
        waiting = null
        if (gravest !== null) onHint(gravest)
      })
    }
    if (waiting !== 'lost') waiting = hint
  })
}
