/**
 * What tells a LAN that an address has moved, as whole Ethernet frames:
 *
 *   Ethernet   destination 6 | source 6 | type be16
 *   ARP        hardware be16 | protocol be16 | 6 | 4 | operation be16 | sender mac 6 | ip 4 | target mac 6 | ip 4   (RFC 826)
 *              padded with zeros to Ethernet's shortest frame of 60 bytes
 *   IPv6       6, class, flow be32 | length be16 | next u8 | hop limit u8 | source 16 | destination 16      (RFC 8200)
 *   ICMPv6 NS  135 | 0 | checksum be16 | 0 be32 | target 16                                               (RFC 4861 4.3)
 *   ICMPv6 NA  136 | 0 | checksum be16 | R S O flags be32 | target 16 | option 2, length 1, mac 6     (RFC 4861 4.4)
 */
import { ipBytes } from '#platform/native/ip.ts'

export const ETHERTYPE_ARP = 0x0806
export const ETHERTYPE_IPV6 = 0x86dd

const BROADCAST = Buffer.alloc(6, 0xff)
const ALL_NODES = ipBytes('ff02::1')
/** RFC 2464 7: 33:33 and the last four bytes of the group. */
const ALL_NODES_MAC = Buffer.from('333300000001', 'hex')
const SHORTEST_FRAME = 60
const ARP_ETHERNET_IPV4_REQUEST = Buffer.from('0001080006040001', 'hex')
const ICMPV6 = 58
const NEIGHBOUR_SOLICITATION = 135
const NEIGHBOUR_ADVERTISEMENT = 136
/** RFC 4291 2.7.1: with the last three bytes of the address that is looked for. */
const SOLICITED_NODE = ipBytes('ff02::1:ff00:0')
const FLAG_ROUTER = 0x8000_0000
const FLAG_OVERRIDE = 0x2000_0000

/** A request in which the address asks for itself; the target's hardware field is all ones, as keepalived sends it. */
export function gratuitousArp(mac: Buffer, address: string): Buffer {
  const ip = ipBytes(address)
  return arpRequest(mac, [mac, ip, BROADCAST, ip])
}

/** A question for the address in nobody's name, so that no cache learns anything from it (RFC 5227 2.1.1). */
export function arpProbe(mac: Buffer, address: string): Buffer {
  return arpRequest(mac, [mac, Buffer.alloc(4), Buffer.alloc(6), ipBytes(address)])
}

function arpRequest(mac: Buffer, fields: readonly Buffer[]): Buffer {
  const frame = Buffer.concat([ethernet(BROADCAST, mac, ETHERTYPE_ARP), ARP_ETHERNET_IPV4_REQUEST, ...fields])
  return Buffer.concat([frame, Buffer.alloc(SHORTEST_FRAME - frame.length)])
}

/** To all nodes, from the address itself, overriding what neighbours have cached. */
export function unsolicitedNeighbour(mac: Buffer, address: string, router: boolean): Buffer {
  const ip = ipBytes(address)
  const message = Buffer.alloc(32)
  message.writeUInt8(NEIGHBOUR_ADVERTISEMENT, 0)
  message.writeUInt32BE(FLAG_OVERRIDE + (router ? FLAG_ROUTER : 0), 4)
  ip.copy(message, 8)
  // Target link-layer address, in units of 8 bytes.
  message.writeUInt16BE(0x0201, 24)
  mac.copy(message, 26)
  return icmpv6Frame(mac, ALL_NODES_MAC, { source: ip, destination: ALL_NODES, message })
}

/** A question for the address in nobody's name, as before an address is used (RFC 4862 5.4.2). */
export function neighbourQuestion(mac: Buffer, address: string): Buffer {
  const ip = ipBytes(address)
  const destination = Buffer.concat([SOLICITED_NODE.subarray(0, 13), ip.subarray(13)])
  const message = Buffer.alloc(24)
  message.writeUInt8(NEIGHBOUR_SOLICITATION, 0)
  ip.copy(message, 8)
  const group = Buffer.concat([Buffer.from('3333', 'hex'), destination.subarray(12)])
  return icmpv6Frame(mac, group, { source: Buffer.alloc(16), destination, message })
}

interface Icmpv6 {
  source: Buffer
  destination: Buffer
  /** Its checksum is filled in here. */
  message: Buffer
}

function icmpv6Frame(mac: Buffer, to: Buffer, { source, destination, message }: Icmpv6): Buffer {
  message.writeUInt16BE(icmpv6Checksum(source, destination, message), 2)
  const header = Buffer.alloc(8)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(message.length, 4)
  header.writeUInt8(ICMPV6, 6)
  header.writeUInt8(255, 7)
  return Buffer.concat([ethernet(to, mac, ETHERTYPE_IPV6), header, source, destination, message])
}

function ethernet(destination: Buffer, source: Buffer, type: number): Buffer {
  return Buffer.concat([destination, source, Buffer.from([type >> 8, type & 0xff])])
}

/** RFC 4443 2.3: over the pseudo-header and the message, whose checksum field is zero. */
function icmpv6Checksum(source: Buffer, destination: Buffer, message: Buffer): number {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32BE(message.length, 0)
  trailer.writeUInt8(ICMPV6, 7)
  const bytes = Buffer.concat([source, destination, trailer, message])
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
