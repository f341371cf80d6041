import type { Clock, Millis } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import { monitorAddresses, openRoute, type RouteResult, type RouteSocket } from '#platform/netlink/route.ts'
import {
  type AddressEntry,
  type AddressInfo,
  IFA_F_HOMEADDRESS,
  IFA_F_MANAGETEMPADDR,
  IFA_F_MCAUTOJOIN,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
} from '#platform/netlink/route-messages.ts'
import { refusalError } from '#platform/netlink/socket.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { AddressChange, Addresses, AddressOutcome, HeldAddress } from '../ports.ts'

/**
 * What we write into IFA_PROTO (Linux 5.18), so that our addresses are known as ours after a restart: VRRP's own IP
 * protocol number. The kernel uses 1 to 3, and keepalived writes another one.
 */
export const ADDRESS_PROTOCOL = 112

/**
 * IPv6 refreshes go out in pieces: the kernel takes up to 300 us for each, within the system call, and the deadline
 * has to be looked at in between.
 */
const REFRESH_CHUNK = 64

/** @throws HaError NETLINK */
export function kernelAddresses({ clock }: { clock: Clock }): Addresses {
  const route = openRoute()
  const links = linkIndexes(route)
  const ages = addressAges(clock)
  const entryOf = entriesFor(ages)
  return {
    add(addresses, lifetimeMs) {
      ages.begin(addresses)
      const indexes = links(addresses)
      const outcomes = eachKnown(
        indexes,
        addresses,
        (entries) => route.addAddresses(entries.map(entryOf(lifetimeMs))),
        'added',
      )
      return adopt(route, outcomes, indexes, entryOf(lifetimeMs))
    },
    refresh(addresses, lifetimeMs, deadline) {
      return chunks(addresses, REFRESH_CHUNK).flatMap((chunk): AddressOutcome[] => {
        const indexes = links(chunk)
        // The last look at the clock before the system call: what expires after it is re-created (DESIGN S2).
        if (clock.now() >= deadline) return chunk.map((address) => ({ address, result: 'too-late' }))
        return eachKnown(
          indexes,
          chunk,
          (entries) => route.replaceAddresses(entries.map(entryOf(lifetimeMs))),
          'refreshed',
        )
      })
    },
    remove: (addresses) =>
      eachKnown(links(addresses), addresses, (entries) => route.removeAddresses(entries), 'removed'),
    list(device) {
      const link = route.link(device)
      return link === null ? [] : route.addresses(link.index).map((info) => heldAddress(info, device))
    },
    watch: (onChange) => watchAddresses(route, onChange),
    close: () => route.close(),
  }
}

type Indexes = Map<string, number>
type Known = VipAddress & { index: number }

/** Looks the interfaces up anew each time: an index outlives no re-creation of its interface. */
function linkIndexes(route: RouteSocket): (addresses: readonly VipAddress[]) => Indexes {
  return (addresses) => {
    const devices = new Set(addresses.map(({ device }) => device))
    return new Map(
      [...devices].flatMap((device) => {
        const link = route.link(device)
        return link === null ? [] : [[device, link.index]]
      }),
    )
  }
}

function eachKnown(
  indexes: Indexes,
  addresses: readonly VipAddress[],
  call: (entries: Known[]) => RouteResult[],
  success: 'added' | 'refreshed' | 'removed',
): AddressOutcome[] {
  const known = addresses.flatMap((address) => {
    const index = indexes.get(address.device)
    return index === undefined ? [] : [{ ...address, index }]
  })
  const results = call(known).values()
  return addresses.map((address) => {
    if (!indexes.has(address.device)) return missingLink(address, success)
    return outcomeOf(address, results.next().value ?? null, success)
  })
}

function missingLink(address: VipAddress, success: string): AddressOutcome {
  // Addresses go with their interface.
  if (success === 'removed') return { address, result: 'gone' }
  const error = new HaError('KERNEL_ADDRESS', `cannot put ${nameOf(address)}: there is no interface ${address.device}`)
  return { address, result: 'failed', error }
}

function outcomeOf(
  address: VipAddress,
  refusal: RouteResult,
  success: 'added' | 'refreshed' | 'removed',
): AddressOutcome {
  if (refusal === null) return { address, result: success }
  if (success === 'removed' && ['EADDRNOTAVAIL', 'ENODEV'].includes(refusal.code)) return { address, result: 'gone' }
  // A restart finds its own address in place: success, not an error.
  if (success === 'added' && refusal.code === 'EEXIST') return { address, result: 'already-present' }
  const message = `cannot change ${nameOf(address)} on ${address.device}`
  return { address, result: 'failed', error: new HaError('KERNEL_ADDRESS', message, { cause: refusalError(refusal) }) }
}

