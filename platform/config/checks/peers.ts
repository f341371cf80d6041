/** Unicast peers that cannot be heard, and settings that make sense only with peers. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, settingOf, textOf } from '../statements/block.ts'
import { type Entry, optionOf } from '../statements/entries.ts'
import { nameOf, trackedBy } from './instances.ts'

/** unicast_src_ip without a peer: see vrrp-endpoints.ts. */
const FOR_PEERS = ['unicast_ttl', 'check_unicast_src', 'old_unicast_checksum']

export function checkPeers(root: Block, findings: Findings): void {
  for (const block of blocksOf(root, 'vrrp_instance')) {
    const seen = new Set<string>()
    for (const peer of trackedBy(block, 'unicast_peer')) {
      reportPeer(block, peer, seen, findings)
      seen.add(addressOf(peer))
    }
    if (seen.size === 0 && !blocksOf(block, 'unicast_peer').some(({ damaged }) => damaged.has('(entry)')))
      reportWithoutPeers(block, findings)
  }
}

function addressOf({ values: [address] }: Entry): string {
  return String(address ?? '')
}

function reportPeer(block: Block, peer: Entry, seen: ReadonlySet<string>, findings: Findings): void {
  const address = addressOf(peer)
  const about = { at: wordPosition(peer.statement.keyword), keyword: 'unicast_peer' }
  const title = `${nameOf(block)}: unicast_peer ${address}`
  const [least, most] = [optionOf(peer, 'min_ttl'), optionOf(peer, 'max_ttl')]
  const family = familyOf(block)
  if (family !== null && address.includes(':') !== (family === 6)) {
    const message = `${title} is not of the family of the instance's addresses; it is not used`
    findings.error({ ...about, code: 'FAMILY', message })
  } else if (seen.has(address)) {
    findings.note({ ...about, code: 'REPEATED', message: `${title} is listed twice` })
  } else if (address === textOf(block, 'unicast_src_ip')) {
    const message = `${title} is this node's own address: the node would send adverts to itself`
    findings.note({ ...about, code: 'OWN_ADDRESS', message, hint: 'peers are the other nodes' })
  }
  if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return
  const message = `${title}: min_ttl ${least} is above max_ttl ${most}: all its adverts are dropped`
  findings.warning({ ...about, code: 'RANGE', message })
}

/** The family that the first address decides; null where none says it. */
function familyOf(block: Block): 4 | 6 | null {
  const [first] = trackedBy(block, 'virtual_ipaddress')
  if (first === undefined) return hasSetting(block, 'native_ipv6') ? 6 : null
  return String(first.values[0]).includes(':') ? 6 : 4
}

function reportWithoutPeers(block: Block, findings: Findings): void {
  for (const keyword of FOR_PEERS) {
    const word = settingOf(block, keyword)?.statement.keyword
    if (word === undefined) continue
    const message = `${nameOf(block)}: ${keyword} has no effect without unicast peers`
    findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword, message })
  }
}
