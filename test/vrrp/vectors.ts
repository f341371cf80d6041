/** The golden vectors of the conformance list: VRRP messages without IP header. */
import { ipBytes } from '#platform/native/ip.ts'
import type { AdvertForm } from '../../services/vrrp/adapters/advert-codec.ts'

export interface Vector {
  id: string
  hex: string
  form: AdvertForm
  priority: number
}

const v2: AdvertForm = {
  version: 2,
  family: 4,
  virtualRouterId: 51,
  intervalMs: 1_000,
  password: null,
  addresses: ipBytes('192.0.2.100'),
  checksum: 'pseudo-header',
  source: ipBytes('192.0.2.1'),
  destination: ipBytes('224.0.0.18'),
}
const v3: AdvertForm = { ...v2, version: 3 }
const ipv6: AdvertForm = {
  ...v3,
  family: 6,
  addresses: Buffer.concat([ipBytes('fe80::64'), ipBytes('2001:db8::64')]),
  source: ipBytes('fe80::1'),
  destination: ipBytes('ff02::12'),
}

function vector(id: string, form: AdvertForm, priority: number, hex: string): Vector {
  return { id, form, priority, hex: hex.replaceAll(' ', '') }
}

/** What we send byte for byte. */
export const SENT: Vector[] = [
  vector('GV1', v2, 100, '2133 6401 0001 b865 c0000264 0000000000000000'),
  vector('GV2', { ...v2, password: Buffer.from('1111') }, 100, '2133 6401 0101 5503 c0000264 3131313100000000'),
  vector('GV3', v2, 0, '2133 0001 0001 1c66 c0000264 0000000000000000'),
  vector('GV5', v3, 100, '3133 6401 0064 0572 c0000264'),
  vector('GV6', { ...v3, destination: ipBytes('192.0.2.2') }, 100, '3133 6401 0064 2382 c0000264'),
  vector('GV7', ipv6, 100, '3133 6402 0064 3f35 fe80000000000000 0000000000000064 20010db800000000 0000000000000064'),
]

const bare: AdvertForm = { ...v3, checksum: 'message-only' }

/** Checksums of RFC 9568 over IPv4, without pseudo header: taken in any case, sent where that is asked for. */
export const MESSAGE_ONLY: Vector[] = [
  vector('GV4', bare, 100, '3133 6401 0064 a802 c0000264'),
  vector(
    'GV8',
    { ...bare, addresses: Buffer.concat([ipBytes('192.0.2.100'), ipBytes('192.0.2.101')]) },
    100,
    '3133 6402 0064 e59b c0000264 c0000265',
  ),
]

export const ALL = [...SENT, ...MESSAGE_ONLY]
export const V2_VECTORS = SENT.slice(0, 3)
