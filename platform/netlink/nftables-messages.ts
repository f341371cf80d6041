/**
 * Tables, chains, sets and rules of nf_tables (linux/netfilter/nf_tables.h, nfnetlink.h):
 *
 *   nfgenmsg   family u8 | version u8 | resource id be16 | attributes
 *   message type   subsystem << 8 | operation
 *   expression   { name, { its attributes } }: an instruction on registers, of which a rule is a list
 *
 * All numbers in attributes are in network byte order.
 */
import { attributeText, encodeAttribute, encodeNested } from './attributes.ts'
import type { NetlinkRequest } from './socket.ts'

export const NFPROTO_INET = 1
export const NFPROTO_IPV4 = 2
export const NFPROTO_IPV6 = 10
const SUBSYSTEM = 10
const BATCH_BEGIN = 16
const BATCH_END = 17

const NEWTABLE = 0
const DELTABLE = 2
const NEWCHAIN = 3
const NEWRULE = 6
const NEWSET = 9
const NEWSETELEM = 12
const DELSETELEM = 14

const NLM_F_CREATE = 0x400
const NLM_F_APPEND = 0x800

/** The table is gone with the socket that made it, and nobody else may change it (Linux 5.12). */
export const TABLE_OWNED = 2

const REGISTER_VERDICT = 0
const REGISTER = 1
const PAYLOAD_NETWORK = 1
const PAYLOAD_TRANSPORT = 2
const META_NFPROTO = 15
const META_L4PROTO = 16

/** Number of the hook for packets to this host, in every family. */
export const HOOK_INPUT = 1

export const DROP = 0
export const ACCEPT = 1

/** As nft(8) shows the elements of a set. */
export const IPV4_ADDRESSES = { type: 7, length: 4 }
export const IPV6_ADDRESSES = { type: 8, length: 16 }

function be32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return encodeAttribute(type, bytes)
}

function request(operation: number, flags: number, attributes: Buffer[]): NetlinkRequest {
  const head = Buffer.from([NFPROTO_INET, 0, 0, 0])
  return { type: (SUBSYSTEM << 8) | operation, flags, body: Buffer.concat([head, ...attributes]) }
}

/** Messages between the two come into force together, or not at all. */
export function batchEnds(): { begin: NetlinkRequest; end: NetlinkRequest } {
  const body = Buffer.from([0, 0, 0, SUBSYSTEM])
  return { begin: { type: BATCH_BEGIN, flags: 0, body }, end: { type: BATCH_END, flags: 0, body } }
}

/** Leaves one alone that is there. */
export function newTable(name: string, flags: number): NetlinkRequest {
  return request(NEWTABLE, NLM_F_CREATE, [attributeText(1, name), be32(2, flags)])
}

/** With everything in it. */
export function deleteTable(name: string): NetlinkRequest {
  return request(DELTABLE, 0, [attributeText(1, name)])
}

/** A chain that sees every packet of a hook, and accepts what no rule decides. */
export function newBaseChain(table: string, name: string, hook: number, priority: number): NetlinkRequest {
  const place = encodeNested(4, [be32(1, hook), be32(2, priority)])
  const attributes = [
    attributeText(1, table),
    attributeText(3, name),
    place,
    be32(5, ACCEPT),
    attributeText(7, 'filter'),
  ]
  return request(NEWCHAIN, NLM_F_CREATE, attributes)
}

/** @param id tells the sets of one batch apart */
export function newSet(table: string, name: string, key: { type: number; length: number }, id: number): NetlinkRequest {
  const attributes = [
    ...[attributeText(1, table), attributeText(2, name), be32(3, 0)],
    ...[be32(4, key.type), be32(5, key.length), be32(10, id)],
  ]
  return request(NEWSET, NLM_F_CREATE, attributes)
}

/** One that is there already is no error. */
export function addElements(table: string, set: string, elements: readonly Buffer[]): NetlinkRequest {
  return request(NEWSETELEM, NLM_F_CREATE, elementList(table, set, elements))
}

/** One that is not there fails the whole batch. */
export function removeElements(table: string, set: string, elements: readonly Buffer[]): NetlinkRequest {
  return request(DELSETELEM, 0, elementList(table, set, elements))
}

function elementList(table: string, set: string, elements: readonly Buffer[]): Buffer[] {
  const list = elements.map((element) => encodeNested(1, [encodeNested(1, [encodeAttribute(1, element)])]))
  return [attributeText(1, table), attributeText(2, set), encodeNested(3, list)]
}

export function newRule(table: string, chain: string, expressions: readonly Buffer[]): NetlinkRequest {
  const attributes = [attributeText(1, table), attributeText(2, chain), encodeNested(4, expressions)]
  return request(NEWRULE, NLM_F_CREATE | NLM_F_APPEND, attributes)
}

function expression(name: string, attributes: readonly Buffer[]): Buffer {
  return encodeNested(1, [attributeText(1, name), encodeNested(2, attributes)])
}

function compare(operation: 'is' | 'atLeast' | 'atMost', value: number): Buffer {
  const numbers = { is: 0, atLeast: 5, atMost: 3 }
  const data = encodeNested(3, [encodeAttribute(1, Buffer.from([value]))])
  return expression('cmp', [be32(1, REGISTER), be32(2, numbers[operation]), data])
}

/** The rule goes on only for packets of this family (NFPROTO_*). */
export function ifFamily(family: number): Buffer[] {
  return [expression('meta', [be32(1, REGISTER), be32(2, META_NFPROTO)]), compare('is', family)]
}

/** The rule goes on only for messages of ICMPv6 with a type in this range. */
export function ifIcmpv6(from: number, to: number): Buffer[] {
  return [
    expression('meta', [be32(1, REGISTER), be32(2, META_L4PROTO)]),
    compare('is', 58),
    payload(PAYLOAD_TRANSPORT, 0, 1),
    compare('atLeast', from),
    compare('atMost', to),
  ]
}

/** The rule goes on only for packets to an address of the set; where it stands differs by family. */
export function ifSentTo(set: string, family: 4 | 6): Buffer[] {
  const destination = family === 4 ? payload(PAYLOAD_NETWORK, 16, 4) : payload(PAYLOAD_NETWORK, 24, 16)
  return [destination, expression('lookup', [attributeText(1, set), be32(2, REGISTER)])]
}

function payload(base: number, offset: number, length: number): Buffer {
  return expression('payload', [be32(1, REGISTER), be32(2, base), be32(3, offset), be32(4, length)])
}

/** Ends the rule: DROP or ACCEPT. */
export function verdict(code: number): Buffer {
  const data = encodeNested(2, [encodeNested(2, [be32(1, code)])])
  return expression('immediate', [be32(1, REGISTER_VERDICT), data])
}
