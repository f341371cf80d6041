import { ipBytes, ipText } from '#platform/native/ip.ts'
import { type AddressInfo, IFA_F_SECONDARY, IFA_F_TENTATIVE, type LinkInfo } from '#platform/netlink/route-messages.ts'
import type { LinkState, WatchedAddress } from '../ports.ts'

/** rtnetlink(7): RT_SCOPE_LINK. */
const SCOPE_LINK = 253

/** What the kernel has, as far as it has told. */
export interface LinkTable {
  setLinks(all: readonly LinkInfo[]): void
  setAddresses(all: readonly AddressInfo[]): void
  putLink(link: LinkInfo): void
  removeLink(index: number): void
  /** Returns true when only the lifetime is new. */
  putAddress(info: AddressInfo): boolean
  removeAddress(info: AddressInfo): void
  nameOf(index: number): string | null
  /** null: no such interface. `vips` are never an interface's own address. */
  state(name: string, vips: ReadonlySet<string>): LinkState | null
  /** null: it is not there. */
  find(target: WatchedAddress): AddressInfo | null
}

export function createLinkTable(): LinkTable {
  let links = new Map<number, LinkInfo>()
  /** In the kernel's order, which decides what the primary address is. */
  let addresses = new Map<string, AddressInfo>()
  const linkNamed = (name: string) => [...links.values()].find((link) => link.name === name)
  const addressesOf = (index: number) => [...addresses.values()].filter((info) => info.index === index)
  return {
    setLinks(all) {
      links = new Map(all.map((link) => [link.index, link]))
    },
    setAddresses(all) {
      addresses = new Map(all.map((info) => [keyOf(info), info]))
    },
    putLink: (link) => void links.set(link.index, link),
    removeLink: (index) => void links.delete(index),
    putAddress(info) {
      const before = addresses.get(keyOf(info))
      addresses.set(keyOf(info), info)
      return before !== undefined && before.flags === info.flags
    },
    removeAddress: (info) => void addresses.delete(keyOf(info)),
    nameOf: (index) => links.get(index)?.name ?? null,
    state(name, vips) {
      const link = linkNamed(name)
      return link === undefined
        ? null
        : stateOf(
            link,
            addressesOf(link.index).filter(({ address }) => !vips.has(address)),
          )
    },
    find(target) {
      const index = linkNamed(target.interface)?.index
      const wanted = canonical(target.address)
      return [...addresses.values()].find((info) => info.index === index && info.address === wanted) ?? null
    },
  }
}

/** One spelling for each address, so that texts can be compared. */
export function canonical(address: string): string {
  return ipText(ipBytes(address))
}

function keyOf({ index, address, prefix }: AddressInfo): string {
  return `${index} ${address}/${prefix}`
}

function stateOf({ name, index, adminUp, carrier, hardwareAddress }: LinkInfo, own: AddressInfo[]): LinkState {
  const ipv4 = own.find(({ family, flags }) => family === 4 && (flags & IFA_F_SECONDARY) === 0)
  // A tentative address cannot be sent from yet; its confirmation is another event.
  const ipv6 = own.find(
    ({ family, scope, flags }) => family === 6 && scope === SCOPE_LINK && (flags & IFA_F_TENTATIVE) === 0,
  )
  return {
    interface: name,
    index,
    adminUp,
    carrier,
    primaryIpv4: ipv4?.address ?? null,
    linkLocalIpv6: ipv6?.address ?? null,
    hardwareAddress: (hardwareAddress.toString('hex').match(/../g) ?? []).join(':'),
    device: null,
  }
}
