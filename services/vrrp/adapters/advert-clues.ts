import type { AdvertClues } from '../ports.ts'
import { sameAddresses } from './advert-check.ts'
import { type AdvertForm, decodeAdvert, hasBareChecksum } from './advert-codec.ts'

/** What an advert shows of its sender's settings, whether it was accepted or not; null: not even its parts. */
export function cluesOf(message: Buffer, form: AdvertForm): AdvertClues | null {
  const advert = decodeAdvert(message, form.family)
  if (advert === null) return null
  const { version, priority, intervalMs, addresses } = advert
  const bare = hasBareChecksum(message, form.family)
  return {
    ...{ version, priority, intervalMs },
    sameAddresses: sameAddresses(addresses, form),
    sameChecksum: version === 2 || form.family === 6 || bare === (form.checksum === 'message-only'),
  }
}
