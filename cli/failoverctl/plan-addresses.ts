/** Where the virtual addresses are in two configurations: what an operator looks for first in a plan. */
import { addressWords } from '#platform/config/compare/difference.ts'
import type { Config } from '#schemas/config.ts'
import { instanceIdentity } from '#schemas/names.ts'

interface Seat {
  /** Name of the vrrp_instance. */
  instance: string
  /** `192.0.2.11/32 dev eth0` */
  words: string
}

export interface AddressChange {
  /**
   * moved: to another virtual router, which is elected by itself; changed: it stays there with another prefix or on
   * another interface.
   */
  kind: 'added' | 'removed' | 'moved' | 'changed'
  address: string
  from: Seat | null
  to: Seat | null
  /** Who holds the address loses it, if only for a moment. */
  interrupts: boolean
}

/** Addresses that are not where they were, those that go away first. */
export function addressChanges(before: Config, after: Config): AddressChange[] {
  const old = seatsOf(before)
  const fresh = seatsOf(after)
  const names = [...new Set([...old.keys(), ...fresh.keys()])]
  const changes = names.flatMap((address): AddressChange[] => {
    const from = old.get(address) ?? null
    const to = fresh.get(address) ?? null
    const kind = kindOf(from, to)
    if (kind === null) return []
    return [{ kind, address, from: seatIn(from), to: seatIn(to), interrupts: kind !== 'added' }]
  })
  return ORDER.flatMap((kind) => changes.filter((change) => change.kind === kind))
}

const ORDER: readonly AddressChange['kind'][] = ['removed', 'moved', 'changed', 'added']

type RouterSeat = Seat & { router: string }

function seatsOf({ instances }: Config): Map<string, RouterSeat> {
  return new Map(
    instances.flatMap((instance) =>
      [...instance.addresses, ...instance.excludedAddresses].map((address): [string, RouterSeat] => [
        address.address,
        { instance: instance.name, router: instanceIdentity(instance), words: addressWords(address) },
      ]),
    ),
  )
}

function kindOf(from: RouterSeat | null, to: RouterSeat | null): AddressChange['kind'] | null {
  if (from === null) return 'added'
  if (to === null) return 'removed'
  if (from.router !== to.router) return 'moved'
  return from.words === to.words ? null : 'changed'
}

function seatIn(seat: RouterSeat | null): Seat | null {
  return seat && { instance: seat.instance, words: seat.words }
}
