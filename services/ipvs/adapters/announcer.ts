import { readFileSync } from 'node:fs'
import type { Clock, Millis } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import { AF_PACKET, SOCK_RAW, sockaddrLl } from '#platform/native/sockaddr.ts'
import { type NativeSocket, openSocket } from '#platform/native/socket.ts'
import { openRoute, type RouteSocket } from '#platform/netlink/route.ts'
import type { LinkInfo } from '#platform/netlink/route-messages.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { AnnouncementFailure, AnnounceResult, Announcer } from '../ports.ts'
import { ETHERTYPE_ARP, ETHERTYPE_IPV6, gratuitousArp, unsolicitedNeighbour } from './announcement-frames.ts'
import { createPacing } from './announcement-pacing.ts'

/** A frame ready to leave through one link. */
interface Announcement {
  address: VipAddress
  frame: Buffer
  to: Buffer
}

export interface AnnouncerParts {
  clock: Clock
  /** A message that had to wait for its turn could not leave. */
  onFailure(failure: AnnouncementFailure): void
}

export interface AnnouncerParts {
  clock: Clock
  /** A message that had waited for its turn could not leave. */
  onFailure(failure: AnnouncementFailure): void
}

/** Whole Ethernet frames through a packet socket that receives nothing. @throws HaError KERNEL_SOCKET, NETLINK */
export function kernelAnnouncer({ clock, onFailure }: AnnouncerParts): Announcer {
  const socket = openPacketSocket()
  const route = openRoute()
  const pacing = createPacing(clock)
  const backlog = createBacklog(clock)

  function sendLater(instance: string, announcement: Announcement, most: number): void {
    const { address } = announcement
    const entry = backlog.entry(instance, address)
    if (entry.waiting >= most) return
    entry.waiting += 1
    pacing.wait(address, () => {
      entry.waiting -= 1
      if (!backlog.isOpen(instance, entry)) return false
      const error = sendOne(socket, announcement)
      if (error !== null) onFailure({ address, error })
      return true
    })
  }

  return {
    announce({ instance, addresses, repeat, deadline }) {
      const result: AnnounceResult = { sent: 0, failures: [] }
      const announcements = prepare(route, addresses, result)
      backlog.keep(instance, deadline)
      for (let round = 0; round < repeat; round += 1) {
        for (const announcement of announcements) {
          const { address } = announcement
          // The first failure of an address is enough: a link that is down takes none of the rest either.
          if (result.failures.some((failure) => failure.address === address)) continue
          const now = pacing.claim(address)
          const error = now ? sendOne(socket, announcement) : null
          if (!now) sendLater(instance, announcement, repeat)
          if (error === null) result.sent += 1
          else result.failures.push({ address, error })
        }
      }
      return result
    },
    keep: backlog.keep,
    cancel: backlog.cancel,
    pace: pacing.pace,
    close() {
      pacing.close()
      socket.close()
      route.close()
    },
  }
}

/** Messages of one address that wait for their turn. */
interface Backlog {
  waiting: number
  cancelled: boolean
}

function createBacklog(clock: Clock) {
  const deadlines = new Map<string, Millis>()
  const entries = new Map<string, Backlog>()
  const keyOf = (instance: string, { address, device }: VipAddress) => `${instance} ${address} ${device}`
  return {
    entry(instance: string, address: VipAddress): Backlog {
      const key = keyOf(instance, address)
      const entry = entries.get(key) ?? { waiting: 0, cancelled: false }
      entries.set(key, entry)
      return entry
    },
    /** After the deadline the addresses may be somebody else's already. */
    isOpen: (instance: string, { cancelled }: Backlog) =>
      !cancelled && clock.now() <= (deadlines.get(instance) ?? Number.NEGATIVE_INFINITY),
    keep(instance: string, deadline: Millis): void {
      deadlines.set(instance, deadline)
    },
    cancel(instance: string, addresses: readonly VipAddress[]): void {
      for (const address of addresses) {
        const entry = entries.get(keyOf(instance, address))
        if (entry !== undefined) entry.cancelled = true
        entries.delete(keyOf(instance, address))
      }
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

function sendOne(socket: NativeSocket, { address, frame, to }: Announcement): HaError | null {
  try {
    socket.send(frame, to)
    return null
  } catch (cause) {
    return new HaError('KERNEL_ANNOUNCE', `cannot announce ${address.address} on ${address.device}`, { cause })
  }
}
