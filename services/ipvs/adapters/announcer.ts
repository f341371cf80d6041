import { readFileSync } from 'node:fs'
import { HaError } from '#platform/errors.ts'
import { AF_PACKET, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { type NativeSocket, openSocket } from '#platform/native/socket.ts'
import { openRoute, type RouteSocket } from '#platform/netlink/route.ts'
import type { LinkInfo } from '#platform/netlink/route-messages.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { AnnounceResult, Announcer } from '../ports.ts'
import { ETHERTYPE_ARP, ETHERTYPE_IPV6, gratuitousArp, unsolicitedNeighbour } from './announcement-frames.ts'

/** A frame ready to leave through one link. */
interface Announcement {
  address: VipAddress
  frame: Buffer
  to: Buffer
}

/** Whole Ethernet frames through a packet socket that receives nothing. @throws HaError KERNEL_SOCKET, NETLINK */
export function kernelAnnouncer(): Announcer {
  const socket = openPacketSocket()
  const route = openRoute()
  return {
    announce(addresses, repeat) {
      const result: AnnounceResult = { sent: 0, failures: [] }
      const announcements = prepare(route, addresses, result)
      for (let round = 0; round < repeat; round += 1) {
        // The first failure of an address is enough: a link that is down takes none of the rest either.
        for (const announcement of announcements) sendOne(socket, announcement, result)
      }
      return result
    },
    close() {
      socket.close()
      route.close()
    },
  }
}

function openPacketSocket(): NativeSocket {
  try {
    return openSocket(AF_PACKET, SOCK_RAW, 0)
  } catch (cause) {
    throw new HaError('KERNEL_SOCKET', 'cannot open a packet socket for announcements', { cause })
  }
}

function prepare(route: RouteSocket, addresses: readonly VipAddress[], result: AnnounceResult): Announcement[] {
  // Looked up for each burst: hardware addresses and indexes change under a running program.
  const links = new Map<string, LinkInfo | null>()
  return addresses.flatMap((address) => {
    if (!links.has(address.device)) links.set(address.device, route.link(address.device))
    const link = links.get(address.device) ?? null
    if (link === null) {
      const error = new HaError('KERNEL_ANNOUNCE', `there is no interface ${address.device} to announce on`)
      result.failures.push({ address, error })
      return []
    }
    // Loopback, tunnels, point-to-point: nobody there asks for hardware addresses.
    if (!link.arp || link.hardwareAddress.length !== 6 || isZero(link.hardwareAddress)) return []
    return [announcementOf(address, link)]
  })
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}

function announcementOf(address: VipAddress, link: LinkInfo): Announcement {
  const mac = link.hardwareAddress
  switch (address.family) {
    case 4:
      return {
        address,
        frame: gratuitousArp(mac, address.address),
        to: sockaddrLl({ index: link.index, protocol: ETHERTYPE_ARP, hardwareAddress: Buffer.alloc(6, 0xff) }),
      }
    case 6:
      return {
        address,
        frame: unsolicitedNeighbour(mac, address.address, isRouter(link.name)),
        to: sockaddrLl({ index: link.index, protocol: ETHERTYPE_IPV6 }),
      }
  }
}

/** Whether the interface forwards IPv6: then its advertisements must say "router" (RFC 4861 4.4). */
function isRouter(device: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${device}/forwarding`, 'latin1').trim() !== '0'
  } catch {
    // No IPv6 on that interface: nobody listens either.
    return false
  }
}

function sendOne(socket: NativeSocket, { address, frame, to }: Announcement, result: AnnounceResult): void {
  if (result.failures.some((failure) => failure.address === address)) return
  try {
    socket.send(frame, to)
    result.sent += 1
  } catch (cause) {
    const message = `cannot announce ${address.address} on ${address.device}`
    result.failures.push({ address, error: new HaError('KERNEL_ANNOUNCE', message, { cause }) })
  }
}
