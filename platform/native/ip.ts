/** IP addresses between text and bytes. */
import { isIPv4, isIPv6 } from 'node:net'
import { HaError } from '../errors.ts'

/** 4 or 16 bytes in network order. IPv6 zones (`%eth0`) are cut off. @throws HaError ADDRESS_INVALID */
export function ipBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (isIPv6(text)) return ipv6Bytes(text.replace(/%.*/, ''))
  throw new HaError('ADDRESS_INVALID', `not an IP address: ${text}`)
}

function ipv6Bytes(text: string): Buffer {
  // A dotted tail (::ffff:192.0.2.1) becomes two groups, so that only groups are left.
  const groups = text.replace(/[0-9.]+$/, (tail) => {
    if (!isIPv4(tail)) return tail
    const v4 = ipBytes(tail)
    return `${v4.readUInt16BE(0).toString(16)}:${v4.readUInt16BE(2).toString(16)}`
  })
  const [head = '', tail = ''] = groups.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const bytes = Buffer.alloc(16)
  for (const [index, group] of before.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2)
  for (const [index, group] of after.entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 16 - 2 * (after.length - index))
  }
  return bytes
}

/** Text of 4 or 16 bytes; IPv6 as RFC 5952 wants it (lower case, longest run of zeros shortened). */
export function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return Array.from(bytes).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  const text = groups.join(':')
  const runs = text.match(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return text
  const at = text.search(new RegExp(`(?<![0-9a-f])${longest}(?![0-9a-f])`))
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`
}
