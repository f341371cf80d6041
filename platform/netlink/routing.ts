/** Routes and routing rules of the kernel: adding, removing, and hearing when somebody else removes one. */
import type { Route, Rule } from '#schemas/routing.ts'
import { HaError, isErrno } from '../errors.ts'
import { type NetlinkMessage, NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from './message.ts'
import { type NetlinkMonitor, openMonitor } from './monitor.ts'
import type { RouteResult } from './route.ts'
import {
  decodeLink,
  encodeLinkQuery,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from './route-messages.ts'
import {
  encodeRoute,
  encodeRouteQuery,
  type Interfaces,
  isRoute,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
} from './routing-messages.ts'
import { encodeRule, RTM_DELRULE, RTM_NEWRULE } from './rule-messages.ts'
import { NETLINK_ROUTE, openNetlink } from './socket.ts'

const RTNLGRP_LINK = 1
const RTNLGRP_IPV4_IFADDR = 5
const RTNLGRP_IPV4_ROUTE = 7
const RTNLGRP_IPV4_RULE = 8
const RTNLGRP_IPV6_IFADDR = 9
const RTNLGRP_IPV6_ROUTE = 11
const RTNLGRP_IPV6_RULE = 19

/**
 * Every call is one system call for all entries and answers at once. An entry that is there already is refused with
 * EEXIST, and nothing is changed or told: the kernel itself compares all of an IPv4 route and of a rule, and of an IPv6
 * route the destination, metric and way out.
 */
export interface RoutingSocket {
  /** Indexes of those of these interfaces that exist. */
  interfaces(names: readonly string[]): Interfaces
  /** All interfaces of the routes have to be in `interfaces`. */
  addRoutes(routes: readonly Route[], interfaces: Interfaces): RouteResult[]
  /** Whether there is a route of this destination, table, protocol and metric, by whatever ways. */
  hasRoute(route: Route): boolean
  /** ESRCH when it is not there. Never removes a route that differs in protocol, way out or source. */
  removeRoutes(routes: readonly Route[], interfaces: Interfaces): RouteResult[]
  addRules(rules: readonly Rule[]): RouteResult[]
  /** ENOENT when it is not there. */
  removeRules(rules: readonly Rule[]): RouteResult[]
  close(): void
}

const PLACING: Readonly<Record<Route['placing'], number>> = {
  prepend: NLM_F_CREATE,
  append: NLM_F_CREATE | NLM_F_APPEND,
  exclusive: NLM_F_CREATE | NLM_F_EXCL,
}

/** @throws HaError NETLINK */
export function openRouting(): RoutingSocket {
  const socket = openNetlink(NETLINK_ROUTE)
  const change = (requests: { type: number; flags: number; body: Buffer }[]): RouteResult[] =>
    socket.request(requests).map((reply) => (reply.ok ? null : reply.refusal))
  return {
    interfaces(names) {
      const wanted = [...new Set(names)]
      const replies = socket.request(
        wanted.map((name) => ({ type: RTM_GETLINK, flags: 0, body: encodeLinkQuery(name) })),
      )
      const links = replies.flatMap((reply) =>
        reply.ok ? reply.messages.flatMap((each) => decodeLink(each) ?? []) : [],
      )
      return new Map(links.map(({ name, index }) => [name, index]))
    },
    addRoutes(routes, interfaces) {
      const results = change(routes.map((route) => additionOf(route, PLACING[route.placing], interfaces)))
      return results.map((result, index) => {
        const route = routes[index]
        if (result?.code !== 'EEXIST' || route === undefined) return result
        const missing = change(eachWay(route).map((way) => additionOf(way, NLM_F_CREATE | NLM_F_APPEND, interfaces)))
        return missing.includes(null) ? null : result
      })
    },
    hasRoute(route) {
      try {
        return socket.dump({ type: RTM_GETROUTE, flags: 0, body: encodeRouteQuery(route) }).some(isRoute(route))
      } catch (cause) {
        // There is no such table.
        if (cause instanceof HaError && isErrno(cause.cause, 'ENOENT')) return false
        throw cause
      }
    },
    removeRoutes: (routes, interfaces) =>
      change(routes.map((route) => ({ type: RTM_DELROUTE, flags: 0, body: encodeRoute(route, interfaces) }))),
    addRules: (rules) =>
      change(rules.map((rule) => ({ type: RTM_NEWRULE, flags: NLM_F_CREATE | NLM_F_EXCL, body: encodeRule(rule) }))),
    removeRules: (rules) => change(rules.map((rule) => ({ type: RTM_DELRULE, flags: 0, body: encodeRule(rule) }))),
    close: () => socket.close(),
  }
}

function additionOf(route: Route, flags: number, interfaces: Interfaces) {
  return { type: RTM_NEWROUTE, flags, body: encodeRoute(route, interfaces) }
}

/**
 * The ways of an IPv6 route with several as routes of their own: the kernel keeps them as such, can lose one of them,
 * and takes the whole for present as long as the first one is there.
 */
function eachWay(route: Route): Route[] {
  if (route.family === 4 || route.nextHops.length < 2) return []
  return route.nextHops.map((hop) => ({ ...route, nextHops: [hop] }))
}

/**
 * What may have become of routes and rules. lost: one is gone or replaced, or something went that takes routes with it
 * without a word (an interface, an address); chance: what was impossible may be possible now.
 */
export type RoutingHint = 'lost' | 'chance'

/** Tells of changes by whomever, also by this process. @throws HaError NETLINK */
export function monitorRouting(onHint: (hint: RoutingHint) => void): NetlinkMonitor {
  const monitor = openMonitor({
    protocol: NETLINK_ROUTE,
    groups: [
      ...[RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE],
      ...[RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE],
    ],
    // Only to begin with, and anew after an overrun: nothing in it is looked at.
    dump: { type: RTM_GETLINK, flags: 0, body: encodeLinkQuery(null) },
    onState: () => onHint('lost'),
    onEvent(message) {
      const hint = hintOf(message)
      if (hint !== null) onHint(hint)
    },
  })
  monitor.resync()
  return monitor
}

/** null: nothing that we have can have changed by it. */
export function hintOf({ type, flags }: Pick<NetlinkMessage, 'type' | 'flags'>): RoutingHint | null {
  switch (type) {
    case RTM_DELROUTE:
    case RTM_DELRULE:
    case RTM_DELADDR:
    case RTM_DELLINK:
    case RTM_NEWLINK:
      return 'lost'
    case RTM_NEWROUTE:
      // A route that took the place of another one: the kernel does not say which.
      return (flags & NLM_F_REPLACE) !== 0 ? 'lost' : 'chance'
    case RTM_NEWADDR:
      return 'chance'
    default:
      return null
  }
}
