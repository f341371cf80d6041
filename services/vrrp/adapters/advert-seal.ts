/**
 * The signature behind an advert (keepalived 2.4.2 and later, auth_hmac), network byte order:
 *
 *   0  scheme u8 (1)            4  when it was made: seconds u32 | 65536ths of one u16 | counter u16
 *   1  key id u8               12  tag, 16 bytes
 *   2  reserved u16
 *
 * The tag is the first half of HMAC-SHA256 over: family u8 (4, 6) | version u8 | virtual router id u8 | zero u8 | source
 * address, 16 bytes, IPv4 in the first four; the message with a zero checksum; the signature with a zero tag. The length
 * in the IP header counts it. The checksum of the message does not, but over IPv6, where the kernel makes and checks it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const SEAL_LENGTH = 28
const SCHEME = 1
const STAMP_AT = 4
const TAG_AT = 12
const TAG_LENGTH = 16
const CHECKSUM_AT = 6
/** Parts of a second in a stamp. */
const FRACTIONS = 65_536

export interface SealKey {
  /** 1 to 255 */
  id: number
  /** 32 to 64 bytes */
  key: Buffer
}

/** What a tag vouches for besides the message. */
export interface Sender {
  family: 4 | 6
  version: 2 | 3
  virtualRouterId: number
  source: Buffer
}

/** A moment and a counter in 64 bits: what was made later is the greater number. */
export type Stamp = bigint

export function stampOf(wallMs: number): Stamp {
  return BigInt(Math.floor((wallMs / 1_000) * FRACTIONS)) << 16n
}

/** Milliseconds since 1970, without the counter. */
export function wallMsOf(stamp: Stamp): number {
  return (Number(stamp >> 16n) / FRACTIONS) * 1_000
}

export function sealAdvert(message: Buffer, sender: Sender, { id, key }: SealKey, stamp: Stamp): Buffer {
  const seal = Buffer.alloc(SEAL_LENGTH)
  seal[0] = SCHEME
  seal[1] = id
  seal.writeBigUInt64BE(stamp, STAMP_AT)
  tagOf(message, sender, seal, key).copy(seal, TAG_AT)
  return Buffer.concat([message, seal])
}

/** null: of a scheme that nobody here knows. `seal` has SEAL_LENGTH bytes. */
export function readSeal(seal: Buffer): { keyId: number; stamp: Stamp } | null {
  return seal[0] === SCHEME ? { keyId: seal.readUInt8(1), stamp: seal.readBigUInt64BE(STAMP_AT) } : null
}

/** Whether this key made the seal, for this message of this sender. */
export function sealHolds(message: Buffer, sender: Sender, seal: Buffer, key: Buffer): boolean {
  return timingSafeEqual(tagOf(message, sender, seal, key), seal.subarray(TAG_AT))
}

function tagOf(message: Buffer, sender: Sender, seal: Buffer, key: Buffer): Buffer {
  const { family, version, virtualRouterId, source } = sender
  const pseudo = Buffer.alloc(20)
  pseudo.set([family, version, virtualRouterId])
  source.copy(pseudo, 4)
  const unsummed = Buffer.from(message)
  unsummed.writeUInt16BE(0, CHECKSUM_AT)
  const untagged = Buffer.from(seal).fill(0, TAG_AT)
  const hmac = createHmac('sha256', key).update(pseudo).update(unsummed).update(untagged)
  return hmac.digest().subarray(0, TAG_LENGTH)
}
