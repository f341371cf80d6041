/**
 * Links and addresses of rtnetlink(7) (linux/if_link.h, linux/if_addr.h):
 *
 *   ifinfomsg   family u8 | pad u8 | type u16 | index i32 | flags u32 | change u32 | attributes
 *   ifaddrmsg   family u8 | prefix length u8 | flags u8 | scope u8 | index u32 | attributes
 *   IFA_CACHEINFO   preferred u32 | valid u32 | created u32 | updated u32     seconds; 0xffffffff: for ever
 */
import { ipBytes, ipText } from '../native/ip.ts'
import { AF_INET, AF_INET6 } from '../native/sockaddr.ts'
import {
  attributeText,
  attributeU8,
  attributeU32,
  decodeAttributes,
  encodeAttribute,
  readText,
  readUnsigned,
} from './attributes.ts'
import type { NetlinkMessage } from './message.ts'

export const RTM_NEWLINK = 16
export const RTM_DELLINK = 17
export const RTM_GETLINK = 18
export const RTM_NEWADDR = 20
export const RTM_DELADDR = 21
export const RTM_GETADDR = 22

/** Flags of an address. */
export const IFA_F_SECONDARY = 0x01
export const IFA_F_NODAD = 0x02
export const IFA_F_HOMEADDRESS = 0x10
export const IFA_F_DEPRECATED = 0x20
export const IFA_F_TENTATIVE = 0x40
export const IFA_F_MANAGETEMPADDR = 0x100
export const IFA_F_NOPREFIXROUTE = 0x200
export const IFA_F_MCAUTOJOIN = 0x400

const IFF_UP = 0x1
const IFF_RUNNING = 0x40
const IFF_NOARP = 0x80
const IFF_LOWER_UP = 0x10000
const FOREVER = 0xffff_ffff

const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_EXT_MASK = 29
/** Counters are most of a link's message and nobody here reads them. */
const RTEXT_FILTER_SKIP_STATS = 1 << 3

const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_LABEL = 3
const IFA_BROADCAST = 4
const IFA_CACHEINFO = 6
const IFA_FLAGS = 8
const IFA_PROTO = 11

export interface LinkInfo {
  index: number
  name: string
  /** Switched on (IFF_UP). */
  adminUp: boolean
  /** Has a carrier (IFF_RUNNING and IFF_LOWER_UP). */
  carrier: boolean
  /** Neighbours are looked up by ARP or neighbour discovery here. */
  arp: boolean
  hardwareAddress: Buffer
}

/** null for a message that is not about a link. */
export function decodeLink({ type, body }: NetlinkMessage): LinkInfo | null {
  if ((type !== RTM_NEWLINK && type !== RTM_DELLINK) || body.length < 16) return null
  const flags = body.readUInt32LE(8)
  const attributes = decodeAttributes(body.subarray(16))
  // Wireless and bridge events of the same group are about a link but do not describe it.
  if (body.readUInt8(0) !== 0) return null
  return {
    index: body.readInt32LE(4),
    name: readText(attributes, IFLA_IFNAME),
    adminUp: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_RUNNING) !== 0 && (flags & IFF_LOWER_UP) !== 0,
    arp: (flags & IFF_NOARP) === 0,
    hardwareAddress: attributes.get(IFLA_ADDRESS) ?? Buffer.alloc(0),
  }
}

/** Body of RTM_GETLINK for one link by name, or for all (a dump). */
export function encodeLinkQuery(name: string | null): Buffer {
  const parts = [Buffer.alloc(16), attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)]
  return Buffer.concat(name === null ? parts : [...parts, attributeText(IFLA_IFNAME, name)])
}

/** Body of RTM_NEWLINK that switches a link on (struct ifinfomsg: index at 4, flags at 8, which of them change at 12). */
export function encodeLinkUp(index: number): Buffer {
  const body = Buffer.alloc(16)
  body.writeInt32LE(index, 4)
  body.writeUInt32LE(IFF_UP, 8)
  body.writeUInt32LE(IFF_UP, 12)
  return body
}

