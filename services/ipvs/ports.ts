/** What services/ipvs needs from the kernel. The adapters in adapters/ implement these; tests bring their own twins. */

import type { Millis } from '#platform/clock-port.ts'
import type { HaError } from '#platform/errors.ts'
import type { AnnouncementPacing } from '#schemas/announcement.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import type { Route, Rule } from '#schemas/routing.ts'

/** An address as the kernel has it now. */
export interface HeldAddress {
  address: string
  prefix: number
  family: 4 | 6
  device: string
  /** What is left of its lifetime, milliseconds in whole seconds; null: for ever (nobody's lease). */
  remainingMs: number | null
  /**
   * It carries failoverd's protocol number. A hint: kernels before 5.18 keep none, and 6.1 keeps the number of whoever
   * put the address there first when failoverd takes it over.
   */
  ours: boolean
}

/** What became of one address. `gone` is the success of a removal that found nothing. */
export type AddressOutcome =
  | { address: VipAddress; result: 'added' | 'already-present' | 'refreshed' | 'removed' | 'gone' | 'too-late' }
  | { address: VipAddress; result: 'failed'; error: HaError }

export type AddressChange =
  /** Added or refreshed, by whomever: every refresh shows here too. */
  | { type: 'AddressPresent'; held: HeldAddress }
  /** Removed by somebody or expired. */
  | { type: 'AddressGone'; held: HeldAddress }
  /** Changes were missed (the socket overran): this is the whole truth again. */
  | { type: 'AddressesListed'; held: HeldAddress[] }

/**
 * VIPs on interfaces. All calls are synchronous: the kernel answers within the system call, so a promise would only
 * add a turn of the event loop to a failover.
 */
export interface Addresses {
  /**
   * Adds all of them in one system call, each with `lifetimeMs` to live (rounded up to whole seconds). One that is
   * there already gets the lifetime too and is reported as `already-present`.
   */
  add(addresses: readonly VipAddress[], lifetimeMs: number): AddressOutcome[]
  /**
   * Sets the lifetime again, but only while the clock has not passed `deadline`: the kernel would re-create an
   * address that has expired, so a process that was stopped and continued must not even try (`too-late`).
   */
  refresh(addresses: readonly VipAddress[], lifetimeMs: number, deadline: Millis): AddressOutcome[]
  remove(addresses: readonly VipAddress[]): AddressOutcome[]
  /** All addresses of one interface; empty when there is no such interface. */
  list(device: string): HeldAddress[]
  /** Reports changes of addresses on every interface until `close` is called. */
  watch(onChange: (change: AddressChange) => void): { close(): void }
  close(): void
}

/** A host on the wire that speaks for an address. */
export interface NeighbourClaim {
  device: string
  address: string
  /** `02:00:00:00:00:07`; never one of this machine's own. */
  hardwareAddress: string
}

/** Who else has our addresses: ARP and neighbour advertisements. */
export interface NeighbourSight {
  /** Reports claims of these addresses, and of no others any more. */
  watch(addresses: readonly VipAddress[]): void
  /** Asks all hosts for them, in nobody's name: caches stay as they are (RFC 5227 2.1, RFC 4862 5.4.2). */
  ask(addresses: readonly VipAddress[]): void
  close(): void
}

/** What a master accepts of the packets that are sent to its addresses. */
export interface Acceptance {
  /**
   * Nothing sent to these addresses, but for neighbour discovery, and everything to all others.
   * @throws HaError KERNEL_NO_NFTABLES, KERNEL_NFTABLES, NETLINK
   */
  refuse(addresses: readonly VipAddress[]): void
  /** Tries whether that would work, and changes nothing. @throws HaError like refuse */
  check(): void
}

/** promote_secondaries of IPv4: addresses of a subnet outlive the first one of it. */
export interface Secondaries {
  /** On these interfaces, and on no other; those get back what they had. Returns where that failed. */
  promote(devices: readonly string[]): { device: string; error: HaError }[]
}

/** What became of a device. */
export interface DeviceOutcome {
  name: string
  parent: string
  /** null: that of the parent. */
  hardwareAddress: string | null
  /** replaced: there was one of the name that did not fit; kept: it is as wanted; waiting: there is no parent yet. */
  result: 'made' | 'replaced' | 'kept' | 'waiting' | 'removed'
}

/** Something that the kernel refused, and what it was for. */
export interface Refusal {
  entity: string
  error: HaError
}

/** Devices with the hardware address of a virtual router, and ipvlans. All calls are synchronous. */
export interface VirtualDevices {
  /**
   * Makes what is missing of these, and removes what this program has made besides, now or in a run before. Macvlans are
   * switched off when they are made, so that nothing leaves this node with the hardware address of another's virtual
   * router; one that is there already stays as it is.
   */
  settle(wanted: readonly VirtualDevice[]): { outcomes: DeviceOutcome[]; refusals: Refusal[] }
  /** Switches on. */
  raise(names: readonly string[]): Refusal[]
  /** Switches off, which stops this process for about 12 ms. */
  lower(name: string): Refusal[]
  /** Tells when `settle` has something to do: a device was removed, or the interface of one appeared. */
  watch(onDisturbed: () => void): { close(): void }
  close(): void
}

