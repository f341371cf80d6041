import type { Clock } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import {
  BPF_JUMP_EQUAL,
  BPF_LINK_HEADER,
  BPF_LOAD_HALF,
  BPF_LOAD_WORD,
  BPF_RETURN,
  encodeFilter,
} from '#platform/native/filter.ts'
import { ipBytes, ipText } from '#platform/native/ip.ts'
import {
  AF_INET,
  AF_INET6,
  controlMessages,
  deviceName,
  encodeControl,
  ipOfSockaddr,
  SOCK_RAW,
  sockaddrIp,
} from '#platform/native/sockaddr.ts'
import { int32, type NativeSocket, openSocket, type Received } from '#platform/native/socket.ts'
import { openRoute } from '#platform/netlink/route.ts'
import type { AdvertPacket, AdvertSocketOptions, OpenAdvertSocket } from '../ports.ts'
import { sendPacket } from './send-packet.ts'

const VRRP = 112
const SOL_SOCKET = 1
const SO_PRIORITY = 12
const SO_BINDTODEVICE = 25
/** TC_PRIO_CONTROL 7 is the kernel's own; 6 is what internetwork control traffic gets. */
const PRIORITY = 6
const TRAFFIC_CLASS = 0xc0

/** ip(7): level IPPROTO_IP. */
const IP = {
  level: 0,
  tos: 1,
  ttl: 2,
  packetInfo: 8,
  multicastIf: 32,
  multicastTtl: 33,
  freeBind: 15,
  multicastLoop: 34,
  join: 35,
  multicastAll: 49,
}
/** ipv6(7): level IPPROTO_IPV6. */
const IP6 = {
  ...{
    level: 41,
    checksum: 7,
    unicastHops: 16,
    multicastIf: 17,
    multicastHops: 18,
    multicastLoop: 19,
    join: 20,
    multicastAll: 29,
  },
  ...{ receivePacketInfo: 49, packetInfo: 50, receiveHops: 51, hops: 52, trafficClass: 67, freeBind: 78 },
}
/** The checksum's place in a VRRPv3 message: over IPv6 the kernel fills it in, and checks it on the way in. */
const CHECKSUM_AT = 6

const SIZE = 2_048
const CONTROL_SIZE = 256
const BATCH = 16

/** Opens sockets for protocol 112. Needs CAP_NET_RAW at opening only. */
export function advertSockets({ clock }: { clock: Clock }): OpenAdvertSocket {
  return (options, onPacket) => {
    const index = indexOf(options.interface)
    // Only link-local addresses, ff02::12 among them, belong to an interface; other peers are reached by a route.
    const scope = (address: string) => (/^(fe[89ab]|ff)/.test(address) ? index : 0)
    const socket = openFor(options, index)
    const decode = options.family === 4 ? decodeIpv4 : decodeIpv6
    socket.watch({
      batch: BATCH,
      size: SIZE,
      controlSize: CONTROL_SIZE,
      onMessage(message) {
        const packet = decode(message)
        if (packet !== null) onPacket({ ...packet, at: clock.now() })
      },
      // ENETDOWN: the interface went down; LinkWatch says so.
      onError() {},
    })
    const control = sourceControl(options, options.group === null ? scope(options.source ?? '') : index)
    return {
      send: (payload, destination) =>
        sendPacket(socket, payload, sockaddrIp(destination, 0, scope(destination)), control),
      drain: () => socket.drain(),
      close: () => socket.close(),
    }
  }
}

function indexOf(device: string): number {
  const route = openRoute()
  const link = route.link(device)
  route.close()
  if (link === null) throw new HaError('KERNEL_SOCKET', `there is no interface ${device}`)
  return link.index
}

function openFor(options: AdvertSocketOptions, index: number): NativeSocket {
  try {
    const socket = openSocket(options.family === 4 ? AF_INET : AF_INET6, SOCK_RAW, VRRP)
    try {
      if (options.group === null) confine(socket, options, index)
      // First of all, so that nothing from another interface is ever queued.
      else socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, deviceName(options.interface))
      if (options.onlyFrom !== undefined) socket.attachFilter(fromHardwareAddress(options.onlyFrom))
      socket.setOption(SOL_SOCKET, SO_PRIORITY, PRIORITY)
      if (options.family === 4) configureIpv4(socket, options)
      else configureIpv6(socket, options)
      if (options.group !== null) join(socket, options.group, index)
      return socket
    } catch (cause) {
      socket.close()
      throw cause
    }
  } catch (cause) {
    throw new HaError('KERNEL_SOCKET', `cannot open a VRRP socket on ${options.interface}`, { cause })
  }
}

