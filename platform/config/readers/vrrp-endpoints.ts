/** Where the adverts of a vrrp_instance come from and go to. */
import type { ChecksumForm, VrrpInstance } from '#schemas/config.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import { wordPosition } from '../language/text.ts'
import { boolOf, settingOf, textOf } from '../statements/block.ts'
import { isAdvertGroup } from '../statements/ip-address.ts'
import type { Reading } from './vrrp-reading.ts'
import { readUnicast } from './vrrp-unicast.ts'

type Endpoints = Pick<VrrpInstance, 'sourceAddress' | 'multicastGroup' | 'unicast' | 'checksum' | 'skipKnownAddresses'>

export function readEndpoints(reading: Reading, family: 4 | 6, device: VirtualDevice | null): Endpoints {
  const { defaults } = reading
  const group = readAddress(reading, 'mcast_dst_ip', family)
  const unicast = readUnicast(reading, family)
  const sources = ['mcast_src_ip', 'unicast_src_ip'].map((keyword) => readAddress(reading, keyword, family))
  const [first, second] = unicast === null ? sources : sources.reverse()
  // An ipvlan is a host of its own.
  const own = device?.type === 'ipvlan' ? (device.address?.address ?? null) : null
  return {
    sourceAddress: first ?? second ?? own,
    multicastGroup: group ?? (family === 4 ? defaults.multicastGroup4 : defaults.multicastGroup6),
    unicast,
    checksum: readChecksum(reading, unicast),
    skipKnownAddresses: boolOf(reading.block, 'skip_check_adv_addr') ?? defaults.skipKnownAddresses,
  }
}

function readChecksum({ block, defaults }: Reading, unicast: VrrpInstance['unicast']): ChecksumForm {
  const old = settingOf(block, 'old_unicast_checksum')
  if (unicast !== null && old !== undefined && old.values[0] !== 'never') return 'old-unicast'
  return (boolOf(block, 'v3_checksum_as_v2') ?? defaults.checksumAsV2) ? 'message-only' : 'pseudo-header'
}

/** The address behind the keyword if it can be used there; null otherwise, which is reported. */
function readAddress({ block, name, findings }: Reading, keyword: string, family: 4 | 6): string | null {
  const written = settingOf(block, keyword)
  const address = textOf(block, keyword)
  if (written === undefined || address === undefined) return null
  const refuse = (code: string, reason: string, hint: string | null = null): null => {
    const message = `${name}: ${keyword} ${address} is ${reason}; it is not used`
    findings.error({ code, at: wordPosition(written.statement.keyword), keyword, message, hint })
    return null
  }
  if (address.includes(':') !== (family === 6)) return refuse('FAMILY', "not of the family of the instance's addresses")
  if (keyword !== 'mcast_dst_ip' || isAdvertGroup(address)) return address
  const range = family === 4 ? '224.0.0.0 to 239.255.255.255' : 'ff02::/16: link-local multicast'
  return refuse('INVALID', 'no multicast group that adverts can go to', `allowed: ${range}`)
}
