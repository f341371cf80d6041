/**
 * VRRP messages as they are on the wire (without IP header), network byte order.
 *
 *   VRRPv2 (RFC 3768 5.1)                       VRRPv3 (RFC 9568 5.1)
 *   0  version 4 bits (2) | type 4 bits (1)     0  version 4 bits (3) | type 4 bits (1)
 *   1  virtual router id                        1  virtual router id
 *   2  priority                                 2  priority
 *   3  count of addresses                       3  count of addresses
 *   4  auth type (0 none, 1 password)           4  reserved 4 bits | interval 12 bits, hundredths of a second
 *   5  interval, seconds
 *   6  checksum u16                             6  checksum u16
 *   8  addresses, 4 bytes each                  8  addresses, 4 or 16 bytes each
 *   .  auth data, 8 bytes, zero padded
 *
 * The checksum is the one's complement sum of the message with a zero in its place. VRRPv3 over IPv6, and over IPv4 as
 * keepalived does it (RFC 5798), adds the pseudo header: source, destination, length u32, zero u24, protocol 112 (IPv4:
 * zero u8, protocol u8, length u16, which sums up the same). RFC 9568 leaves it out over IPv4. We send with it, as every
 * keepalived expects, unless told otherwise, and take both.
 */

import type { ChecksumForm } from '#schemas/config.ts'
import { SEAL_LENGTH } from './advert-seal.ts'

export const ADVERT_HEADER = 8
const AUTH_LENGTH = 8
const TYPE_ADVERT = 1
const PROTOCOL_VRRP = 112

/**
 * Ethernet pads a frame to 46 bytes of IPv4 packet, 50 where a VLAN tag was taken out; less 20 of IP header. Some
 * senders count that padding into the IP length.
 */
const PADDED_LENGTH = 30

/** All that the bytes of a virtual router's adverts depend on, save the priority. */
export interface AdvertForm {
  version: 2 | 3
  family: 4 | 6
  virtualRouterId: number
  intervalMs: number
  /** Password of at most 8 bytes, VRRPv2 only; null: no authentication. */
  password: Buffer | null
  /** The addresses one after the other, in configured order. */
  addresses: Buffer
  checksum: ChecksumForm
  /** For the pseudo header. */
  source: Buffer
  destination: Buffer
}

export interface Advert {
  version: number
  type: number
  virtualRouterId: number
  priority: number
  intervalMs: number
  authType: number
  authData: Buffer
  /** One after the other, 4 or 16 bytes each. */
  addresses: Buffer
  /** The message itself, without padding and what else is behind it. */
  message: Buffer
  /** A signature: see advert-seal.ts; null: there is nothing of its length. */
  seal: Buffer | null
}

export function encodeAdvert(form: AdvertForm, priority: number): Buffer {
  const { version, addresses } = form
  const authAt = ADVERT_HEADER + addresses.length
  const message = Buffer.alloc(authAt + (version === 2 ? AUTH_LENGTH : 0))
  message[0] = (version << 4) | TYPE_ADVERT
  message[1] = form.virtualRouterId
  message[2] = priority
  message[3] = addresses.length / addressLength(form.family)
  if (version === 2) {
    message[4] = form.password === null ? 0 : 1
    message[5] = form.intervalMs / 1_000
    form.password?.copy(message, authAt, 0, AUTH_LENGTH)
  } else {
    message.writeUInt16BE(Math.round(form.intervalMs / 10) & 0xfff, 4)
  }
  addresses.copy(message, ADVERT_HEADER)
  const bare = version === 2 || (form.family === 4 && form.checksum === 'message-only')
  const start = bare ? 0 : pseudoHeaderSum(form.source, form.destination, message.length)
  message.writeUInt16BE(checksum(message, start), 6)
  return message
}

/** The virtual router a message is for; null when it is too short to say. */
export function virtualRouterIdOf(message: Buffer): number | null {
  return message.length < ADVERT_HEADER ? null : message.readUInt8(1)
}

/**
 * Takes a message apart, judging nothing but its length. null: cut off, or longer than padding or a signature explains. `message` must
 * not change while the advert is in use: it points into it.
 */
export function decodeAdvert(message: Buffer, family: 4 | 6): Advert | null {
  if (message.length < ADVERT_HEADER) return null
  const version = message.readUInt8(0) >> 4
  const length = messageLength(message, family)
  const rest = message.length - length
  const sealed = rest === SEAL_LENGTH
  if (rest < 0 || (rest > 0 && message.length > PADDED_LENGTH && !sealed)) return null
  const authAt = ADVERT_HEADER + message.readUInt8(3) * addressLength(family)
  return {
    version,
    type: message.readUInt8(0) & 0xf,
    virtualRouterId: message.readUInt8(1),
    priority: message.readUInt8(2),
    intervalMs: version === 2 ? message.readUInt8(5) * 1_000 : (message.readUInt16BE(4) & 0xfff) * 10,
    authType: version === 2 ? message.readUInt8(4) : 0,
    authData: message.subarray(authAt, length),
    addresses: message.subarray(ADVERT_HEADER, authAt),
    message: message.subarray(0, length),
    seal: sealed ? message.subarray(length) : null,
  }
}

/**
 * True when the checksum of a message that `decodeAdvert` has read is right. `destinations` are those that its sender
 * may have made it for.
 */
export function checksumHolds(
  message: Buffer,
  family: 4 | 6,
  source: Buffer,
  destinations: readonly Buffer[],
): boolean {
  const bare = message.subarray(0, messageLength(message, family))
  const version = message.readUInt8(0) >> 4
  if ((version === 2 || family === 4) && checksum(bare, 0) === 0) return true
  if (version === 2) return false
  // Over IPv6 the kernel makes it of all that is sent, a signature included.
  const covered = family === 6 ? [bare, message] : [bare]
  return destinations.some((to) =>
    covered.some((bytes) => checksum(bytes, pseudoHeaderSum(source, to, bytes.length)) === 0),
  )
}

/** True when the checksum of a message that `decodeAdvert` has read is right without any pseudo header. */
export function hasBareChecksum(message: Buffer, family: 4 | 6): boolean {
  return checksum(message.subarray(0, messageLength(message, family)), 0) === 0
}

/** Length without padding, as the first bytes announce it. */
function messageLength(message: Buffer, family: 4 | 6): number {
  const auth = message.readUInt8(0) >> 4 === 2 ? AUTH_LENGTH : 0
  return ADVERT_HEADER + message.readUInt8(3) * addressLength(family) + auth
}

function addressLength(family: 4 | 6): number {
  return family === 4 ? 4 : 16
}

function pseudoHeaderSum(source: Buffer, destination: Buffer, length: number): number {
  return sumWords(source, sumWords(destination, length + PROTOCOL_VRRP))
}

/** One's complement checksum (RFC 1071); over a message with its checksum in place it is 0 when that is right. */
function checksum(message: Buffer, start: number): number {
  let sum = sumWords(message, start)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Every length here is even. */
function sumWords(bytes: Buffer, start: number): number {
  let sum = start
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  return sum
}
