import type { Clock } from '#platform/clock-port.ts'
import { HaError, isErrno } from '#platform/errors.ts'
import {
  BPF_ETHERTYPE,
  BPF_JUMP_EQUAL,
  BPF_LOAD_BYTE,
  BPF_LOAD_HALF,
  BPF_PACKET_TYPE,
  BPF_RETURN,
  encodeFilter,
} from '#platform/native/filter.ts'
import { AF_PACKET, controlMessages, SOCK_DGRAM, sockaddrLl } from '#platform/native/sockaddr.ts'
import { type NativeSocket, openSocket, type Received } from '#platform/native/socket.ts'
import type { AdvertSight, SeenAdvert } from '../ports.ts'
import { openTaps } from './taps.ts'

const SOL_SOCKET = 1
/** Option and control message alike; timespec of two 64-bit numbers. */
const SO_TIMESTAMPNS = 35
const ETH_P_ALL = 3
const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd
const PACKET_OUTGOING = 4
const VRRP = 112
const IPV4_PROTOCOL_AT = 9
const IPV6_NEXT_HEADER_AT = 6
const IPV6_HEADER = 40
/** Signs of life of unicast routers: see services/vrrp/adapters/advert-pulse.ts. */
const LOOPBACK = 'lo'
const IPV4_SOURCE_AT = 12
const IPV4_DESTINATION_AT = 16
const LOOPBACK_NET = 127
/** First byte of an advertisement (RFC 9568 5.2): version 2 or 3, type 1. */
const ADVERT_HEADS = new Set([0x21, 0x31])
/** An IPv6 header and the longest VRRP message there is room to look at; the rest is not needed. */
const SNAPLEN = 128

/** Passes outgoing IPv4 and IPv6 packets of protocol 112; the kernel drops all others before they cost us anything. */
const OWN_ADVERTS = encodeFilter([
  [BPF_LOAD_BYTE, 0, 0, BPF_PACKET_TYPE],
  [BPF_JUMP_EQUAL, 0, 8, PACKET_OUTGOING],
  [BPF_LOAD_HALF, 0, 0, BPF_ETHERTYPE],
  [BPF_JUMP_EQUAL, 0, 2, ETHERTYPE_IPV4],
  [BPF_LOAD_BYTE, 0, 0, IPV4_PROTOCOL_AT],
  [BPF_JUMP_EQUAL, 3, 4, VRRP],
  [BPF_JUMP_EQUAL, 0, 3, ETHERTYPE_IPV6],
  [BPF_LOAD_BYTE, 0, 0, IPV6_NEXT_HEADER_AT],
  [BPF_JUMP_EQUAL, 0, 1, VRRP],
  [BPF_RETURN, 0, 0, SNAPLEN],
  [BPF_RETURN, 0, 0, 0],
])

/**
 * Sees this node's own adverts on their way out, behind the queueing discipline: what is dropped before it, or has no
 * carrier, is not seen. @throws HaError KERNEL_SOCKET, NETLINK
 */
export function kernelAdvertSight({ clock }: { clock: Clock }, onAdvert: (seen: SeenAdvert) => void): AdvertSight {
  const taps = openTaps(({ name, index }) =>
    openTap(index, ({ data, control }) => {
      const seen = decodeSeen(data)
      if (seen === null) return
      const { pulseOf, ...advert } = seen
      // Signs of life name their interface by its index.
      const router = pulseOf === null ? name : taps.nameOf(pulseOf)
      if (router === undefined || (pulseOf !== null) !== (name === LOOPBACK)) return
      onAdvert({ interface: router, unicast: pulseOf !== null, ...advert, ...seenAt(clock, control) })
    }),
  )
  return { watch: (interfaces) => taps.watch(interfaces), close: () => taps.close() }
}

/** null when the link went away meanwhile. */
function openTap(index: number, onPacket: (packet: Received) => void): NativeSocket | null {
  try {
    // Protocol 0 receives nothing: no packet gets in before the filter is there.
    const socket = openSocket(AF_PACKET, SOCK_DGRAM, 0)
    socket.attachFilter(OWN_ADVERTS)
    socket.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1)
    socket.bind(sockaddrLl({ index, protocol: ETH_P_ALL }))
    // ENETDOWN: the link went down. The socket stays bound and goes on when it is up again.
    socket.watch({ batch: 8, size: SNAPLEN, controlSize: 64, onMessage: onPacket, onError() {} })
    return socket
  } catch (cause) {
    if (isErrno(cause, 'ENODEV') || isErrno(cause, 'ENXIO')) return null
    throw new HaError('KERNEL_SOCKET', 'cannot open a packet socket for our own adverts', { cause })
  }
}

/** The kernel stamps with the wall clock; only the distance from now is taken from it. */
function seenAt(clock: Clock, control: Buffer): Pick<SeenAdvert, 'at' | 'sentAt'> {
  const at = clock.now()
  const stamp = controlMessages(control).find(({ level, type }) => level === SOL_SOCKET && type === SO_TIMESTAMPNS)
  if (stamp === undefined) return { at, sentAt: at }
  const sentMs = Number(stamp.data.readBigInt64LE(0)) * 1_000 + Number(stamp.data.readBigInt64LE(8)) / 1e6
  return { at, sentAt: Math.min(at, at - (clock.wall() - sentMs)) }
}

export interface Decoded extends Pick<SeenAdvert, 'family' | 'virtualRouterId' | 'priority'> {
  /** A sign of life: the index of its router's interface. null: a real advert. */
  pulseOf: number | null
}

/** null: not an advertisement. The checksum was ours to make, so nobody checks it here. */
export function decodeSeen(packet: Buffer): Decoded | null {
  if (packet.length === 0) return null
  const version = packet.readUInt8(0) >> 4
  const at = version === 6 ? IPV6_HEADER : (packet.readUInt8(0) & 0x0f) * 4
  if (packet.length < at + 3 || !ADVERT_HEADS.has(packet.readUInt8(at))) return null
  const router = { virtualRouterId: packet.readUInt8(at + 1), priority: packet.readUInt8(at + 2) }
  if (version === 6) return { family: 6, pulseOf: null, ...router }
  const pulse = packet.readUInt8(IPV4_SOURCE_AT) === LOOPBACK_NET
  return {
    family: pulse && packet.readUInt8(IPV4_SOURCE_AT + 3) === 6 ? 6 : 4,
    pulseOf: pulse ? packet.readUInt32BE(IPV4_DESTINATION_AT) & 0xff_ffff : null,
    ...router,
  }
}
