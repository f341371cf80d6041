/**
 * Netlink framing (netlink(7), linux/netlink.h); integers in host order, which is little-endian here:
 *
 *   nlmsghdr   length u32 (with header) | type u16 | flags u16 | sequence u32 | port id u32 | body, padded to 4
 *   NLMSG_ERROR and NLMSG_DONE bodies   -errno i32 | header of the request [| its body] [| attributes]
 */
import { getSystemErrorName } from 'node:util'
import { decodeAttributes } from './attributes.ts'

export const NLM_F_REQUEST = 0x1
export const NLM_F_ACK = 0x4
export const NLM_F_DUMP_INTR = 0x10
export const NLM_F_DUMP = 0x300
export const NLM_F_REPLACE = 0x100
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400
export const NLM_F_APPEND = 0x800

export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3

const NLM_F_CAPPED = 0x100
const NLM_F_ACK_TLVS = 0x200
const NLMSGERR_ATTR_MSG = 1
const HEADER = 16

export interface NetlinkMessage {
  type: number
  flags: number
  sequence: number
  /** Port id of the socket whose request this answers or, in an event, of whoever caused it; 0 in requests. */
  port: number
  body: Buffer
}

export function encodeMessage({ type, flags, sequence, body }: Omit<NetlinkMessage, 'port'>): Buffer {
  const out = Buffer.alloc(HEADER + ((body.length + 3) & ~3))
  out.writeUInt32LE(HEADER + body.length, 0)
  out.writeUInt16LE(type, 4)
  out.writeUInt16LE(flags, 6)
  out.writeUInt32LE(sequence, 8)
  body.copy(out, HEADER)
  return out
}

/** All messages of one datagram; a broken length ends it. */
export function decodeMessages(datagram: Buffer): NetlinkMessage[] {
  const found: NetlinkMessage[] = []
  for (let at = 0; at + HEADER <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < HEADER || at + length > datagram.length) break
    found.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      port: datagram.readUInt32LE(at + 12),
      body: datagram.subarray(at + HEADER, at + length),
    })
    at += (length + 3) & ~3
  }
  return found
}

export interface NetlinkRefusal {
  /** Errno name, `EEXIST`. */
  code: string
  /** The kernel's own words, when it gives any. */
  detail: string | null
}

/** What an NLMSG_ERROR or NLMSG_DONE says; null: success (an acknowledgement). */
export function decodeRefusal({ body, flags }: NetlinkMessage): NetlinkRefusal | null {
  const errno = body.length >= 4 ? body.readInt32LE(0) : 0
  if (errno === 0) return null
  return { code: getSystemErrorName(errno), detail: refusalText(body, flags) }
}

function refusalText(body: Buffer, flags: number): string | null {
  if ((flags & NLM_F_ACK_TLVS) === 0 || body.length < 4 + HEADER) return null
  const original = (flags & NLM_F_CAPPED) !== 0 ? HEADER : (body.readUInt32LE(4) + 3) & ~3
  const text = decodeAttributes(body.subarray(4 + original)).get(NLMSGERR_ATTR_MSG)
  return text === undefined ? null : text.toString('utf8').replace(/\0$/, '')
}
