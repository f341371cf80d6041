/** The addresses of an instance: those that are told in its adverts, and those that are not. */
import type { VipAddress } from '#schemas/config.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting } from '../statements/block.ts'
import { readVipAddress } from './virtual-address.ts'
import type { Devices } from './vrrp-devices.ts'
import { openingOf, type Reading } from './vrrp-reading.ts'

/**
 * How many addresses an advert can carry: their count is one byte (RFC 9568 5.2.5), and it must fit into 1500 bytes
 * with the headers of IPv6 (40) and VRRP (8) and with the trailer of auth_hmac (28).
 */
const MOST: Readonly<Record<4 | 6, number>> = { 4: 255, 6: Math.floor((1_500 - 40 - 8 - 28) / 16) }

interface Line {
  address: VipAddress
  at: Position
}

export interface Addresses {
  addresses: VipAddress[]
  excludedAddresses: VipAddress[]
  family: 4 | 6
}

/** The family of an instance is that of its first address. */
export function familyOf(block: Block): 4 | 6 {
  const [first] = blocksOf(block, 'virtual_ipaddress').flatMap(({ entries }) => entries)
  if (first === undefined) return hasSetting(block, 'native_ipv6') ? 6 : 4
  return String(first.values[0] ?? '').includes(':') ? 6 : 4
}

/** @param device the interface of those that name none; `place` has the last word about it */
export function readAddresses(reading: Reading, device: string, place: Devices['place']): Addresses {
  const { block } = reading
  const family = familyOf(block)
  const advertised = linesOf(reading, 'virtual_ipaddress', device, place)
  const addresses = sound(reading, advertised, family)
  if (advertised.length === 0 && !hasAddressLines(block) && !hasSetting(block, 'no_virtual_ipaddress')) {
    reportNone(reading)
  }
  const excluded = linesOf(reading, 'virtual_ipaddress_excluded', device, place)
  const beyond = addresses.slice(MOST[family])
  reportBeyond(reading, beyond, family)
  return {
    addresses: addresses.slice(0, MOST[family]).map(({ address }) => address),
    excludedAddresses: [...beyond, ...excluded].map(({ address }) => address),
    family,
  }
}

/** Whether addresses were written at all: if none is usable, that has been said of each. */
export function hasAddressLines(block: Block): boolean {
  return blocksOf(block, 'virtual_ipaddress').some(
    ({ entries, damaged }) => entries.length > 0 || damaged.has('(entry)'),
  )
}

function linesOf({ block, findings }: Reading, keyword: string, device: string, place: Devices['place']): Line[] {
  return blocksOf(block, keyword).flatMap(({ entries }) =>
    entries.flatMap((entry) => {
      const address = readVipAddress(entry, device, findings)
      if (address !== null) place(address, entry)
      return address === null ? [] : [{ address, at: wordPosition(entry.statement.keyword) }]
    }),
  )
}

/** Those of the right family, each once. */
function sound({ name, findings }: Reading, lines: readonly Line[], family: 4 | 6): Line[] {
  const places = new Map<string, Line>()
  for (const line of lines) {
    const { address, at } = line
    const keyword = address.address
    const place = `${keyword} ${address.device}`
    if (address.family !== family) {
      const message = `${name}: ${keyword} is not of the family of the instance's first address; it is left out`
      findings.error({ code: 'FAMILY', at, keyword, message, hint: 'put it into virtual_ipaddress_excluded' })
    } else if (places.has(place)) {
      findings.warning({ code: 'REPEATED', at, keyword, message: `${name}: ${keyword} is listed twice` })
    } else places.set(place, line)
  }
  return [...places.values()]
}

function reportNone({ block, name, findings }: Reading): void {
  const message = `vrrp_instance ${name} has no virtual_ipaddress`
  const hint = 'no_virtual_ipaddress says that this is meant'
  findings.warning({ code: 'NO_ADDRESS', at: openingOf(block), keyword: name, message, hint })
}

function reportBeyond({ name, findings }: Reading, beyond: readonly Line[], family: 4 | 6): void {
  const [first] = beyond
  if (first === undefined) return
  const keyword = first.address.address
  const count = beyond.length === 1 ? 'an address' : `${beyond.length} addresses`
  const message = `${name}: an advert carries ${MOST[family]} IPv${family} addresses; ${count} from ${keyword} on count as virtual_ipaddress_excluded`
  const hint = 'the other routers must be told the same: write them there'
  findings.warning({ code: 'TOO_MANY', at: first.at, keyword, message, hint })
}
