/** Signing our adverts, and telling others' that were signed with a key of ours, once and now, from all the rest. */
import type { AdvertHmac } from '#schemas/config.ts'
import {
  readSeal,
  type SealKey,
  type Sender,
  type Stamp,
  sealAdvert,
  sealHolds,
  stampOf,
  wallMsOf,
} from '../adapters/advert-seal.ts'

export type SealFault =
  | 'hmac-missing'
  | 'hmac-unexpected'
  | 'hmac-scheme'
  | 'hmac-key'
  | 'hmac-invalid'
  | 'hmac-stale'
  | 'hmac-replayed'

/** What tells a recorded advert from a new one. */
export interface SealMemory {
  /** The newest stamp of our own. */
  sent: Stamp
  /** The newest of each sender, by its address in hexadecimal digits. */
  heard: Map<string, Stamp>
}

export interface Seal {
  memory: SealMemory
  /** All copies of one advert get the same moment. */
  sign(messages: readonly Buffer[], sender: Sender): Buffer[]
  /** Before anything of the message counts. `seal`: what is behind the message; null: nothing. */
  judge(message: Buffer, seal: Buffer | null, sender: Sender): SealFault | null
}

/**
 * @param former what this one takes the place of: what was heard and sent under other keys stays known, or a change of
 *   keys would let recorded adverts in
 * @param wall milliseconds since 1970
 */
export function createSeal(
  hmac: AdvertHmac,
  wall: () => number,
  former: SealMemory = { sent: 0n, heard: new Map() },
): Seal {
  const { keys, activeKeyId, mode, antiReplay, windowMs } = hmac
  const ring = new Map(keys.map(({ id, key }) => [id, Buffer.from(key, 'hex')]))
  const memory = { sent: former.sent, heard: new Map(former.heard) }
  const guard = createReplayGuard(antiReplay, windowMs, memory.heard)
  const stamper = createStamper(antiReplay, windowMs, memory)
  const active = ring.get(activeKeyId)
  const signer: SealKey | null =
    mode === 'receive-only' || active === undefined ? null : { id: activeKeyId, key: active }

  return {
    memory,
    sign(messages, sender) {
      if (signer === null) return [...messages]
      const stamp = stamper(wall())
      return messages.map((message) => sealAdvert(message, sender, signer, stamp))
    },
    judge(message, seal, sender) {
      if (seal === null) return mode === 'enforce' ? 'hmac-missing' : null
      const signed = readSeal(seal)
      if (signed === null) return 'hmac-scheme'
      const key = ring.get(signed.keyId)
      if (key === undefined) return 'hmac-key'
      if (!sealHolds(message, sender, seal, key)) return 'hmac-invalid'
      return guard(sender.source.toString('hex'), signed.stamp, wall())
    },
  }
}

/**
 * Each stamp is greater than the one before. With `time` a clock that was set back by more than the window is followed
 * all the same, because nobody would take stamps from so far ahead; below that the counter bridges the gap.
 */
export function createStamper(
  antiReplay: AdvertHmac['antiReplay'],
  windowMs: number,
  memory: Pick<SealMemory, 'sent'> = { sent: 0n },
): (wallMs: number) => Stamp {
  return (wallMs) => {
    const last = memory.sent
    const now = stampOf(wallMs)
    const lost = antiReplay === 'time' && wallMsOf(last) - wallMs > windowMs
    memory.sent = now > last || lost ? now : last + 1n
    return memory.sent
  }
}

/**
 * The newest stamp of each sender that was taken: there are as many as nodes with a key. With `time` one from further
 * ahead than the window was taken under a clock that has been set back since, and binds nobody any more: after such a
 * step adverts count again at once, after a smaller one within the window.
 */
export function createReplayGuard(
  antiReplay: AdvertHmac['antiReplay'],
  windowMs: number,
  newest: SealMemory['heard'] = new Map(),
): (sender: string, stamp: Stamp, wallMs: number) => SealFault | null {
  return (sender, stamp, wallMs) => {
    if (antiReplay === 'time' && Math.abs(wallMsOf(stamp) - wallMs) > windowMs) return 'hmac-stale'
    const last = newest.get(sender)
    const binds = last !== undefined && (antiReplay === 'monotonic' || wallMsOf(last) - wallMs <= windowMs)
    if (binds && stamp <= last) return 'hmac-replayed'
    newest.set(sender, stamp)
    return null
  }
}
