/**
 * Routes of rtnetlink(7) (linux/rtnetlink.h), as requests to add or remove them:
 *
 *   rtmsg       family u8 | destination length u8 | source length u8 | tos u8 | table u8 | protocol u8 | scope u8
 *               | type u8 | flags u32 | attributes
 *   rtnexthop   length u16 | flags u8 | weight - 1 u8 | interface index i32 | attributes
 *   RTA_VIA     family u16 | address             a gateway of the other family
 *   RTA_FLOW    u32: realm from << 16 | realm to
 */
import type { NextHop, Realms, Route } from '#schemas/routing.ts'
import { ipBytes } from '../native/ip.ts'
import { AF_INET, AF_INET6 } from '../native/sockaddr.ts'
import {
  attributeU8,
  attributeU32,
  decodeAttributes,
  encodeAttribute,
  encodeNested,
  readUnsigned,
} from './attributes.ts'
import { encodeEncapsulation } from './encapsulation.ts'
import type { NetlinkMessage } from './message.ts'
import { encodeMetrics } from './route-metrics.ts'

export const RTM_NEWROUTE = 24
export const RTM_DELROUTE = 25
export const RTM_GETROUTE = 26

const RTA_DST = 1
const RTA_SRC = 2
const RTA_OIF = 4
const RTA_GATEWAY = 5
const RTA_PRIORITY = 6
const RTA_PREFSRC = 7
const RTA_METRICS = 8
const RTA_MULTIPATH = 9
const RTA_FLOW = 11
const RTA_TABLE = 15
const RTA_VIA = 18
const RTA_PREF = 20
const RTA_EXPIRES = 23
const RTA_TTL_PROPAGATE = 26

const RTNH_F_ONLINK = 4
const NEXTHOP_HEADER = 8

const TYPES: Readonly<Record<Route['type'], number>> = {
  ...{ unicast: 1, local: 2, broadcast: 3, multicast: 5, blackhole: 6, unreachable: 7, prohibit: 8, throw: 9, nat: 10 },
}
/** ICMPv6 router preference of RFC 4191. */
const PREFERENCES = { low: 3, medium: 0, high: 1 } as const

/** The index of an interface by its name; undefined: there is none. */
export type Interfaces = ReadonlyMap<string, number>

/** Names of the interfaces that a route needs. */
export function devicesOf({ nextHops }: Route): string[] {
  return nextHops.flatMap(({ device }) => (device === null ? [] : [device]))
}

/** Body of RTM_NEWROUTE and RTM_DELROUTE. All interfaces of the route have to be in `interfaces`. */
export function encodeRoute(route: Route, interfaces: Interfaces): Buffer {
  const { nextHops, expiresS, preference, ttlPropagate } = route
  const [only] = nextHops
  const parts = [routeHead(route), ...endpoints(route), attributeU32(RTA_TABLE, route.table)]
  if (route.metric !== 0) parts.push(attributeU32(RTA_PRIORITY, route.metric))
  const metrics = encodeMetrics(route)
  if (metrics.length > 0) parts.push(encodeNested(RTA_METRICS, metrics))
  // Only there is room for a share.
  if (nextHops.length > 1 || (only !== undefined && only.weight > 1)) {
    parts.push(
      encodeAttribute(RTA_MULTIPATH, Buffer.concat(nextHops.map((hop) => nextHopEntry(hop, route, interfaces)))),
    )
  } else if (only !== undefined) {
    if (only.device !== null) parts.push(attributeU32(RTA_OIF, interfaces.get(only.device) ?? 0))
    parts.push(...nextHopParts(only, route.family))
  }
  if (preference !== null) parts.push(attributeU8(RTA_PREF, PREFERENCES[preference]))
  if (expiresS !== null) parts.push(attributeU32(RTA_EXPIRES, expiresS))
  if (ttlPropagate !== null) parts.push(attributeU8(RTA_TTL_PROPAGATE, ttlPropagate ? 1 : 0))
  return Buffer.concat(parts)
}

/** Body of RTM_GETROUTE for a dump: of this table and protocol, where the kernel honours it. */
export function encodeRouteQuery({ family, table, protocol }: Route): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt8(family === 4 ? AF_INET : AF_INET6, 0)
  head.writeUInt8(protocol, 5)
  return Buffer.concat([head, attributeU32(RTA_TABLE, table)])
}

