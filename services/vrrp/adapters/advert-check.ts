/** What a virtual router accepts of others' adverts, checked in keepalived's order (RFC 9568 7.1, RFC 3768 7.1). */
import { timingSafeEqual } from 'node:crypto'
import type { Seal, SealFault } from '../wire/seal.ts'
import { type Advert, type AdvertForm, checksumHolds, decodeAdvert } from './advert-codec.ts'

export type RejectReason =
  | 'packet-length'
  | 'ttl'
  | 'version'
  | 'auth-mismatch'
  | 'auth-failure'
  | 'interval'
  | 'type'
  | 'checksum'
  | 'destination'
  | 'unknown-peer'
  | 'address-list'
  | 'own-address'
  | SealFault

/** A message with what its IP header said. */
export interface Carried {
  message: Buffer
  source: Buffer
  /** null when the kernel did not say: it is taken for what it should be. */
  destination: Buffer | null
  ttl: number | null
}

export type Reading = { ok: true; priority: number; intervalMs: number } | { ok: false; reason: RejectReason }

/** Whom adverts are expected from. */
export interface Audience {
  /** null: from anybody on the link, to the multicast group. */
  unicast: {
    /** By the address in hexadecimal digits. */
    peers: ReadonlyMap<string, { minTtl: number | null; maxTtl: number | null }>
    peersOnly: boolean
  } | null
  /** The router whose list of addresses is known to be ours, and not compared again; null: everybody's is. */
  trusted: Buffer | null
  /** null: adverts carry no signature. */
  seal: Seal | null
}

/** `form.source` is our own address and `form.destination` the group; the rest is what both sides must agree on. */
export function readAdvert(carried: Carried, form: AdvertForm, { unicast, trusted, seal }: Audience): Reading {
  const { message, source, ttl } = carried
  const destination = carried.destination ?? (unicast === null ? form.destination : form.source)
  const advert = decodeAdvert(message, form.family)
  if (advert === null) return rejected('packet-length')
  // The kernel forwards no packet with a higher TTL than it was sent with: 255 proves a neighbour.
  if (unicast === null && ttl !== 255) return rejected('ttl')
  if (advert.version !== form.version) return rejected('version')
  if (seal === null && advert.seal !== null) return rejected('hmac-unexpected')
  const forged = seal?.judge(advert.message, advert.seal, { ...form, source }) ?? null
  if (forged !== null) return rejected(forged)
  const disagreement = form.version === 2 ? disagreementV2(advert, form) : disagreementV3(advert)
  if (disagreement !== null) return rejected(disagreement)
  if (advert.type !== 1) return rejected('type')
  const summedFor = form.checksum === 'old-unicast' ? [destination, form.destination] : [destination]
  if (!checksumHolds(message, form.family, source, summedFor)) return rejected('checksum')
  if (unicast === null ? !destination.equals(form.destination) : isMulticast(destination))
    return rejected('destination')
  // RFC 9568 5.2.5: a count of 0 says nothing. VRRPv2 wants the same list on both sides, unless the owner speaks;
  // VRRPv3 only reports a difference.
  if (advert.addresses.length === 0) return rejected('address-list')
  const strict = form.version === 2 && advert.priority !== 255 && trusted?.equals(source) !== true
  if (strict && !sameAddresses(advert.addresses, form)) return rejected('address-list')
  if (source.equals(form.source)) return rejected('own-address')
  const stranger = unicast === null ? null : strangeness(carried, unicast)
  return stranger === null ? { ok: true, priority: advert.priority, intervalMs: advert.intervalMs } : rejected(stranger)
}

function isMulticast(address: Buffer): boolean {
  const first = address.readUInt8(0)
  return address.length === 4 ? first >= 224 : first === 0xff
}

/** A bound on the TTL says how many routers may lie between us and the peer. */
function strangeness(
  { source, ttl }: Carried,
  { peers, peersOnly }: NonNullable<Audience['unicast']>,
): RejectReason | null {
  const peer = peers.get(source.toString('hex'))
  if (peer === undefined) return peersOnly ? 'unknown-peer' : null
  const { minTtl, maxTtl } = peer
  if (minTtl === null && maxTtl === null) return null
  return ttl !== null && ttl >= (minTtl ?? 0) && ttl <= (maxTtl ?? 255) ? null : 'ttl'
}

function disagreementV2(advert: Advert, form: AdvertForm): RejectReason | null {
  if (advert.authType !== (form.password === null ? 0 : 1)) return 'auth-mismatch'
  if (form.password !== null && !timingSafeEqual(advert.authData, padded(form.password))) return 'auth-failure'
  return advert.intervalMs === form.intervalMs ? null : 'interval'
}

/** An interval of 0 would make everybody master at once (RFC 9568 erratum 8301). */
function disagreementV3(advert: Advert): RejectReason | null {
  return advert.intervalMs === 0 ? 'interval' : null
}

function padded(password: Buffer): Buffer {
  const data = Buffer.alloc(8)
  password.copy(data, 0, 0, 8)
  return data
}

/** As sets: the order on the wire is the sender's. */
export function sameAddresses(heard: Buffer, { addresses, family }: AdvertForm): boolean {
  if (heard.equals(addresses)) return true
  if (heard.length !== addresses.length) return false
  const size = family === 4 ? 4 : 16
  const words = (list: Buffer) =>
    Array.from({ length: list.length / size }, (_, index) => list.toString('hex', index * size, (index + 1) * size))
  const ours = new Set(words(addresses))
  return words(heard).every((word) => ours.has(word))
}

function rejected(reason: RejectReason): Reading {
  return { ok: false, reason }
}
