/** Lines of virtual_ipaddress: `IPADDR[/PREFIX] [dev IF] [scope SCOPE] [brd ADDR|+|-] [label LABEL]`. */
import type { VipAddress } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import type { Entry, Use } from '../statements/entries.ts'
import { parseIpAddress } from '../statements/ip-address.ts'

/** Scope numbers of rtnetlink(7). */
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 }

/** The address of one line, on `device` unless it names another; an option that makes no sense is reported. */
export function readVipAddress(entry: Entry, device: string, findings: Findings): VipAddress | null {
  const [bare = '', prefix] = String(entry.values[0] ?? '').split('/')
  const parsed = parseIpAddress(bare)
  if (parsed === null) return null
  const address: VipAddress = {
    address: parsed.text,
    prefix: Number(prefix),
    family: parsed.family,
    device,
    label: null,
    broadcast: null,
    scope: 0,
  }
  for (const use of entry.uses) applyOption(address, use, findings)
  return address
}

function applyOption(address: VipAddress, { keyword, word, values }: Use, findings: Findings): void {
  const value = String(values[0] ?? '')
  const problem = setOption(address, keyword.key, value)
  if (problem === null) return
  const message = `${word.value}: ${value} ${problem}`
  const hint = 'the option is not used'
  findings.error({ code: 'INVALID', at: wordPosition(word), keyword: word.value, message, hint })
}

/** Sets one option; says what is wrong with its value otherwise. */
function setOption(address: VipAddress, name: string, value: string): string | null {
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
  }
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
