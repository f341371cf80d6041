/**
 * Devices on top of other ones, in rtnetlink(7) (linux/if_link.h):
 *
 *   ifinfomsg   family u8 | pad u8 | type u16 | index i32 | flags u32 | change u32 | attributes
 *   IFLA_LINKINFO   KIND text | DATA: macvlan mode u32; ipvlan mode u16, flags u16
 */
import {
  attributeText,
  attributeU16,
  attributeU32,
  decodeAttributes,
  encodeAttribute,
  encodeNested,
  readNested,
  readText,
  readUnsigned,
} from './attributes.ts'
import type { NetlinkMessage } from './message.ts'
import { decodeLink, type LinkInfo } from './route-messages.ts'

const IFF_UP = 0x1

const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_LINK = 5
const IFLA_LINKINFO = 18
const IFLA_IFALIAS = 20
const IFLA_GROUP = 27
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2

const IFLA_MACVLAN_MODE = 1
const MACVLAN_MODE_PRIVATE = 1
const IFLA_IPVLAN_MODE = 1
const IFLA_IPVLAN_FLAGS = 2
const IPVLAN_MODE_L2 = 0
const IPVLAN_FLAGS = { bridge: 0, private: 1, vepa: 2 }

export interface DeviceInfo extends LinkInfo {
  /** `macvlan`, `veth`; empty for hardware. */
  kind: string
  /** Index of the device below; 0: none. */
  parent: number
  /** Of a macvlan: private is 1; of an ipvlan: its mode and its flags (bits 16 and up). 0 for all others. */
  mode: number
  /** Free text that somebody has put on it. */
  alias: string
  group: number
}

/** null for a message that is not about a link. */
export function decodeDevice(message: NetlinkMessage): DeviceInfo | null {
  const link = decodeLink(message)
  if (link === null) return null
  const attributes = decodeAttributes(message.body.subarray(16))
  const info = readNested(attributes, IFLA_LINKINFO)
  const kind = readText(info, IFLA_INFO_KIND)
  return {
    ...link,
    kind,
    parent: readUnsigned(attributes, IFLA_LINK),
    mode: modeOf(kind, info.get(IFLA_INFO_DATA)),
    alias: readText(attributes, IFLA_IFALIAS),
    group: readUnsigned(attributes, IFLA_GROUP),
  }
}

function modeOf(kind: string, data: Buffer | undefined): number {
  const values = decodeAttributes(data ?? Buffer.alloc(0))
  if (kind === 'macvlan') return readUnsigned(values, IFLA_MACVLAN_MODE)
  if (kind !== 'ipvlan') return 0
  return readUnsigned(values, IFLA_IPVLAN_MODE) + readUnsigned(values, IFLA_IPVLAN_FLAGS) * 0x1_0000
}

/** A device to be made on the link with the index `parent`. */
export type DeviceEntry = { name: string; parent: number; group: number } & (
  | { type: 'macvlan'; hardwareAddress: Buffer }
  | { type: 'ipvlan'; mode: keyof typeof IPVLAN_FLAGS }
)

/** What `decodeDevice` says of the mode of one that was made like this. */
export function modeOfEntry(entry: { type: 'macvlan' } | { type: 'ipvlan'; mode: keyof typeof IPVLAN_FLAGS }): number {
  return entry.type === 'macvlan' ? MACVLAN_MODE_PRIVATE : IPVLAN_MODE_L2 + IPVLAN_FLAGS[entry.mode] * 0x1_0000
}

/** Body of RTM_NEWLINK: a macvlan in private mode, or an ipvlan of layer 2; switched off. */
export function encodeDevice(entry: DeviceEntry): Buffer {
  const address = entry.type === 'macvlan' ? [encodeAttribute(IFLA_ADDRESS, entry.hardwareAddress)] : []
  const data =
    entry.type === 'macvlan'
      ? [attributeU32(IFLA_MACVLAN_MODE, MACVLAN_MODE_PRIVATE)]
      : [attributeU16(IFLA_IPVLAN_MODE, IPVLAN_MODE_L2), attributeU16(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[entry.mode])]
  return Buffer.concat([
    encodeHead({}),
    attributeText(IFLA_IFNAME, entry.name),
    attributeU32(IFLA_LINK, entry.parent),
    attributeU32(IFLA_GROUP, entry.group),
    ...address,
    encodeNested(IFLA_LINKINFO, [attributeText(IFLA_INFO_KIND, entry.type), encodeNested(IFLA_INFO_DATA, data)]),
  ])
}

/** Body of RTM_NEWLINK without NLM_F_CREATE: changes of a link by its name. */
export function encodeDeviceChange(name: string, change: { up?: boolean; alias?: string; group?: number }): Buffer {
  const { up, alias, group } = change
  return Buffer.concat([
    encodeHead(up === undefined ? {} : { flags: up ? IFF_UP : 0, change: IFF_UP }),
    attributeText(IFLA_IFNAME, name),
    ...(alias === undefined ? [] : [attributeText(IFLA_IFALIAS, alias)]),
    ...(group === undefined ? [] : [attributeU32(IFLA_GROUP, group)]),
  ])
}

/** Body of RTM_DELLINK for one link by name, or for all of a group. */
export function encodeDeviceRemoval(which: { name: string } | { group: number }): Buffer {
  const attribute = 'name' in which ? attributeText(IFLA_IFNAME, which.name) : attributeU32(IFLA_GROUP, which.group)
  return Buffer.concat([encodeHead({}), attribute])
}

function encodeHead({ flags = 0, change = 0 }: { flags?: number; change?: number }): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(flags, 8)
  head.writeUInt32LE(change, 12)
  return head
}