export type Forwarding = 'NAT' | 'DR' | 'TUN'

export interface KernelDestination {
  address: string
  port: number
  forwarding: Forwarding
  weight: number
}

/** A virtual service of the IPVS table. */
export interface KernelService {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  address: string
  port: number
  family: 4 | 6
  scheduler: string
  /** null: not persistent. */
  persistenceTimeoutS: number | null
  destinations: KernelDestination[]
}

/** What names a service in the table. */
export type ServiceKey = Pick<KernelService, 'protocol' | 'address' | 'port' | 'family'>

export type KernelChange =
  /** Without its destinations: they are changes of their own. */
  | { kind: 'add-service' | 'update-service'; service: Omit<KernelService, 'destinations'> }
  | { kind: 'remove-service'; service: ServiceKey }
  | { kind: 'add-destination' | 'update-destination'; service: ServiceKey; destination: KernelDestination }
  | { kind: 'remove-destination'; service: ServiceKey; destination: { address: string; port: number } }

/** A change that the kernel refused. */
export interface ChangeFailure {
  change: KernelChange
  error: HaError
}

export interface VirtualServers {
  /** The whole table. @throws HaError KERNEL_NO_IPVS, KERNEL_IPVS */
  dump(): Promise<KernelService[]>
  /**
   * Applies the changes in order, in batches; between batches the event loop runs. Returns what was refused, the
   * rest is in the kernel. Changes that find their result in place (added twice, removed twice) are no failures.
   * @throws HaError KERNEL_NO_IPVS
   */
  apply(changes: readonly KernelChange[]): Promise<ChangeFailure[]>
  close(): void
}

export interface AnnouncementFailure {
  address: VipAddress
  error: HaError
}

export interface AnnounceResult {
  /** Messages that left, or wait for their turn. */
  sent: number
  failures: AnnouncementFailure[]
}

/** A round of announcements for the addresses of one instance. */
export interface AnnounceRequest {
  instance: string
  addresses: readonly VipAddress[]
  repeat: number
  /** What has not left by then never does, unless `keep` moves it. */
  deadline: Millis
}

export interface Announcer {
  /**
   * Tells the LAN where the addresses are now: `repeat` rounds of one gratuitous ARP request (IPv4) or unsolicited
   * neighbour advertisement (IPv6) per address, sent at once, or as fast as the pacing allows. An address that has
   * messages waiting gets only those that are lacking to `repeat`.
   */
  announce(request: AnnounceRequest): AnnounceResult
  /** The instance holds its addresses for longer. */
  keep(instance: string, deadline: Millis): void
  /** Nothing that waits leaves any more for these addresses. */
  cancel(instance: string, addresses: readonly VipAddress[]): void
  pace(pacing: AnnouncementPacing): void
  close(): void
}

/** One VRRP advert of the router on `interface` that left. */
export interface SeenAdvert {
  interface: string
  family: 4 | 6
  /**
   * To the multicast group, by `interface`; or to unicast peers, by whichever the routes say: then it is the sign of
   * life that services/vrrp sends on the loopback interface. What goes to a peer that is dead leaves by none; nor does
   * anything while the link is down, which dont_track_primary makes no reason to let go.
   */
  unicast: boolean
  virtualRouterId: number
  priority: number
  /** When it was read, monotonic. */
  at: Millis
  /**
   * When it left: the kernel's time stamp (SO_TIMESTAMPNS) on the monotonic clock, never after `at`. An advert that lay
   * in the queue while this process was stopped proves nothing about now.
   */
  sentAt: Millis
}

export interface AdvertSight {
  /**
   * Watches these interfaces (`lo` for unicast) instead of those before; one that does not exist yet is picked up when it appears, and
   * one that disappears again when it returns.
   */
  watch(interfaces: readonly string[]): void
  close(): void
}

export type RoutingItem =
  /** A static one: those of instances have leases, and another port. */
  { kind: 'address'; address: VipAddress } | { kind: 'route'; route: Route } | { kind: 'rule'; rule: Rule }

/** present: it was there already, and nothing was changed. gone: the success of a removal that found nothing. */
export type RoutingOutcome =
  | { item: RoutingItem; result: 'added' | 'present' | 'removed' | 'gone' | 'too-late' }
  | { item: RoutingItem; result: 'failed'; error: HaError }

/** lost: something of ours may be gone; chance: what was impossible may be possible now. */
export type RoutingHint = 'lost' | 'chance'

/** Routes, rules and static addresses. All calls are synchronous, as of addresses. */
export interface Routing {
  /** Addresses first, then routes, then rules, each kind in the order given. */
  add(items: readonly RoutingItem[]): RoutingOutcome[]
  /** Rules first, then routes, then addresses. Nothing is removed that differs from what is named. */
  remove(items: readonly RoutingItem[]): RoutingOutcome[]
  /** Hints at changes by whomever until `close` is called, many changes at once as one. */
  watch(onHint: (hint: RoutingHint) => void): { close(): void }
  close(): void
}
