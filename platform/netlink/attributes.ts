/**
 * Netlink attributes (linux/netlink.h):
 *
 *   nlattr   length u16 (with header) | type u16 (bit 15 nested, bit 14 network byte order) | value, padded to 4
 */
const HEADER = 4
const NLA_F_NESTED = 0x8000
const TYPE_MASK = 0x3fff

/** By type; of several with one type the last counts. */
export type Attributes = Map<number, Buffer>

export function encodeAttribute(type: number, value: Buffer): Buffer {
  const out = Buffer.alloc(HEADER + ((value.length + 3) & ~3))
  out.writeUInt16LE(HEADER + value.length, 0)
  out.writeUInt16LE(type, 2)
  value.copy(out, HEADER)
  return out
}

export function encodeNested(type: number, attributes: readonly Buffer[]): Buffer {
  return encodeAttribute(type | NLA_F_NESTED, Buffer.concat(attributes))
}

export function decodeAttributes(bytes: Buffer): Attributes {
  const found: Attributes = new Map()
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < HEADER || at + length > bytes.length) break
    found.set(bytes.readUInt16LE(at + 2) & TYPE_MASK, bytes.subarray(at + HEADER, at + length))
    at += (length + 3) & ~3
  }
  return found
}

export function attributeU8(type: number, value: number): Buffer {
  return encodeAttribute(type, Buffer.from([value]))
}

export function attributeU16(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return encodeAttribute(type, bytes)
}

/** In network byte order: ports. */
export function attributeBe16(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return encodeAttribute(type, bytes)
}

/** In network byte order: ids of tunnels. */
export function attributeBe64(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return encodeAttribute(type, bytes)
}

export function attributeU32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return encodeAttribute(type, bytes)
}

/** Text with the zero byte that the kernel wants at its end. */
export function attributeText(type: number, value: string): Buffer {
  return encodeAttribute(type, Buffer.from(`${value}\0`))
}

/** The value as an unsigned integer of its own length (1, 2 or 4 bytes); 0 when it is absent. */
export function readUnsigned(attributes: Attributes, type: number): number {
  const value = attributes.get(type)
  if (value === undefined || value.length === 0) return 0
  return value.readUIntLE(0, Math.min(value.length, 4))
}

export function readText(attributes: Attributes, type: number): string {
  return (attributes.get(type)?.toString('utf8') ?? '').replace(/\0.*$/s, '')
}

export function readNested(attributes: Attributes, type: number): Attributes {
  return decodeAttributes(attributes.get(type) ?? Buffer.alloc(0))
}
