/** Lines of virtual_ipaddress: `IPADDR[/PREFIX] [dev IF] [scope SCOPE] [brd ADDR|+|-] [label LABEL]`. */
import type { VipAddress } from '#schemas/config.ts'
import type { Findings } from './diagnostic.ts'
import { reportNotInForce } from './enforcement.ts'
import { findKeyword, keywordsOf } from './keywords.ts'
import { nearest } from './suggestion.ts'
import { type Word, wordPosition } from './text.ts'
import type { Statement } from './tree.ts'
import { addressHint, type IpAddress, parseIpAddress } from './values.ts'

const OPTIONS = 'vrrp_instance/virtual_ipaddress'

/** Scope numbers of rtnetlink(7). */
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 }

/** The address of one line, or null when the line has none, which is reported. */
export function readVipAddress(entry: Statement, device: string, findings: Findings): VipAddress | null {
  const [text = '', prefixText] = entry.keyword.value.split('/')
  const parsed = parseIpAddress(text)
  if (parsed === null) {
    if (!entry.text.damaged) reportAddress(entry.keyword, text, findings)
    return null
  }
  const address: VipAddress = {
    address: parsed.text,
    prefix: readPrefix(entry.keyword, parsed, prefixText, findings),
    family: parsed.family,
    device,
    label: null,
    broadcast: null,
    scope: 0,
  }
  const words = [...entry.args]
  for (let option = words.shift(); option !== undefined; option = words.shift()) {
    applyOption(address, option, words, findings)
  }
  return address
}

function reportAddress(word: Word, text: string, findings: Findings): void {
  const misplaced = findKeyword('vrrp_instance', text) !== undefined
  const hint = misplaced ? `${text} is a keyword of vrrp_instance: is a brace missing above?` : addressHint(text)
  const message = `${text} is not an IP address`
  findings.error({ code: 'INVALID_ADDRESS', at: wordPosition(word), keyword: text, message, hint })
}

function readPrefix(word: Word, address: IpAddress, text: string | undefined, findings: Findings): number {
  const longest = address.family === 4 ? 32 : 128
  if (text === undefined) return longest
  const prefix = /^\d+$/.test(text) ? Number(text) : -1
  if (prefix >= 0 && prefix <= longest) return prefix
  const message = `${word.value}: the prefix length must be a number from 0 to ${longest}`
  findings.error({ code: 'OUT_OF_RANGE', at: wordPosition(word), message, hint: `/${longest} is used` })
  return longest
}

function applyOption(address: VipAddress, option: Word, words: Word[], findings: Findings): void {
  const keyword = findKeyword(OPTIONS, option.value)
  if (keyword === undefined) {
    reportOption(address, option, words, findings)
    return
  }
  const argument = keyword.args.length > 0 ? words.shift() : undefined
  if (keyword.args.length > 0 && argument === undefined) {
    const message = `${option.value} needs a value behind it`
    findings.error({ code: 'MISSING_PARAMETER', at: wordPosition(option), keyword: option.value, message })
    return
  }
  if (!keyword.inForce) {
    reportNotInForce(keyword, wordPosition(option), findings)
  } else if (argument !== undefined) {
    const problem = setOption(address, option.value, argument.value)
    if (problem === null) return
    const message = `${option.value}: ${argument.value} ${problem}`
    const hint = 'the option is not used'
    findings.error({ code: 'INVALID', at: wordPosition(argument), keyword: option.value, message, hint })
  }
}

/** Sets one option; says what is wrong with its value otherwise. */
function setOption(address: VipAddress, name: string, value: string): string | null {
  if (name === 'dev') {
    address.device = value
  } else if (name === 'label') {
    if (value.length > 15) return 'is longer than the 15 characters of a label'
    address.label = value
  } else if (name === 'scope') {
    const scope = SCOPES[value] ?? (/^\d+$/.test(value) ? Number(value) : 256)
    if (scope > 255) return `is no scope; allowed: ${Object.keys(SCOPES).join(', ')}, or 0 to 255`
    address.scope = scope
  } else {
    return setBroadcast(address, value)
  }
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

function reportOption(address: VipAddress, option: Word, words: Word[], findings: Findings): void {
  const another = parseIpAddress(option.value.split('/')[0] ?? '') !== null
  const near = nearest(option.value, [...keywordsOf(OPTIONS).keys()])
  // The value of a mistyped option is no option of its own.
  if (near !== null && findKeyword(OPTIONS, near)?.args.length) words.shift()
  const hint = another ? 'every address needs a line of its own' : near === null ? null : `did you mean ${near}?`
  const message = `${option.value} is no option of an address; it is left out of ${address.address}`
  findings.error({ code: 'UNKNOWN_KEYWORD', at: wordPosition(option), keyword: option.value, message, hint })
}
