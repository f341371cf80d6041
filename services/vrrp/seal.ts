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
} from './adapters/advert-seal.ts'

export type SealFault = 'hmac-missing' | 'hmac-scheme' | 'hmac-key' | 'hmac-invalid' | 'hmac-stale' | 'hmac-replayed'

export interface Seal {
  /** All copies of one advert get the same moment. */
  sign(messages: readonly Buffer[], sender: Sender): Buffer[]
  /** Before anything of the message counts. `seal`: what is behind the message; null: nothing. */
  judge(message: Buffer, seal: Buffer | null, sender: Sender): SealFault | null
}

/** @param wall milliseconds since 1970 */
export function createSeal({ keys, activeKeyId, mode, antiReplay, windowMs }: AdvertHmac, wall: () => number): Seal {
  const ring = new Map(keys.map(({ id, key }) => [id, Buffer.from(key, 'hex')]))
  const stamper = createStamper(antiReplay, windowMs)
  const guard = createReplayGuard(antiReplay, windowMs)
  const active = ring.get(activeKeyId)
  const signer: SealKey | null =
    mode === 'receive-only' || active === undefined ? null : { id: activeKeyId, key: active }

  return {
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
export function createStamper(antiReplay: AdvertHmac['antiReplay'], windowMs: number): (wallMs: number) => Stamp {
  let last: Stamp = 0n
  return (wallMs) => {
    const now = stampOf(wallMs)
    const lost = antiReplay === 'time' && wallMsOf(last) - wallMs > windowMs
    last = now > last || lost ? now : last + 1n
    return last
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
): (sender: string, stamp: Stamp, wallMs: number) => SealFault | null {
  const newest = new Map<string, Stamp>()
  return (sender, stamp, wallMs) => {
    if (antiReplay === 'time' && Math.abs(wallMsOf(stamp) - wallMs) > windowMs) return 'hmac-stale'
    const last = newest.get(sender)
    const binds = last !== undefined && (antiReplay === 'monotonic' || wallMsOf(last) - wallMs <= windowMs)
    if (binds && stamp <= last) return 'hmac-replayed'
    newest.set(sender, stamp)
    return null
  }
}
