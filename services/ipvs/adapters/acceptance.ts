import { ipBytes } from '#platform/native/ip.ts'
import { type NftablesSocket, openNftables } from '#platform/netlink/nftables.ts'
import {
  ACCEPT,
  addElements,
  DROP,
  deleteTable,
  HOOK_INPUT,
  IPV4_ADDRESSES,
  IPV6_ADDRESSES,
  ifFamily,
  ifIcmpv6,
  ifSentTo,
  NFPROTO_IPV4,
  NFPROTO_IPV6,
  newBaseChain,
  newRule,
  newSet,
  newTable,
  removeElements,
  TABLE_OWNED,
  verdict,
} from '#platform/netlink/nftables-messages.ts'
import type { NetlinkRequest } from '#platform/netlink/socket.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { Acceptance } from '../ports.ts'

/** Ours alone. It goes with this process, and no `nft flush ruleset` takes it away. */
const TABLE = 'failoverd_no_accept'
const CHAIN = 'input'
/** Just before the filter chains of others, as keepalived has it. */
const PRIORITY = -1
/** Neighbour solicitation and advertisement: a master answers them whatever it accepts (RFC 9568 6.4.3). */
const NEIGHBOUR_TYPES = { from: 135, to: 136 }
/** A message of netlink is at most 64 KiB. */
const ELEMENTS_AT_ONCE = 1_000

const SETS = { 4: 'addresses4', 6: 'addresses6' } as const

/** Opens nothing before there is something to do. */
export function kernelAcceptance(): Acceptance {
  let socket: NftablesSocket | null = null
  /** What the table holds, by text; null: there is no table of ours that we know of. */
  let known: ReadonlyMap<string, VipAddress> | null = null

  function apply(requests: NetlinkRequest[]): void {
    socket ??= openNftables()
    socket.apply(requests)
  }

  return {
    /** @throws HaError KERNEL_NO_NFTABLES, KERNEL_NFTABLES, NETLINK */
    refuse(addresses) {
      const wanted = new Map(addresses.map((address) => [address.address, address]))
      if (known === null && wanted.size === 0) return
      const requests = known === null ? wholeTable(wanted) : difference(known, wanted)
      // Somebody may have taken the table away, where the kernel does not protect it: then all of it is made anew.
      known = null
      if (requests.length > 0) apply(requests)
      known = wanted.size === 0 ? null : wanted
    },
    /** @throws HaError KERNEL_NO_NFTABLES, KERNEL_NFTABLES, NETLINK */
    check() {
      if (known === null) apply([newTable(TABLE, TABLE_OWNED), deleteTable(TABLE)])
    },
  }
}

type ByText = ReadonlyMap<string, VipAddress>

function wholeTable(wanted: ByText): NetlinkRequest[] {
  const rules = [
    [...ifFamily(NFPROTO_IPV4), ...ifSentTo(SETS[4], 4), verdict(DROP)],
    [
      ...[...ifFamily(NFPROTO_IPV6), ...ifSentTo(SETS[6], 6)],
      ...[...ifIcmpv6(NEIGHBOUR_TYPES.from, NEIGHBOUR_TYPES.to), verdict(ACCEPT)],
    ],
    [...ifFamily(NFPROTO_IPV6), ...ifSentTo(SETS[6], 6), verdict(DROP)],
  ]
  return [
    // Whatever an earlier run left goes first; deleting needs something to delete.
    ...[newTable(TABLE, TABLE_OWNED), deleteTable(TABLE), newTable(TABLE, TABLE_OWNED)],
    newBaseChain(TABLE, CHAIN, HOOK_INPUT, PRIORITY),
    ...[newSet(TABLE, SETS[4], IPV4_ADDRESSES, 1), newSet(TABLE, SETS[6], IPV6_ADDRESSES, 2)],
    ...rules.map((rule) => newRule(TABLE, CHAIN, rule)),
    ...elements(addElements, [...wanted.values()]),
  ]
}

function difference(before: ByText, wanted: ByText): NetlinkRequest[] {
  if (wanted.size === 0) return [deleteTable(TABLE)]
  return [
    ...elements(
      removeElements,
      [...before.values()].filter(({ address }) => !wanted.has(address)),
    ),
    ...elements(
      addElements,
      [...wanted.values()].filter(({ address }) => !before.has(address)),
    ),
  ]
}

function elements(change: typeof addElements, addresses: VipAddress[]): NetlinkRequest[] {
  return ([4, 6] as const).flatMap((family) => {
    const bytes = addresses.filter((address) => address.family === family).map(({ address }) => ipBytes(address))
    const count = Math.ceil(bytes.length / ELEMENTS_AT_ONCE)
    const chunks = Array.from({ length: count }, (_, at) =>
      bytes.slice(at * ELEMENTS_AT_ONCE, (at + 1) * ELEMENTS_AT_ONCE),
    )
    return chunks.map((chunk) => change(TABLE, SETS[family], chunk))
  })
}
