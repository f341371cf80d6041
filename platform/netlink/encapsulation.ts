/**
 * Tunnels of a next hop (linux/lwtunnel.h, linux/mpls_iptunnel.h, linux/ila.h): RTA_ENCAP_TYPE u16 and, nested in
 * RTA_ENCAP, the attributes of that type. What is more than one byte there is in network byte order:
 *
 *   mpls label   label 20 bits | traffic class 3 | bottom of stack 1 | TTL 8
 *   ila locator  u64, written as four groups of hexadecimal digits
 */
import type { Encapsulation } from '#schemas/routing.ts'
import { ipBytes } from '../native/ip.ts'
import { attributeBe16, attributeBe64, attributeU8, attributeU16, encodeAttribute, encodeNested } from './attributes.ts'

const RTA_ENCAP_TYPE = 21
const RTA_ENCAP = 22

const TYPES: Readonly<Record<Encapsulation['type'], number>> = { mpls: 1, ip: 2, ila: 3, ip6: 4 }

const MPLS_IPTUNNEL_DST = 1
const ILA_ATTR_LOCATOR = 1
/** LWTUNNEL_IP_*; those of LWTUNNEL_IP6_* are the same. */
const FIELDS = { id: 1, destination: 2, source: 3, ttl: 4, tos: 5, flags: 6 } as const

/** RTA_ENCAP_TYPE and RTA_ENCAP. */
export function encodeEncapsulation(encapsulation: Encapsulation): Buffer[] {
  return [attributeU16(RTA_ENCAP_TYPE, TYPES[encapsulation.type]), encodeNested(RTA_ENCAP, tunnelParts(encapsulation))]
}

function tunnelParts(encapsulation: Encapsulation): Buffer[] {
  switch (encapsulation.type) {
    case 'mpls':
      return [encodeAttribute(MPLS_IPTUNNEL_DST, labelStack(encapsulation.labels))]
    case 'ila':
      return [encodeAttribute(ILA_ATTR_LOCATOR, locatorBytes(encapsulation.locator))]
    case 'ip':
    case 'ip6': {
      const { id, destination, source, ttl, tos, flags } = encapsulation
      return [
        ...(id === null ? [] : [attributeBe64(FIELDS.id, id)]),
        ...(destination === null ? [] : [encodeAttribute(FIELDS.destination, ipBytes(destination))]),
        ...(source === null ? [] : [encodeAttribute(FIELDS.source, ipBytes(source))]),
        ...(ttl === null ? [] : [attributeU8(FIELDS.ttl, ttl)]),
        ...(tos === null ? [] : [attributeU8(FIELDS.tos, tos)]),
        ...(flags === null ? [] : [attributeBe16(FIELDS.flags, flags)]),
      ]
    }
  }
}

function labelStack(labels: readonly number[]): Buffer {
  const stack = Buffer.alloc(4 * labels.length)
  for (const [index, label] of labels.entries()) {
    const bottom = index === labels.length - 1 ? 0x100 : 0
    stack.writeUInt32BE(label * 0x1000 + bottom, 4 * index)
  }
  return stack
}

/** `2001:db8:1:2`, the first half of an IPv6 address. */
function locatorBytes(locator: string): Buffer {
  return ipBytes(`${locator}::`).subarray(0, 8)
}
