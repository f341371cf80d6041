/** UDP sockets of BFD: port 3784 for neighbours on the link (RFC 5881 4), 4784 for those behind routers (RFC 5883 5). */
import { randomInt } from 'node:crypto'
import type { Clock } from '#platform/clock-port.ts'
import { HaError, isErrno } from '#platform/errors.ts'
import { ipBytes, ipText } from '#platform/native/ip.ts'
import {
  AF_INET,
  AF_INET6,
  controlMessages,
  encodeControl,
  ipOfSockaddr,
  SOCK_DGRAM,
  sockaddrIp,
} from '#platform/native/sockaddr.ts'
import { int32, type NativeSocket, openSocket, type Received } from '#platform/native/socket.ts'
import type { ControlDatagram, ControlPath, OpenEarpiece, OpenMouthpiece } from '../bfd/bfd-ports.ts'
import type { SendResult } from '../ports.ts'

const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_PRIORITY = 12
const SO_REUSEPORT = 15
/** As for adverts: internetwork control. */
const PRIORITY = 6
const TRAFFIC_CLASS = 0xc0
/** ip(7) and ipv6(7): what each family calls the same thing. */
const IP = { level: 0, trafficClass: 1, hops: 2, receivePacketInfo: 8, packetInfo: 8, receiveHops: 12, receivedHops: 2 }
const IP6 = {
  ...{ level: 41, trafficClass: 67, hops: 16, receivePacketInfo: 49, packetInfo: 50, receiveHops: 51 },
  ...{ receivedHops: 52, only: 26 },
}
const PROTOCOL_UDP = 17

const FIRST_SOURCE_PORT = 49_152
const SOURCE_PORTS = 65_536 - FIRST_SOURCE_PORT
/** So many ports taken by others in a row, drawn by chance, that something else must be wrong. */
const TRIES = 64

const SIZE = 256
const CONTROL_SIZE = 256
const BATCH = 64

export function earpieces({ clock }: { clock: Clock }): OpenEarpiece {
  return ({ family, multihop }, onDatagram) => {
    const port = portOf(multihop)
    const socket = openAt(port, () => listenOn(family, port))
    socket.watch({
      batch: BATCH,
      size: SIZE,
      controlSize: CONTROL_SIZE,
      onMessage(message) {
        const datagram = decode(message, family)
        if (datagram !== null) onDatagram({ ...datagram, multihop, at: clock.now() })
      },
      // ECONNREFUSED and the like are of no use: silence is what sessions go by.
      onError() {},
    })
    return { drain: () => socket.drain(), close: () => socket.close() }
  }
}

/** For one session each. */
export const openMouthpiece: OpenMouthpiece = (path) => {
  const port = portOf(path.multihop)
  const socket = openAt(port, () => speakFrom(path))
  const to = sockaddrIp(path.neighbour, port, path.index ?? 0)
  const control = sourceControl(path)
  return { send: (payload) => send(socket, payload, to, control), close: () => socket.close() }
}

function portOf(multihop: boolean): number {
  return multihop ? 4784 : 3784
}

function openAt(port: number, open: () => NativeSocket): NativeSocket {
  try {
    return open()
  } catch (cause) {
    const taken = isErrno(cause, 'EADDRINUSE') ? ': another BFD daemon of this machine has it' : ''
    throw new HaError('KERNEL_SOCKET', `cannot open a socket for BFD on UDP port ${port}${taken}`, { cause })
  }
}

function listenOn(family: 4 | 6, port: number): NativeSocket {
  const socket = openSocket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM, PROTOCOL_UDP)
  try {
    const names = family === 4 ? IP : IP6
    if (family === 6) socket.setOption(IP6.level, IP6.only, 1)
    socket.setOption(names.level, names.receivePacketInfo, 1)
    socket.setOption(names.level, names.receiveHops, 1)
    socket.bind(sockaddrIp(family === 4 ? '0.0.0.0' : '::', port))
    // Only now: who has the port already keeps it, and FRR's bfdd, which asks for sharing, can still take it over.
    socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    socket.setOption(SOL_SOCKET, SO_REUSEPORT, 1)
    return socket
  } catch (cause) {
    socket.close()
    throw cause
  }
}

function speakFrom({ neighbour, ttl }: ControlPath): NativeSocket {
  const four = !neighbour.includes(':')
  const names = four ? IP : IP6
  const socket = openSocket(four ? AF_INET : AF_INET6, SOCK_DGRAM, PROTOCOL_UDP)
  try {
    socket.setOption(SOL_SOCKET, SO_PRIORITY, PRIORITY)
    socket.setOption(names.level, names.trafficClass, TRAFFIC_CLASS)
    socket.setOption(names.level, names.hops, ttl)
    bindSomewhere(socket, four ? '0.0.0.0' : '::')
    return socket
  } catch (cause) {
    socket.close()
    throw cause
  }
}

function bindSomewhere(socket: NativeSocket, address: string): void {
  for (let tried = 1; ; tried += 1) {
    try {
      socket.bind(sockaddrIp(address, FIRST_SOURCE_PORT + randomInt(SOURCE_PORTS)))
      return
    } catch (cause) {
      if (!isErrno(cause, 'EADDRINUSE') || tried === TRIES) throw cause
    }
  }
}

/** The source address goes with each packet instead of the bind, which would fail while the address is not there. */
function sourceControl({ neighbour, source, index }: ControlPath): Buffer | null {
  if (source === null && index === null) return null
  const device = int32(index ?? 0)
  if (neighbour.includes(':')) {
    const data = Buffer.concat([ipBytes(source ?? '::'), device])
    return encodeControl({ level: IP6.level, type: IP6.packetInfo, data })
  }
  const data = Buffer.concat([device, ipBytes(source ?? '0.0.0.0'), Buffer.alloc(4)])
  return encodeControl({ level: IP.level, type: IP.packetInfo, data })
}

function send(socket: NativeSocket, payload: Buffer, to: Buffer, control: Buffer | null): SendResult {
  try {
    socket.send(payload, to, control)
    return { ok: true }
  } catch (cause) {
    return { ok: false, code: cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO' }
  }
}

function decode({ data, from, control }: Received, family: 4 | 6): Omit<ControlDatagram, 'multihop' | 'at'> | null {
  const source = ipOfSockaddr(from)
  if (source === null) return null
  const names = family === 4 ? IP : IP6
  const messages = controlMessages(control).filter(({ level }) => level === names.level)
  const find = (type: number) => messages.find((message) => message.type === type)?.data
  const info = find(names.packetInfo)
  // in_pktinfo: interface, (local address), destination; in6_pktinfo: destination, interface.
  const address = family === 4 ? info?.subarray(8, 12) : info?.subarray(0, 16)
  return {
    source,
    destination: address === undefined ? null : ipText(address),
    index: info?.readInt32LE(family === 4 ? 0 : 16) ?? null,
    ttl: find(names.receivedHops)?.readInt32LE(0) ?? null,
    payload: data,
  }
}
