/**
 * What other hosts say of our addresses, in ARP (RFC 826) and neighbour advertisements (RFC 4861 4.4):
 *
 *   ARP   hardware be16 | protocol be16 | 6 | 4 | operation be16 | sender mac 6 | ip 4 | target mac 6 | ip 4
 *   NA    IPv6 header 40 | 136 | 0 | checksum be16 | flags be32 | target 16 | options: 2, 1, mac 6
 */
import { isEqual } from '#platform/equality.ts'
import { HaError, isErrno } from '#platform/errors.ts'
import {
  BPF_ETHERTYPE,
  BPF_JUMP_EQUAL,
  BPF_LOAD_BYTE,
  BPF_LOAD_HALF,
  BPF_LOAD_WORD,
  BPF_PACKET_TYPE,
  BPF_RETURN,
  encodeFilter,
  type Instruction,
} from '#platform/native/filter.ts'
import { ipBytes, ipText } from '#platform/native/ip.ts'
import { AF_PACKET, SOCK_DGRAM, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { type NativeSocket, openSocket } from '#platform/native/socket.ts'
import { openRoute } from '#platform/netlink/route.ts'
import type { LinkInfo } from '#platform/netlink/route-messages.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { NeighbourClaim, NeighbourSight } from '../ports.ts'
import { arpProbe, ETHERTYPE_ARP, ETHERTYPE_IPV6, neighbourQuestion } from './announcement-frames.ts'
import { hardwareText, openTaps } from './taps.ts'

const ETH_P_ALL = 3
const PACKET_OUTGOING = 4
const ARP_SENDER_AT = 8
const ARP_LENGTH = 28
const IPV6_NEXT_HEADER_AT = 6
const IPV6_HEADER = 40
const ICMPV6 = 58
const ADVERTISEMENT = 136
const TARGET_AT = IPV6_HEADER + 8
const OPTION_AT = TARGET_AT + 16
const SNAPLEN = 96
/** Jumps reach 255 instructions. With more addresses than this all messages pass, and are looked at here. */
const FILTERED_AT_MOST = 100

/** @throws HaError KERNEL_SOCKET, NETLINK */
export function kernelNeighbourSight(onClaim: (claim: NeighbourClaim) => void): NeighbourSight {
  const route = openRoute()
  const sender = open(SOCK_RAW)
  let watched: readonly VipAddress[] = []

  function tap({ name, index }: LinkInfo): NativeSocket | null {
    const own = watched.filter(({ device }) => device === name)
    const known = new Set(own.map(({ address }) => address))
    return openTap(index, filterFor(own), (data) => {
      const claim = decodeClaim(data)
      if (claim === null || !known.has(claim.address)) return
      // Bonds and bridges bring our own frames back to us.
      if (!taps.isOwn(claim.hardwareAddress)) onClaim({ device: name, ...claim })
    })
  }

  const taps = openTaps(tap)
  return {
    watch(addresses) {
      const before = watched
      watched = addresses
      const devices = [...new Set(addresses.map(({ device }) => device))]
      const on = (list: readonly VipAddress[], name: string) =>
        list.flatMap((each) => (each.device === name ? each.address : []))
      // Others have the right filter already.
      taps.watch(
        devices,
        devices.filter((name) => !isEqual(on(before, name), on(addresses, name))),
      )
    },
    ask(addresses) {
      const links = new Map([...new Set(addresses.map(({ device }) => device))].map((name) => [name, route.link(name)]))
      for (const { address, family, device } of addresses) {
        const link = links.get(device) ?? null
        // Loopback and tunnels: nobody there has hardware addresses.
        if (link?.arp !== true || link.hardwareAddress.length !== 6) continue
        const frame = (family === 4 ? arpProbe : neighbourQuestion)(link.hardwareAddress, address)
        ask(sender, frame, link.index, family)
      }
    },
    close() {
      taps.close()
      sender.close()
      route.close()
    },
  }
}

function ask(socket: NativeSocket, frame: Buffer, index: number, family: 4 | 6): void {
  try {
    socket.send(frame, sockaddrLl({ index, protocol: family === 4 ? ETHERTYPE_ARP : ETHERTYPE_IPV6 }))
  } catch (cause) {
    // A link that is down, or gone: there is nobody to ask, and the next question comes.
    if (!['ENETDOWN', 'ENXIO', 'ENODEV', 'ENOBUFS'].some((code) => isErrno(cause, code)))
      throw new HaError('KERNEL_SOCKET', 'cannot ask for the holders of our addresses', { cause })
  }
}

function open(type: number): NativeSocket {
  try {
    return openSocket(AF_PACKET, type, 0)
  } catch (cause) {
    throw new HaError('KERNEL_SOCKET', 'cannot open a packet socket for conflicts of addresses', { cause })
  }
}

/** null when the link went away meanwhile. */
function openTap(index: number, filter: Buffer, onPacket: (data: Buffer) => void): NativeSocket | null {
  const socket = open(SOCK_DGRAM)
  try {
    socket.attachFilter(filter)
    socket.bind(sockaddrLl({ index, protocol: ETH_P_ALL }))
    // ENETDOWN: the link went down. The socket stays bound and goes on when it is up again.
    socket.watch({ batch: 8, size: SNAPLEN, controlSize: 0, onMessage: ({ data }) => onPacket(data), onError() {} })
    return socket
  } catch (cause) {
    socket.close()
    if (isErrno(cause, 'ENODEV') || isErrno(cause, 'ENXIO')) return null
    throw new HaError('KERNEL_SOCKET', 'cannot watch for conflicts of addresses', { cause })
  }
}

/** Of what comes in, ARP and neighbour advertisements for these addresses: the rest of a busy LAN costs nothing. */
function filterFor(addresses: readonly VipAddress[]): Buffer {
  const numbers = (family: 4 | 6) =>
    addresses
      .filter((each) => each.family === family)
      .map(({ address }) => ipBytes(address).readUInt32BE(family === 4 ? 0 : 12))
  const arp = matching(ARP_SENDER_AT + 6, numbers(4))
  const advertisement: Instruction[] = [
    [BPF_LOAD_BYTE, 0, 0, IPV6_NEXT_HEADER_AT],
    [BPF_JUMP_EQUAL, 1, 0, ICMPV6],
    [BPF_RETURN, 0, 0, 0],
    [BPF_LOAD_BYTE, 0, 0, IPV6_HEADER],
    [BPF_JUMP_EQUAL, 1, 0, ADVERTISEMENT],
    [BPF_RETURN, 0, 0, 0],
    ...matching(TARGET_AT + 12, numbers(6)),
  ]
  return encodeFilter([
    [BPF_LOAD_BYTE, 0, 0, BPF_PACKET_TYPE],
    [BPF_JUMP_EQUAL, 0, 1, PACKET_OUTGOING],
    [BPF_RETURN, 0, 0, 0],
    [BPF_LOAD_HALF, 0, 0, BPF_ETHERTYPE],
    [BPF_JUMP_EQUAL, 0, arp.length, ETHERTYPE_ARP],
    ...arp,
    [BPF_JUMP_EQUAL, 1, 0, ETHERTYPE_IPV6],
    [BPF_RETURN, 0, 0, 0],
    ...advertisement,
  ])
}

/** Ends the program: with the packet if the word there is one of these, without it otherwise. */
function matching(offset: number, words: readonly number[]): Instruction[] {
  if (words.length > FILTERED_AT_MOST) return [[BPF_RETURN, 0, 0, SNAPLEN]]
  const tests = words.map((word, index): Instruction => [BPF_JUMP_EQUAL, words.length - index, 0, word])
  return [[BPF_LOAD_WORD, 0, 0, offset], ...tests, [BPF_RETURN, 0, 0, 0], [BPF_RETURN, 0, 0, SNAPLEN]]
}

/** null: no claim of anything. */
export function decodeClaim(packet: Buffer): Omit<NeighbourClaim, 'device'> | null {
  if (packet.length >= ARP_LENGTH && packet.readUInt32BE(0) === 0x0001_0800) {
    const hardware = packet.subarray(ARP_SENDER_AT, ARP_SENDER_AT + 6)
    return {
      address: ipText(packet.subarray(ARP_SENDER_AT + 6, ARP_SENDER_AT + 10)),
      hardwareAddress: hardwareText(hardware),
    }
  }
  if (packet.length < OPTION_AT + 8 || packet.readUInt8(0) >> 4 !== 6) return null
  if (packet.readUInt8(IPV6_NEXT_HEADER_AT) !== ICMPV6 || packet.readUInt8(IPV6_HEADER) !== ADVERTISEMENT) return null
  // Who answers a question in nobody's name has to say where it is (RFC 4861 7.2.4).
  if (packet.readUInt16BE(OPTION_AT) !== 0x0201) return null
  const hardware = packet.subarray(OPTION_AT + 2, OPTION_AT + 8)
  return { address: ipText(packet.subarray(TARGET_AT, OPTION_AT)), hardwareAddress: hardwareText(hardware) }
}