/** Gives those that were in place a lifetime as well: one that a killed program left behind has none. */
function adopt(
  route: RouteSocket,
  outcomes: AddressOutcome[],
  indexes: Indexes,
  entry: (address: Known) => AddressEntry,
): AddressOutcome[] {
  const present = outcomes.filter(({ result }) => result === 'already-present').map(({ address }) => address)
  if (present.length === 0) return outcomes
  const replaced = eachKnown(indexes, present, (entries) => route.replaceAddresses(entries.map(entry)), 'refreshed')
  const failures = new Map(
    replaced.filter(({ result }) => result === 'failed').map((outcome) => [outcome.address, outcome]),
  )
  return outcomes.map((outcome) => failures.get(outcome.address) ?? outcome)
}

/** Since when addresses are there that may be used as a source for some time only. */
interface AddressAges {
  begin(addresses: readonly VipAddress[]): void
  /** Whole seconds. */
  of(address: VipAddress): number
}

function addressAges(clock: Clock): AddressAges {
  const since = new Map<string, Millis>()
  const keyOf = (address: VipAddress) => `${nameOf(address)} ${address.device}`
  return {
    begin(addresses) {
      const limited = addresses.filter(({ preferredLifetimeS }) => preferredLifetimeS !== null)
      for (const address of limited) since.set(keyOf(address), clock.now())
    },
    of: (address) => Math.floor((clock.now() - (since.get(keyOf(address)) ?? clock.now())) / 1_000),
  }
}

/** Takeovers must not wait a second for duplicate address detection, so IPv6 goes without it unless asked for. */
function entriesFor(ages: AddressAges): (lifetimeMs: number) => (address: Known) => AddressEntry {
  return (lifetimeMs) => (address) => {
    const validS = Math.ceil(lifetimeMs / 1_000)
    const { preferredLifetimeS } = address
    const preferredS = preferredLifetimeS === null ? validS : Math.max(0, preferredLifetimeS - ages.of(address))
    // The kernel refuses an address that is to be preferred for longer than it is valid.
    return { ...lastingEntry(address, address.index), validS, preferredS: Math.min(validS, preferredS) }
  }
}

/** An address without a lease: it stays until it is removed. */
export function lastingEntry(address: VipAddress, index: number): AddressEntry {
  const { family } = address
  return {
    ...{ index, address: address.address, prefix: address.prefix, peer: address.peer },
    scope: family === 4 ? address.scope : 0,
    label: family === 4 ? address.label : null,
    broadcast: family === 4 ? address.broadcast : null,
    flags: flagsOf(address),
    validS: null,
    preferredS: address.preferredLifetimeS,
    protocol: ADDRESS_PROTOCOL,
  }
}

function flagsOf(address: VipAddress): number {
  const flags = [
    [address.family === 6 && !address.duplicateDetection, IFA_F_NODAD],
    [address.homeAddress, IFA_F_HOMEADDRESS],
    [address.temporaryAddresses, IFA_F_MANAGETEMPADDR],
    [address.noPrefixRoute, IFA_F_NOPREFIXROUTE],
    [address.autojoin, IFA_F_MCAUTOJOIN],
  ] as const
  return flags.reduce((all, [set, flag]) => (set ? all | flag : all), 0)
}

function nameOf({ address, prefix }: { address: string; prefix: number }): string {
  return `${address}/${prefix}`
}

function heldAddress({ address, prefix, family, validS, protocol }: AddressInfo, device: string): HeldAddress {
  const remainingMs = validS === null ? null : validS * 1_000
  return { address, prefix, family, device, remainingMs, ours: protocol === ADDRESS_PROTOCOL }
}

function watchAddresses(route: RouteSocket, onChange: (change: AddressChange) => void): { close(): void } {
  const names = new Map<number, string>()
  // Addresses of an interface that is gone are reported under its last name.
  const nameFor = (index: number): string => {
    if (!names.has(index)) for (const link of route.links()) names.set(link.index, link.name)
    return names.get(index) ?? `#${index}`
  }
  const held = (info: AddressInfo) => heldAddress(info, nameFor(info.index))
  const readNames = () => {
    for (const link of route.links()) names.set(link.index, link.name)
  }
  const monitor = monitorAddresses({
    onAddresses(addresses, overrun) {
      readNames()
      // The first state is what `list` is for; only a later one is news.
      if (overrun) onChange({ type: 'AddressesListed', held: addresses.map(held) })
    },
    onAddress: (info, present) => onChange({ type: present ? 'AddressPresent' : 'AddressGone', held: held(info) }),
  })
  monitor.resync()
  return { close: () => monitor.close() }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}
