/** What services/vrrp needs from the kernel. The adapters in adapters/ implement these; tests bring their own twins. */
import type { Millis } from '#platform/clock-port.ts'
import type { ScriptTracker } from '#schemas/tracking.ts'
import type { ProcessLook } from './core/process-match.ts'

/** A packet of IP protocol 112 as it came in. */
export interface AdvertPacket {
  source: string
  /** null when the kernel did not say. */
  destination: string | null
  /** TTL or hop limit; null when the kernel did not say. */
  ttl: number | null
  /** The VRRP message alone, without IP header. */
  payload: Buffer
  /** When it was read, monotonic. */
  at: Millis
}

/** What an advert shows of how its sender is set up; looked at when two routers are master. */
export interface AdvertClues {
  version: number
  priority: number
  intervalMs: number
  /** It lists the addresses that we have, in whatever order. */
  sameAddresses: boolean
  /** Its checksum covers what ours does: RFC 9568 leaves the pseudo header out over IPv4. */
  sameChecksum: boolean
}

export interface AdvertSocketOptions {
  /** The interface to send and receive on; nothing from elsewhere is delivered. With unicast only link-local. */
  interface: string
  family: 4 | 6
  /** Multicast group to join, `224.0.0.18` or `ff02::12`. null: unicast, by whichever interface the routes say. */
  group: string | null
  /** The address to send from; with unicast also the only one to receive at. null: the kernel's choice. */
  source: string | null
  /** TTL or hop limit of what is sent, 1 to 255. */
  ttl: number
  /** Delivers only what comes from this hardware address, `00:00:5e:00:01:33`. */
  onlyFrom?: string
}

export interface AdvertFrameOptions {
  interface: string
  index: number
  family: 4 | 6
  source: string
  ttl: number
  /** The source of the frames. */
  hardwareAddress: string
}

/** Sends adverts to the group with another hardware address than that of the interface. */
export interface AdvertFrames {
  send(payload: Buffer, destination: string): SendResult
  close(): void
}

/** @throws HaError KERNEL_SOCKET */
export type OpenAdvertFrames = (options: AdvertFrameOptions) => AdvertFrames

/** `code` is the errno name: ENETUNREACH with the link down or the source address gone. */
export type SendResult = { ok: true } | { ok: false; code: string }

/**
 * One socket for one interface and family. It belongs to the interface's index: when LinkWatch reports `LinkGone` and
 * later `LinkChanged`, close this one and open another.
 */
export interface AdvertSocket {
  /** Sends with traffic class 0xC0 to the group, or to one peer. */
  send(payload: Buffer, destination: string): SendResult
  /**
   * Reads everything that is queued now and delivers it before it returns: a timer that fires late must call it
   * first, so that nobody is promoted while adverts lie unread.
   */
  drain(): void
  close(): void
}

/**
 * The sign of life of unicast adverts. A packet to a peer that is dead leaves no interface: the neighbour's hardware
 * address is asked for in vain. So that the addresses do not hang on whether some other node lives, services/ipvs
 * watches these instead, which stay on the machine. With priority 0, which a router that yields does not send to others,
 * it says of any router that it lets go of the addresses: without a bus nothing else would.
 */
export interface AdvertPulse {
  /** Shows an advert that has been sent by the router of this interface and family. */
  send(message: Buffer, router: { index: number; family: 4 | 6 }): SendResult
}

/** @throws HaError KERNEL_SOCKET */
export type OpenAdvertPulse = () => AdvertPulse

/** @throws HaError KERNEL_SOCKET */
export type OpenAdvertSocket = (options: AdvertSocketOptions, onPacket: (packet: AdvertPacket) => void) => AdvertSocket

/** One interface as it is now. */
export interface LinkState {
  interface: string
  index: number
  /** IFF_UP: switched on. */
  adminUp: boolean
  /** IFF_LOWER_UP and IFF_RUNNING: has a carrier. */
  carrier: boolean
  /** First IPv4 address that is neither secondary nor one of the watched VIPs. */
  primaryIpv4: string | null
  linkLocalIpv6: string | null
  /** `00:00:5e:00:01:33`; empty where the kind of interface has none. */
  hardwareAddress: string
  /**
   * Of an instance with a device of its own: its index. awaited: services/ipvs has not made it yet; gone: it was there.
   * null: the instance has none.
   */
  device: number | 'awaited' | 'gone' | null
}

/** A VIP by name. `address` without prefix. */
export interface WatchedAddress {
  interface: string
  address: string
}

export type LinkEvent =
  /** It appeared, or something of it changed. */
  | { type: 'LinkChanged'; link: LinkState }
  /** There is no such interface (any more). */
  | { type: 'LinkGone'; interface: string }
  /** A watched VIP was added or refreshed. `remainingMs` in whole seconds; null: for ever. */
  | { type: 'AddressPresent'; interface: string; address: string; remainingMs: number | null }
  /** A watched VIP is not there: removed, expired, or its interface is gone. */
  | { type: 'AddressGone'; interface: string; address: string }

export interface LinkTargets {
  interfaces: readonly string[]
  addresses: readonly WatchedAddress[]
  /** Watched as well, and no VIPs: an interface may have one of them as its own. */
  sources: readonly WatchedAddress[]
}

export interface LinkWatch {
  /**
   * Watches these instead of those before, and reports the present state of each of them before it returns: every
   * interface as `LinkChanged` or `LinkGone`, every address as `AddressPresent` or `AddressGone`. From then on only
   * changes follow (each refresh of a VIP is one). After an overrun the differences are worked out from a dump.
   */
  watch(targets: LinkTargets): void
  /** Reads queued kernel events now and reports them before it returns. */
  drain(): void
  close(): void
}

export type OpenLinkWatch = (onEvent: (event: LinkEvent) => void) => LinkWatch

/** One run of a vrrp_script. Both do nothing when it has ended. */
export interface RunningCheck {
  /** SIGTERM to its process group. */
  terminate(): void
  /** SIGKILL to its process group, as far as it still exists. */
  kill(): void
}

export interface CheckRuns {
  /** Never throws; `onEnd` is called exactly once, later: null for a good run, else what was wrong with it. */
  start(script: ScriptTracker, onEnd: (fault: string | null) => void): RunningCheck
}

/**
 * Follows a file. `onText` gets its beginning at once, in this call, and whenever it was written and closed, replaced or
 * removed; null: there is none that can be read. Never throws.
 */
export type OpenNumberFile = (path: string, onText: (text: string | null) => void) => { close(): void }

export interface ProcessList {
  /**
   * Tells of every process there is in this call, and from then on of each that begins, becomes another program or ends
   * (null). More often is possible. Never throws.
   */
  follow(
    wish: { needsArguments: boolean },
    onProcess: (pid: number, look: ProcessLook | null) => void,
  ): { close(): void }
}
