import { monitorAddresses, monitorLinks } from '#platform/netlink/route.ts'
import type { AddressInfo, LinkInfo } from '#platform/netlink/route-messages.ts'
import type { LinkEvent, LinkTargets, OpenLinkWatch, WatchedAddress } from '../ports.ts'
import { canonical, createLinkTable, type LinkTable } from './link-table.ts'

/** @throws HaError NETLINK */
export const openLinkWatch: OpenLinkWatch = (onEvent) => {
  const table = createLinkTable()
  const teller = createTeller(table, onEvent)
  const links = monitorLinks({
    onLinks(all) {
      table.setLinks(all)
      teller.all()
    },
    onLink: (link, present) => changeLink(table, teller, link, present),
  })
  const addresses = monitorAddresses({
    onAddresses(all) {
      table.setAddresses(all)
      teller.all()
    },
    onAddress: (info, present) => changeAddress(table, teller, info, present),
  })
  return {
    watch(targets) {
      // Both tables first: half of the truth would look like losses.
      teller.aim(null)
      links.resync()
      addresses.resync()
      teller.aim(targets)
      teller.all()
    },
    drain() {
      links.drain()
      addresses.drain()
    },
    close() {
      links.close()
      addresses.close()
    },
  }
}

function changeLink(table: LinkTable, teller: Teller, link: LinkInfo, present: boolean): void {
  const before = table.nameOf(link.index)
  if (present) table.putLink(link)
  else table.removeLink(link.index)
  // Renamed: the old name is gone.
  if (before !== null && before !== link.name) teller.interface(before)
  teller.interface(link.name)
}

function changeAddress(table: LinkTable, teller: Teller, info: AddressInfo, present: boolean): void {
  const refreshed = present && table.putAddress(info)
  if (!present) table.removeAddress(info)
  const name = table.nameOf(info.index)
  if (name === null) return
  if (!refreshed) teller.link(name)
  teller.address(name, info.address, refreshed)
}

interface Teller {
  /** Forgets what was told; null: says nothing from now on. */
  aim(targets: LinkTargets | null): void
  /** Tells whatever differs from what was told. */
  all(): void
  interface(name: string): void
  link(name: string): void
  address(name: string, address: string, refreshed: boolean): void
}

/** Compares the table with what the listener knows, and tells the differences. */
function createTeller(table: LinkTable, onEvent: (event: LinkEvent) => void): Teller {
  let interfaces: ReadonlySet<string> = new Set()
  let vips: ReadonlySet<string> = new Set()
  let watched = new Map<string, WatchedAddress>()
  const toldLinks = new Map<string, string>()
  const toldAddresses = new Map<string, boolean>()

  function link(name: string): void {
    if (!interfaces.has(name)) return
    const state = table.state(name, vips)
    const text = JSON.stringify(state)
    if (toldLinks.get(name) === text) return
    toldLinks.set(name, text)
    onEvent(state === null ? { type: 'LinkGone', interface: name } : { type: 'LinkChanged', link: state })
  }

  function tellAddress(key: string, target: WatchedAddress, refreshed: boolean): void {
    const info = table.find(target)
    if (!refreshed && toldAddresses.get(key) === (info !== null)) return
    toldAddresses.set(key, info !== null)
    const { interface: name, address } = target
    onEvent(
      info === null
        ? { type: 'AddressGone', interface: name, address }
        : {
            type: 'AddressPresent',
            interface: name,
            address,
            remainingMs: info.validS === null ? null : info.validS * 1_000,
          },
    )
  }

  function named(name: string): void {
    link(name)
    for (const [key, target] of watched) if (target.interface === name) tellAddress(key, target, false)
  }

  return {
    aim(targets) {
      toldLinks.clear()
      toldAddresses.clear()
      interfaces = new Set(targets?.interfaces)
      vips = new Set(targets?.addresses.map(({ address }) => canonical(address)))
      const all = targets === null ? [] : [...targets.addresses, ...targets.sources]
      watched = new Map(all.map((target) => [keyOf(target.interface, canonical(target.address)), target]))
    },
    all() {
      for (const name of interfaces) link(name)
      for (const [key, target] of watched) tellAddress(key, target, false)
    },
    interface: named,
    link,
    address(name, address, refreshed) {
      const target = watched.get(keyOf(name, address))
      if (target !== undefined) tellAddress(keyOf(name, address), target, refreshed)
    },
  }
}

function keyOf(name: string, address: string): string {
  return `${name} ${address}`
}