export interface AddressInfo {
  index: number
  family: 4 | 6
  address: string
  prefix: number
  scope: number
  /** IFA_F_* */
  flags: number
  /** Seconds left; null: for ever. */
  validS: number | null
  preferredS: number | null
  label: string | null
  /** Who put it there (IFA_PROTO); 0: unknown, or a kernel before 5.18. */
  protocol: number
}

/** null for a message that is not about an IPv4 or IPv6 address. */
export function decodeAddress({ type, body }: NetlinkMessage): AddressInfo | null {
  if ((type !== RTM_NEWADDR && type !== RTM_DELADDR) || body.length < 8) return null
  const family = familyNumber(body.readUInt8(0))
  const attributes = decodeAttributes(body.subarray(8))
  // On point-to-point links IFA_ADDRESS is the peer's.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS)
  if (family === null || bytes === undefined) return null
  const cache = attributes.get(IFA_CACHEINFO)
  return {
    index: body.readUInt32LE(4),
    family,
    address: ipText(bytes),
    prefix: body.readUInt8(1),
    scope: body.readUInt8(3),
    flags: attributes.has(IFA_FLAGS) ? readUnsigned(attributes, IFA_FLAGS) : body.readUInt8(2),
    validS: lifetime(cache, 4),
    preferredS: lifetime(cache, 0),
    label: attributes.has(IFA_LABEL) ? readText(attributes, IFA_LABEL) : null,
    protocol: readUnsigned(attributes, IFA_PROTO),
  }
}

function lifetime(cache: Buffer | undefined, offset: number): number | null {
  const seconds = cache?.readUInt32LE(offset) ?? FOREVER
  return seconds === FOREVER ? null : seconds
}

function familyNumber(family: number): 4 | 6 | null {
  if (family === AF_INET) return 4
  return family === AF_INET6 ? 6 : null
}

/** Body of RTM_GETADDR: of both families; `index` 0: of all links. The kernel honours it with strict checks only. */
export function encodeAddressQuery(index: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeUInt32LE(index, 4)
  return out
}

/** An address to be put on a link. */
export interface AddressEntry {
  index: number
  address: string
  prefix: number
  scope: number
  flags: number
  /** Seconds; null: for ever. */
  validS: number | null
  preferredS: number | null
  broadcast: string | null
  label: string | null
  /** The other end of a point-to-point link; null: there is none. */
  peer: string | null
  protocol: number
}

/** What names an address to the kernel. */
export type AddressKey = Pick<AddressEntry, 'index' | 'address' | 'prefix' | 'peer'>

/** Body of RTM_NEWADDR. */
export function encodeAddress(entry: AddressEntry): Buffer {
  const cache = Buffer.alloc(16)
  cache.writeUInt32LE(entry.preferredS ?? FOREVER, 0)
  cache.writeUInt32LE(entry.validS ?? FOREVER, 4)
  const parts = [addressHead(entry), encodeAttribute(IFA_CACHEINFO, cache), attributeU32(IFA_FLAGS, entry.flags)]
  if (entry.broadcast !== null) parts.push(encodeAttribute(IFA_BROADCAST, ipBytes(entry.broadcast)))
  if (entry.label !== null) parts.push(attributeText(IFA_LABEL, entry.label))
  if (entry.protocol !== 0) parts.push(attributeU8(IFA_PROTO, entry.protocol))
  return Buffer.concat(parts)
}

/** Body of RTM_DELADDR. */
export function encodeAddressRemoval(entry: AddressKey): Buffer {
  return addressHead({ ...entry, scope: 0, flags: 0 })
}

function addressHead(entry: AddressKey & Pick<AddressEntry, 'scope' | 'flags'>): Buffer {
  const bytes = ipBytes(entry.address)
  const head = Buffer.alloc(8)
  head.writeUInt8(bytes.length === 4 ? AF_INET : AF_INET6, 0)
  head.writeUInt8(entry.prefix, 1)
  head.writeUInt8(entry.flags & 0xff, 2)
  head.writeUInt8(entry.scope, 3)
  head.writeUInt32LE(entry.index, 4)
  const peer = entry.peer === null ? bytes : ipBytes(entry.peer)
  return Buffer.concat([head, encodeAttribute(IFA_LOCAL, bytes), encodeAttribute(IFA_ADDRESS, peer)])
}
