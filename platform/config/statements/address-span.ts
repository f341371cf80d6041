/**
 * Several addresses in one word, as lines of virtual_server_group have them: a subnet `10.0.0.0/29`, a range
 * `10.0.0.1-10.0.0.9`, a range of the last part alone `10.0.0.1-9` or, hexadecimal, `2001:db8::1-ff`; or one address.
 */
import { addressHint, type IpAddress, longestPrefix, parseIpAddress } from './ip-address.ts'

/** `text` is the word in its shortest form, with whole addresses. */
export type AddressSpan = { ok: true; text: string } | { ok: false; problem: string; hint: string | null }

/** The addresses of a word. Never throws: what does not fit comes back with a reason. */
export function parseAddressSpan(word: string): AddressSpan {
  const [, start = '', sign = '', end = ''] = /^([^-/]*)([-/]?)(.*)$/.exec(word) ?? []
  const first = parseIpAddress(start)
  if (first === null) return { ok: false, problem: 'is not an IP address', hint: addressHint(start) }
  switch (sign) {
    case '/':
      return subnet(first, end)
    case '-':
      return range(first, end)
    default:
      return { ok: true, text: first.text }
  }
}

function subnet({ text, family }: IpAddress, length: string): AddressSpan {
  const longest = longestPrefix(family)
  if (!/^\d+$/.test(length) || Number(length) > longest)
    return { ok: false, problem: `needs a prefix length from 0 to ${longest}`, hint: null }
  const hostBits = (1n << BigInt(longest - Number(length))) - 1n
  if ((numberOf({ text, family }) & hostBits) !== 0n)
    return { ok: false, problem: 'is not the first address of its subnet', hint: 'all its host bits have to be 0' }
  return { ok: true, text: `${text}/${length}` }
}

function range(first: IpAddress, end: string): AddressSpan {
  const last = parseIpAddress(end) ?? lastPart(first, end)
  if (last?.family !== first.family)
    return { ok: false, problem: 'is no range', hint: 'behind the - goes an address, or its last part' }
  if (numberOf(last) <= numberOf(first)) return { ok: false, problem: 'ends before it begins', hint: null }
  return { ok: true, text: `${first.text}-${last.text}` }
}

/** The address with another last part; null when that is none. */
function lastPart({ text, family }: IpAddress, part: string): IpAddress | null {
  if (!(family === 4 ? /^\d{1,3}$/ : /^[0-9a-f]{1,4}$/i).test(part)) return null
  // The shortest form has no group after a closing ::.
  const parts = family === 4 ? text : text.replace(/::$/, '::0')
  return parseIpAddress(parts.replace(/[^.:]+$/, family === 4 ? String(Number(part)) : part))
}

function numberOf({ text, family }: IpAddress): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = text.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
  return [...groups].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}
