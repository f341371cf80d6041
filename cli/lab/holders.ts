/** Who held the VIP when: from the kernel's address events in each director's namespace. Pure. */
import { type DirectorName, VIP } from './hosts.ts'

export interface Holding {
  host: DirectorName
  /** Wall milliseconds. */
  from: number
  /** null while it lasts. */
  to: number | null
}

export interface AddressEvent {
  at: number
  added: boolean
}

/** A line of `ip -ts monitor address`; null when it is not about the VIP. */
export function parseAddressEvent(line: string): AddressEvent | null {
  const found = /^\[([^\]]+)\]\s*(Deleted )?.*\binet ([0-9.]+)\//.exec(line)
  if (found === null || found[3] !== VIP) return null
  return { at: Date.parse(found[1] ?? ''), added: found[2] === undefined }
}

/** The holdings after an event; a lease that is refreshed announces the address again, which changes nothing. */
export function withEvent(holdings: readonly Holding[], host: DirectorName, event: AddressEvent): readonly Holding[] {
  const open = holdings.find((holding) => holding.host === host && holding.to === null)
  if (event.added) return open === undefined ? [...holdings, { host, from: event.at, to: null }] : holdings
  return holdings.map((holding) => (holding === open ? { ...holding, to: event.at } : holding))
}

export function holdersAt(holdings: readonly Holding[], at: number): DirectorName[] {
  return holdings.filter(({ from, to }) => from <= at && (to === null || to > at)).map(({ host }) => host)
}

/** The longest time, in milliseconds, that both directors held the VIP at once within a period. */
export function longestShared(holdings: readonly Holding[], from: number, to: number): number {
  const of = (host: DirectorName) => holdings.filter((holding) => holding.host === host)
  let longest = 0
  for (const one of of('vos1'))
    for (const other of of('vos2')) {
      const begin = Math.max(one.from, other.from, from)
      const end = Math.min(one.to ?? to, other.to ?? to, to)
      longest = Math.max(longest, end - begin)
    }
  return longest
}
