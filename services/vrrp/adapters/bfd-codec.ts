/**
 * The BFD control packet of RFC 5880 4.1, without authentication:
 *
 *   version 3 bits, diagnostic 5 | state 2, poll, final, control plane, authentication, demand, multipoint 1 each
 *   multiplier u8 | length u8 | my discriminator u32 | your discriminator u32
 *   desired min tx u32 | required min rx u32 | required min echo rx u32            microseconds
 */
import type { ControlPacket, SessionState } from '../core/bfd-state.ts'

const VERSION = 1
const LENGTH = 24
const STATES: readonly SessionState[] = ['admin-down', 'down', 'init', 'up']
const POLL = 0x20
const FINAL = 0x10
const AUTHENTICATION = 0x04
const DEMAND = 0x02
const MULTIPOINT = 0x01
/** As many microseconds as fit. */
const MOST = 0xffff_ffff

export type RejectReason = 'version' | 'length' | 'multiplier' | 'multipoint' | 'authentication' | 'discriminator'
export type Reading = { ok: true; packet: ControlPacket } | { ok: false; reason: RejectReason }

export function encodeControl(packet: ControlPacket): Buffer {
  const out = Buffer.alloc(LENGTH)
  const flags = (packet.poll ? POLL : 0) | (packet.final ? FINAL : 0) | (packet.demand ? DEMAND : 0)
  out.writeUInt8((VERSION << 5) | packet.diagnostic, 0)
  out.writeUInt8((STATES.indexOf(packet.state) << 6) | flags, 1)
  out.writeUInt8(packet.multiplier, 2)
  out.writeUInt8(LENGTH, 3)
  out.writeUInt32BE(packet.discriminator, 4)
  out.writeUInt32BE(packet.yourDiscriminator, 8)
  out.writeUInt32BE(micros(packet.desiredTxMs), 12)
  out.writeUInt32BE(micros(packet.requiredRxMs), 16)
  out.writeUInt32BE(micros(packet.requiredEchoMs), 20)
  return out
}

/** With the checks of RFC 5880 6.8.6 that need no session, in its order. */
export function decodeControl(message: Buffer): Reading {
  if (message.length < LENGTH) return rejected('length')
  const [first, flags, multiplier, length] = [
    message.readUInt8(0),
    message.readUInt8(1),
    message.readUInt8(2),
    message.readUInt8(3),
  ]
  if (first >> 5 !== VERSION) return rejected('version')
  if (length < LENGTH || length > message.length) return rejected('length')
  if (multiplier === 0) return rejected('multiplier')
  if ((flags & MULTIPOINT) !== 0) return rejected('multipoint')
  const packet: ControlPacket = {
    state: STATES[flags >> 6] ?? 'down',
    diagnostic: first & 0x1f,
    poll: (flags & POLL) !== 0,
    final: (flags & FINAL) !== 0,
    demand: (flags & DEMAND) !== 0,
    multiplier,
    discriminator: message.readUInt32BE(4),
    yourDiscriminator: message.readUInt32BE(8),
    desiredTxMs: message.readUInt32BE(12) / 1_000,
    requiredRxMs: message.readUInt32BE(16) / 1_000,
    requiredEchoMs: message.readUInt32BE(20) / 1_000,
  }
  const stranger = packet.yourDiscriminator === 0 && (packet.state === 'init' || packet.state === 'up')
  if (packet.discriminator === 0 || stranger) return rejected('discriminator')
  // Passwords and keys are not spoken here: who wants them must not be half believed.
  if ((flags & AUTHENTICATION) !== 0) return rejected('authentication')
  return { ok: true, packet }
}

function micros(ms: number): number {
  return Math.min(MOST, Math.round(ms * 1_000))
}

function rejected(reason: RejectReason): Reading {
  return { ok: false, reason }
}