/** IPv6 routes without a metric get this one. */
const IPV6_METRIC = 1_024

/** Whether a message of a dump is about a route to the same destination, in the same place. */
export function isRoute(route: Route): (message: NetlinkMessage) => boolean {
  const { destination, table, protocol, tos, metric, family } = route
  const prefix = prefixOf(destination)
  const wanted = metric === 0 && family === 6 ? IPV6_METRIC : metric
  return ({ type, body }) => {
    if (type !== RTM_NEWROUTE || body.length < 12) return false
    const head = [body.readUInt8(1), body.readUInt8(3), body.readUInt8(5)]
    if (head.join() !== [prefix, tos, protocol].join()) return false
    const attributes = decodeAttributes(body.subarray(12))
    const same = prefix === 0 || attributes.get(RTA_DST)?.equals(networkBytes(destination)) === true
    return same && readUnsigned(attributes, RTA_TABLE) === table && readUnsigned(attributes, RTA_PRIORITY) === wanted
  }
}

function routeHead(route: Route): Buffer {
  const [only, ...others] = route.nextHops
  const head = Buffer.alloc(12)
  head.writeUInt8(route.family === 4 ? AF_INET : AF_INET6, 0)
  head.writeUInt8(prefixOf(route.destination), 1)
  head.writeUInt8(route.from === null ? 0 : prefixOf(route.from), 2)
  head.writeUInt8(route.tos, 3)
  // A larger number is in RTA_TABLE alone.
  head.writeUInt8(route.table < 256 ? route.table : 0, 4)
  head.writeUInt8(route.protocol, 5)
  head.writeUInt8(route.scope, 6)
  head.writeUInt8(TYPES[route.type], 7)
  head.writeUInt32LE(only?.onlink === true && others.length === 0 ? RTNH_F_ONLINK : 0, 8)
  return head
}

/** Destination, source subnet and preferred source. A prefix length of 0 needs no address. */
function endpoints({ destination, from, source }: Route): Buffer[] {
  const parts: Buffer[] = []
  if (prefixOf(destination) > 0) parts.push(encodeAttribute(RTA_DST, networkBytes(destination)))
  if (from !== null && prefixOf(from) > 0) parts.push(encodeAttribute(RTA_SRC, networkBytes(from)))
  if (source !== null) parts.push(encodeAttribute(RTA_PREFSRC, ipBytes(source)))
  return parts
}

function nextHopEntry(hop: NextHop, { family }: Route, interfaces: Interfaces): Buffer {
  const parts = Buffer.concat(nextHopParts(hop, family))
  const head = Buffer.alloc(NEXTHOP_HEADER)
  head.writeUInt16LE(NEXTHOP_HEADER + parts.length, 0)
  head.writeUInt8(hop.onlink ? RTNH_F_ONLINK : 0, 2)
  head.writeUInt8(hop.weight - 1, 3)
  head.writeInt32LE(hop.device === null ? 0 : (interfaces.get(hop.device) ?? 0), 4)
  return Buffer.concat([head, parts])
}

function nextHopParts({ via, encapsulation, realms }: NextHop, family: 4 | 6): Buffer[] {
  const parts: Buffer[] = []
  if (via !== null) parts.push(gateway(via, family))
  if (realms !== null) parts.push(attributeU32(RTA_FLOW, encodeRealms(realms)))
  return encapsulation === null ? parts : [...parts, ...encodeEncapsulation(encapsulation)]
}

function gateway(via: string, family: 4 | 6): Buffer {
  const bytes = ipBytes(via)
  if (bytes.length === (family === 4 ? 4 : 16)) return encodeAttribute(RTA_GATEWAY, bytes)
  const other = Buffer.alloc(2)
  other.writeUInt16LE(bytes.length === 4 ? AF_INET : AF_INET6)
  return encodeAttribute(RTA_VIA, Buffer.concat([other, bytes]))
}

export function encodeRealms({ from, to }: Realms): number {
  return from * 0x1_0000 + to
}

/** Prefix length of `192.0.2.0/24`. */
export function prefixOf(subnet: string): number {
  return Number(subnet.slice(subnet.indexOf('/') + 1))
}

/** Address of `192.0.2.0/24`. */
export function networkBytes(subnet: string): Buffer {
  return ipBytes(subnet.slice(0, subnet.indexOf('/')))
}
