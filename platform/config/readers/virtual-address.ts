/** Lines of virtual_ipaddress and virtual_ipaddress_excluded: an address, and its options. */
import type { VipAddress } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import type { Entry, Use } from '../statements/entries.ts'
import { longestPrefix, parseIpAddress } from '../statements/ip-address.ts'

/** Scope numbers of rtnetlink(7). */
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 }

const ONLY_IPV6 = ['-nodad', 'home', 'mngtmpaddr']

/** The address of one line, on `device` unless it names another; an option that makes no sense is reported. */
export function readVipAddress(entry: Entry, device: string, findings: Findings): VipAddress | null {
  const [bare = '', prefix] = String(entry.values[0] ?? '').split('/')
  const parsed = parseIpAddress(bare)
  if (parsed === null) return null
  const { text, family } = parsed
  const address: VipAddress = {
    ...{ address: text, prefix: Number(prefix), family, device, label: null, broadcast: null, scope: 0, peer: null },
    // A host address of IPv6 is deprecated from the start, so that nothing of this node begins from it; as keepalived.
    preferredLifetimeS: family === 6 && Number(prefix) === longestPrefix(6) ? 0 : null,
    ...{ duplicateDetection: false, homeAddress: false, temporaryAddresses: false },
    ...{ noPrefixRoute: false, autojoin: false, noTrack: false },
  }
  for (const use of entry.uses) applyOption(address, use, entry, findings)
  return address
}

function applyOption(address: VipAddress, { keyword, word, values }: Use, entry: Entry, findings: Findings): void {
  const value = String(values[0] ?? '')
  if (address.family === 4 && ONLY_IPV6.includes(keyword.key)) {
    const message = `${word.value} has no effect on ${address.address}: it is for IPv6 addresses`
    findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword: word.value, message })
    return
  }
  const problem = setOption(address, keyword.key, value, entry)
  if (problem === null) return
  const message = `${word.value}: ${value} ${problem}`
  const hint = 'the option is not used'
  findings.error({ code: 'INVALID', at: wordPosition(word), keyword: word.value, message, hint })
}

/** Sets one option; says what is wrong with its value otherwise. */
function setOption(address: VipAddress, name: string, value: string, entry: Entry): string | null {
  switch (name) {
    case 'dev':
      address.device = value
      return null
    case 'label':
      address.label = value
      return null
    case 'scope':
      return setScope(address, value)
    case 'brd':
    case 'broadcast':
      return setBroadcast(address, value)
    case 'peer':
      return setPeer(address, value, entry)
    case 'preferred_lft':
      return setPreferredLifetime(address, value)
    case 'noprefixroute':
      address.noPrefixRoute = true
      return null
    case 'autojoin':
      address.autojoin = true
      return null
    case 'no_track':
      address.noTrack = true
      return null
    case '-nodad':
      address.duplicateDetection = true
      return null
    case 'home':
      address.homeAddress = true
      return null
    case 'mngtmpaddr':
      address.temporaryAddresses = true
      return null
  }
  return null
}

/** The prefix is that of the far end then, so the near one cannot have another. */
function setPeer(address: VipAddress, value: string, { statement }: Entry): string | null {
  const [bare = '', prefix] = value.split('/')
  const parsed = parseIpAddress(bare)
  if (parsed?.family !== address.family) return `is not of the family of ${address.address}`
  if (statement.keyword.value.includes('/'))
    return `has no place beside ${statement.keyword.value}: leave out its length`
  address.peer = parsed.text
  address.prefix = Number(prefix)
  return null
}

function setPreferredLifetime(address: VipAddress, value: string): string | null {
  if (value === 'forever') {
    address.preferredLifetimeS = null
    return null
  }
  if (!/^\d+$/.test(value)) return 'is no time; allowed: forever, or a number of seconds'
  address.preferredLifetimeS = Number(value)
  return null
}

function setScope(address: VipAddress, value: string): string | null {
  const scope = SCOPES[value] ?? (/^\d+$/.test(value) ? Number(value) : 256)
  if (scope > 255) return `is no scope; allowed: ${Object.keys(SCOPES).join(', ')}, or 0 to 255`
  address.scope = scope
  return null
}

function setBroadcast(address: VipAddress, value: string): string | null {
  if (address.family === 6) return 'is no use: IPv6 has no broadcast'
  if (value === '+' || value === '-') {
    address.broadcast = hostBits(address.address, address.prefix, value === '+')
    return null
  }
  const parsed = parseIpAddress(value)
  if (parsed?.family !== 4) return 'is not an IPv4 address, + or -'
  address.broadcast = parsed.text
  return null
}

/** The address with all its host bits set or cleared. */
function hostBits(address: string, prefix: number, set: boolean): string {
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - prefix)
  const base = Math.floor(bits / size) * size + (set ? size - 1 : 0)
  return [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')
}
