/**
 * Adverts as whole frames with the virtual router's hardware address as their source (RFC 9568 7.2), so that switches
 * learn where the master is. They leave by the interface itself, and not by the macvlan on it, which is off until this
 * node has become master by the first of them.
 *
 *   Ethernet   destination 6 | source 6 | type be16
 *   IPv4       0x45 | class | length be16 | 0 be16 | don't fragment be16 | TTL | 112 | checksum be16 | source | destination
 *   IPv6       6, class, flow be32 | length be16 | 112 | hop limit | source | destination
 */
import { HaError, isErrno } from '#platform/errors.ts'
import { ipBytes } from '#platform/native/ip.ts'
import { AF_PACKET, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { int32, type NativeSocket, openSocket } from '#platform/native/socket.ts'
import type { AdvertFrameOptions, OpenAdvertFrames } from '../ports.ts'
import { sendPacket } from './send-packet.ts'

const ETHERTYPE = { 4: 0x0800, 6: 0x86dd }
const VRRP = 112
const TRAFFIC_CLASS = 0xc0
const DONT_FRAGMENT = 0x4000

const SOL_SOCKET = 1
const SO_PRIORITY = 12
/** As of all adverts: see advert-socket.ts. */
const PRIORITY = 6
const SOL_PACKET = 263
const PACKET_ADD_MEMBERSHIP = 1
const PACKET_DROP_MEMBERSHIP = 2
const PACKET_MR_UNICAST = 3

/**
 * One socket for all of them: to close a packet socket the kernel waits for all its processors, 12 ms and more, in which
 * the others of many instances could not resign. It is opened when it is first needed, and stays.
 *
 * A network card has to be told which hardware addresses to take in, and some need up to a second for that. A membership
 * tells it now, so that none of it is left when the macvlan is switched on.
 */
export function advertFrames(): OpenAdvertFrames {
  let shared: NativeSocket | null = null
  return (options) => {
    const mac = Buffer.from(options.hardwareAddress.replaceAll(':', ''), 'hex')
    const member = membership(options.index, mac)
    const to = sockaddrLl({ index: options.index, protocol: ETHERTYPE[options.family] })
    try {
      shared ??= openPacketSocket()
      shared.setOption(SOL_PACKET, PACKET_ADD_MEMBERSHIP, member)
    } catch (cause) {
      throw new HaError('KERNEL_SOCKET', `cannot send frames on ${options.interface}`, { cause })
    }
    const socket = shared
    return {
      send: (payload, destination) => sendPacket(socket, advertFrame(payload, destination, options), to, null),
      close: () => leave(socket, member),
    }
  }
}

function openPacketSocket(): NativeSocket {
  const socket = openSocket(AF_PACKET, SOCK_RAW, 0)
  socket.setOption(SOL_SOCKET, SO_PRIORITY, PRIORITY)
  return socket
}

function leave(socket: NativeSocket, member: Buffer): void {
  try {
    socket.setOption(SOL_PACKET, PACKET_DROP_MEMBERSHIP, member)
  } catch (cause) {
    // It has gone with its interface.
    if (!isErrno(cause, 'EADDRNOTAVAIL') && !isErrno(cause, 'ENODEV')) throw cause
  }
}

/** packet_mreq: index i32 | type u16 | length u16 | address 8 */
function membership(index: number, mac: Buffer): Buffer {
  const out = Buffer.concat([int32(index), Buffer.alloc(12)])
  out.writeUInt16LE(PACKET_MR_UNICAST, 4)
  out.writeUInt16LE(mac.length, 6)
  mac.copy(out, 8)
  return out
}

/** The checksum of `payload` is in place: here no kernel fills it in. */
export function advertFrame(payload: Buffer, destination: string, options: AdvertFrameOptions): Buffer {
  const { family, hardwareAddress } = options
  const to = ipBytes(destination)
  const header = Buffer.alloc(14)
  groupMac(to).copy(header, 0)
  Buffer.from(hardwareAddress.replaceAll(':', ''), 'hex').copy(header, 6)
  header.writeUInt16BE(ETHERTYPE[family], 12)
  const build = family === 4 ? ipv4Header : ipv6Header
  return Buffer.concat([header, build(payload.length, ipBytes(options.source), to, options.ttl), payload])
}

/** RFC 1112 6.4: the last 23 bits of the group; RFC 2464 7: 33:33 and its last four bytes. */
function groupMac(group: Buffer): Buffer {
  if (group.length === 16) return Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)])
  return Buffer.from([0x01, 0x00, 0x5e, group.readUInt8(1) & 0x7f, group.readUInt8(2), group.readUInt8(3)])
}

function ipv4Header(length: number, source: Buffer, destination: Buffer, ttl: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt8(0x45, 0)
  header.writeUInt8(TRAFFIC_CLASS, 1)
  header.writeUInt16BE(20 + length, 2)
  header.writeUInt16BE(DONT_FRAGMENT, 6)
  header.writeUInt8(ttl, 8)
  header.writeUInt8(VRRP, 9)
  const whole = Buffer.concat([header, source, destination])
  let sum = 0
  for (let at = 0; at < whole.length; at += 2) sum += whole.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  whole.writeUInt16BE(~sum & 0xffff, 10)
  return whole
}

function ipv6Header(length: number, source: Buffer, destination: Buffer, hopLimit: number): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(((6 << 28) | (TRAFFIC_CLASS << 20)) >>> 0, 0)
  header.writeUInt16BE(length, 4)
  header.writeUInt8(VRRP, 6)
  header.writeUInt8(hopLimit, 7)
  return Buffer.concat([header, source, destination])
}
