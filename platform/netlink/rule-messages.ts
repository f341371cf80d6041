/**
 * Routing rules of rtnetlink(7) (linux/fib_rules.h), as requests to add or remove them:
 *
 *   fib_rule_hdr      family u8 | destination length u8 | source length u8 | tos u8 | table u8 | 0 u8 | 0 u8
 *                     | action u8 | flags u32 | attributes
 *   FRA_UID_RANGE     first u32 | last u32
 *   FRA_*PORT_RANGE   first u16 | last u16
 */
import type { Rule } from '#schemas/routing.ts'
import { AF_INET, AF_INET6 } from '../native/sockaddr.ts'
import { attributeBe64, attributeText, attributeU8, attributeU32, encodeAttribute } from './attributes.ts'
import { encodeRealms, networkBytes, prefixOf } from './routing-messages.ts'

export const RTM_NEWRULE = 32
export const RTM_DELRULE = 33
export const RTM_GETRULE = 34

const FRA_DST = 1
const FRA_SRC = 2
const FRA_IIFNAME = 3
const FRA_GOTO = 4
const FRA_PRIORITY = 6
const FRA_FWMARK = 10
const FRA_FLOW = 11
const FRA_TUN_ID = 12
const FRA_SUPPRESS_IFGROUP = 13
const FRA_SUPPRESS_PREFIXLEN = 14
const FRA_TABLE = 15
const FRA_FWMASK = 16
const FRA_OIFNAME = 17
const FRA_L3MDEV = 19
const FRA_UID_RANGE = 20
const FRA_PROTOCOL = 21
const FRA_IP_PROTO = 22
const FRA_SPORT_RANGE = 23
const FRA_DPORT_RANGE = 24

const FIB_RULE_INVERT = 2
/** FR_ACT_* of an action; l3mdev finds its table by itself. */
const ACTIONS = { table: 1, l3mdev: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const

/** Body of RTM_NEWRULE and RTM_DELRULE. */
export function encodeRule(rule: Rule): Buffer {
  const { action, from, to } = rule
  const table = action.type === 'table' ? action.table : 0
  const head = Buffer.alloc(12)
  head.writeUInt8(rule.family === 4 ? AF_INET : AF_INET6, 0)
  head.writeUInt8(to === null ? 0 : prefixOf(to), 1)
  head.writeUInt8(from === null ? 0 : prefixOf(from), 2)
  head.writeUInt8(rule.tos, 3)
  // A larger number is in FRA_TABLE alone.
  head.writeUInt8(table < 256 ? table : 0, 4)
  head.writeUInt8(ACTIONS[action.type], 7)
  head.writeUInt32LE(rule.inverted ? FIB_RULE_INVERT : 0, 8)
  return Buffer.concat([head, attributeU32(FRA_PRIORITY, rule.priority), ...selectors(rule), ...actionParts(rule)])
}

function selectors(rule: Rule): Buffer[] {
  const { from, to, inputDevice, outputDevice, mark, ipProtocol, sourcePorts, destinationPorts, users, tunnelId } = rule
  const parts: Buffer[] = []
  if (to !== null && prefixOf(to) > 0) parts.push(encodeAttribute(FRA_DST, networkBytes(to)))
  if (from !== null && prefixOf(from) > 0) parts.push(encodeAttribute(FRA_SRC, networkBytes(from)))
  if (inputDevice !== null) parts.push(attributeText(FRA_IIFNAME, inputDevice))
  if (outputDevice !== null) parts.push(attributeText(FRA_OIFNAME, outputDevice))
  if (mark !== null) parts.push(attributeU32(FRA_FWMARK, mark.value))
  if (mark !== null && mark.mask !== null) parts.push(attributeU32(FRA_FWMASK, mark.mask))
  if (ipProtocol !== null) parts.push(attributeU8(FRA_IP_PROTO, ipProtocol))
  if (sourcePorts !== null) parts.push(encodeAttribute(FRA_SPORT_RANGE, pair16(sourcePorts)))
  if (destinationPorts !== null) parts.push(encodeAttribute(FRA_DPORT_RANGE, pair16(destinationPorts)))
  if (users !== null) parts.push(encodeAttribute(FRA_UID_RANGE, pair32(users)))
  if (tunnelId !== null) parts.push(attributeBe64(FRA_TUN_ID, tunnelId))
  return parts
}

function actionParts({ action, realms, suppressPrefixLength, suppressGroup, protocol }: Rule): Buffer[] {
  const parts: Buffer[] = []
  if (action.type === 'table') parts.push(attributeU32(FRA_TABLE, action.table))
  if (action.type === 'goto') parts.push(attributeU32(FRA_GOTO, action.priority))
  if (action.type === 'l3mdev') parts.push(attributeU8(FRA_L3MDEV, 1))
  if (realms !== null) parts.push(attributeU32(FRA_FLOW, encodeRealms(realms)))
  if (suppressPrefixLength !== null) parts.push(attributeU32(FRA_SUPPRESS_PREFIXLEN, suppressPrefixLength))
  if (suppressGroup !== null) parts.push(attributeU32(FRA_SUPPRESS_IFGROUP, suppressGroup))
  parts.push(attributeU8(FRA_PROTOCOL, protocol))
  return parts
}

interface Range {
  first: number
  last: number
}

function pair16({ first, last }: Range): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(first, 0)
  bytes.writeUInt16LE(last, 2)
  return bytes
}

function pair32({ first, last }: Range): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(first, 0)
  bytes.writeUInt32LE(last, 4)
  return bytes
}
