/** Addresses as configurations write them. */
import { isIP } from 'node:net'

export interface IpAddress {
  /** In its shortest form, so that equal addresses are equal texts. */
  text: string
  family: 4 | 6
}

/** An address without port, prefix, zone or brackets; null when the text is none. */
export function parseIpAddress(text: string): IpAddress | null {
  const version = text.includes('%') ? 0 : isIP(text)
  if (version === 4) return { text, family: 4 }
  if (version === 6) return { text: new URL(`http://[${text}]/`).hostname.slice(1, -1), family: 6 }
  return null
}

/** Whether adverts can be sent to it: IPv4 multicast, or link-local IPv6 multicast. */
export function isAdvertGroup(address: string): boolean {
  return address.includes(':') ? /^ff.2:/.test(address) : /^2(2[4-9]|3\d)\./.test(address)
}

/** The longest prefix of a family, in bits. */
export function longestPrefix(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128
}

/** What is most likely wrong with an address. */
export function addressHint(value: string): string | null {
  const parts = value.split('.')
  const high = parts.find((part) => /^\d+$/.test(part) && Number(part) > 255)
  if (parts.length === 4 && high !== undefined) return `${high} is above 255`
  if (/^\d+(\.\d+)+$/.test(value) && parts.length !== 4) return `an IPv4 address has four parts, not ${parts.length}`
  if (/^\[.*\]/.test(value)) return 'IPv6 addresses are written without brackets'
  if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(value)) return 'the port is a word of its own: a blank instead of the colon'
  if (value.includes('/')) return 'no prefix length may stand here'
  return null
}
