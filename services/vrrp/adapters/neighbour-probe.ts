/**
 * Questions that the kernel of a machine answers, whatever its programs do:
 *
 *   ARP request (RFC 826), behind the Ethernet header: hardware 1 be16 | protocol 0x0800 be16 | lengths 6, 4 |
 *     operation be16 | sender MAC 6, IP 4 | target MAC 6, IP 4
 *   neighbour solicitation (RFC 4861 4.3): type 135 | code 0 | checksum be16 | 0 u32 | target 16
 *   neighbour advertisement (RFC 4861 4.4): type 136 | code 0 | checksum be16 | flags u32 | target 16
 */
import { HaError } from '#platform/errors.ts'
import { BPF_JUMP_EQUAL, BPF_LOAD_WORD, BPF_RETURN, encodeFilter } from '#platform/native/filter.ts'
import { ipBytes } from '#platform/native/ip.ts'
import {
  AF_INET6,
  AF_PACKET,
  encodeControl,
  SOCK_DGRAM,
  SOCK_RAW,
  sockaddrIp,
  sockaddrLl,
} from '#platform/native/sockaddr.ts'
import { int32, type NativeSocket, openSocket } from '#platform/native/socket.ts'
import { openRoute } from '#platform/netlink/route.ts'
import type { NeighbourPlace, NeighbourProbe, OpenNeighbourProbe } from '../bfd/bfd-ports.ts'

const ETHERTYPE_ARP = 0x0806
const SENDER_IP_AT = 14
const IPPROTO_ICMPV6 = 58
/** icmp6(7), rfc 3542: one bit for each type, set for those that are not wanted. */
const ICMP6_FILTER = 1
const ADVERTISEMENT = 136
const SOLICITATION = 135
const TARGET_AT = 8
/** ipv6(7). */
const IP6 = { level: 41, unicastHops: 16, packetInfo: 50 }
const SIZE = 256

/** Needs CAP_NET_RAW. */
export const openNeighbourProbe: OpenNeighbourProbe = (place, onAnswer) => {
  try {
    return place.neighbour.includes(':') ? solicitations(place, onAnswer) : arpRequests(place, onAnswer)
  } catch (cause) {
    throw new HaError('KERNEL_SOCKET', `cannot ask for ${place.neighbour} on ${place.interface}`, { cause })
  }
}

function arpRequests(place: NeighbourPlace, onAnswer: () => void): NeighbourProbe {
  const { index } = place
  // Protocol 0 until it is filtered and bound: nothing else is ever queued.
  const socket = openSocket(AF_PACKET, SOCK_DGRAM, 0)
  const wanted = ipBytes(place.neighbour).readUInt32BE(0)
  socket.attachFilter(
    encodeFilter([
      [BPF_LOAD_WORD, 0, 0, SENDER_IP_AT],
      [BPF_JUMP_EQUAL, 0, 1, wanted],
      [BPF_RETURN, 0, 0, SIZE],
      [BPF_RETURN, 0, 0, 0],
    ]),
  )
  socket.bind(sockaddrLl({ index, protocol: ETHERTYPE_ARP }))
  // The filter has let through what the neighbour says, and nothing else.
  listen(socket, () => onAnswer())
  const to = sockaddrLl({ index, protocol: ETHERTYPE_ARP, hardwareAddress: Buffer.alloc(6, 0xff) })
  return probe(socket, () => socket.send(arpRequest(place), to))
}

function arpRequest({ interface: device, source, neighbour }: NeighbourPlace): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, 1])
  return Buffer.concat([head, hardwareAddress(device), ipBytes(source), Buffer.alloc(6), ipBytes(neighbour)])
}

/** Looked up for each question: it can change under a running program. */
function hardwareAddress(device: string): Buffer {
  const route = openRoute()
  try {
    return route.link(device)?.hardwareAddress ?? Buffer.alloc(6)
  } finally {
    route.close()
  }
}

/** To the neighbour itself, as the kernel does when it doubts an entry; it looks for it with multicast if need be. */
function solicitations({ index, source, neighbour }: NeighbourPlace, onAnswer: () => void): NeighbourProbe {
  const socket = openSocket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)
  const refused = Buffer.alloc(32, 0xff)
  const word = ADVERTISEMENT >> 5
  refused.writeUInt32LE((0xffff_ffff & ~(1 << (ADVERTISEMENT & 31))) >>> 0, word * 4)
  socket.setOption(IPPROTO_ICMPV6, ICMP6_FILTER, refused)
  // Both sides drop these unless they come from the link (RFC 4861 7.1).
  socket.setOption(IP6.level, IP6.unicastHops, 255)
  const target = ipBytes(neighbour)
  listen(socket, (data) => {
    if (data.length >= TARGET_AT + 16 && data.subarray(TARGET_AT, TARGET_AT + 16).equals(target)) onAnswer()
  })
  const data = Buffer.concat([ipBytes(source), int32(index)])
  const control = encodeControl({ level: IP6.level, type: IP6.packetInfo, data })
  const message = Buffer.concat([Buffer.from([SOLICITATION, 0, 0, 0, 0, 0, 0, 0]), target])
  return probe(socket, () => socket.send(message, sockaddrIp(neighbour, 0, index), control))
}

function listen(socket: NativeSocket, take: (data: Buffer) => void): void {
  const onMessage = ({ data }: { data: Buffer }) => take(data)
  // ENETDOWN: the interface went down; LinkWatch says so.
  socket.watch({ batch: 16, size: SIZE, controlSize: 0, onMessage, onError() {} })
}

function probe(socket: NativeSocket, send: () => void): NeighbourProbe {
  return {
    ask() {
      try {
        send()
      } catch {
        // Without a link nobody can be asked: that is no answer either, and the link's own watch says more.
      }
    },
    drain: () => socket.drain(),
    close: () => socket.close(),
  }
}