/** Passes what a frame from this address carried. */
function fromHardwareAddress(address: string): Buffer {
  const bytes = Buffer.from(address.replaceAll(':', ''), 'hex')
  return encodeFilter([
    [BPF_LOAD_HALF, 0, 0, BPF_LINK_HEADER + 6],
    [BPF_JUMP_EQUAL, 0, 3, bytes.readUInt16BE(0)],
    [BPF_LOAD_WORD, 0, 0, BPF_LINK_HEADER + 8],
    [BPF_JUMP_EQUAL, 0, 1, bytes.readUInt32BE(2)],
    [BPF_RETURN, 0, 0, 0xffff],
    [BPF_RETURN, 0, 0, 0],
  ])
}

/** Packets to its own address only, also while that is not there yet. Multicast has another destination. */
function confine(socket: NativeSocket, { family, source }: AdvertSocketOptions, index: number): void {
  if (source === null) throw new HaError('KERNEL_SOCKET', 'unicast needs an address to receive at')
  if (family === 4) socket.setOption(IP.level, IP.freeBind, 1)
  else socket.setOption(IP6.level, IP6.freeBind, 1)
  socket.bind(sockaddrIp(source, 0, index))
}

function configureIpv4(socket: NativeSocket, { ttl }: AdvertSocketOptions): void {
  socket.setOption(IP.level, IP.multicastLoop, 0)
  // Only the own group, not those that other sockets of this machine have joined.
  socket.setOption(IP.level, IP.multicastAll, 0)
  socket.setOption(IP.level, IP.multicastTtl, ttl)
  socket.setOption(IP.level, IP.ttl, ttl)
  socket.setOption(IP.level, IP.tos, TRAFFIC_CLASS)
}

function configureIpv6(socket: NativeSocket, { ttl }: AdvertSocketOptions): void {
  socket.setOption(IP6.level, IP6.multicastLoop, 0)
  socket.setOption(IP6.level, IP6.multicastAll, 0)
  socket.setOption(IP6.level, IP6.multicastHops, ttl)
  socket.setOption(IP6.level, IP6.unicastHops, ttl)
  socket.setOption(IP6.level, IP6.trafficClass, TRAFFIC_CLASS)
  socket.setOption(IP6.level, IP6.checksum, CHECKSUM_AT)
  socket.setOption(IP6.level, IP6.receiveHops, 1)
  socket.setOption(IP6.level, IP6.receivePacketInfo, 1)
}

function join(socket: NativeSocket, group: string, index: number): void {
  if (group.includes(':')) {
    // ipv6_mreq: group, interface.
    socket.setOption(IP6.level, IP6.join, Buffer.concat([ipBytes(group), int32(index)]))
    socket.setOption(IP6.level, IP6.multicastIf, index)
    return
  }
  // ip_mreqn: group, local address (none), interface.
  const request = (address: Buffer) => Buffer.concat([address, Buffer.alloc(4), int32(index)])
  socket.setOption(IP.level, IP.join, request(ipBytes(group)))
  socket.setOption(IP.level, IP.multicastIf, request(Buffer.alloc(4)))
}

/** The source address goes with each packet instead of a bind, which would fail while the address is not there yet. */
function sourceControl({ family, source }: AdvertSocketOptions, index: number): Buffer | null {
  if (source === null) return null
  const address = ipBytes(source)
  // in_pktinfo: interface, source, (destination); in6_pktinfo: source, interface.
  return family === 4
    ? encodeControl({
        level: IP.level,
        type: IP.packetInfo,
        data: Buffer.concat([int32(index), address, Buffer.alloc(4)]),
      })
    : encodeControl({ level: IP6.level, type: IP6.packetInfo, data: Buffer.concat([address, int32(index)]) })
}

/** A raw IPv4 socket delivers the header too; ip(7). */
function decodeIpv4({ data }: Received): Omit<AdvertPacket, 'at'> | null {
  const header = data.length >= 20 ? (data.readUInt8(0) & 0x0f) * 4 : 0
  if (header < 20 || data.length < header) return null
  return {
    source: ipText(data.subarray(12, 16)),
    destination: ipText(data.subarray(16, 20)),
    ttl: data.readUInt8(8),
    payload: data.subarray(header),
  }
}

function decodeIpv6({ data, from, control }: Received): Omit<AdvertPacket, 'at'> | null {
  const source = ipOfSockaddr(from)
  if (source === null) return null
  const messages = controlMessages(control).filter(({ level }) => level === IP6.level)
  const find = (type: number) => messages.find((message) => message.type === type)?.data
  const info = find(IP6.packetInfo)
  return {
    source,
    destination: info === undefined ? null : ipText(info.subarray(0, 16)),
    ttl: find(IP6.hops)?.readInt32LE(0) ?? null,
    payload: data,
  }
}
