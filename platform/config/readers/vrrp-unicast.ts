/** Routers that adverts go to one by one. */
import type { Unicast, VrrpInstance } from '#schemas/config.ts'
import { wordPosition } from '../language/text.ts'
import { blocksOf, hasSetting, numberOf, settingOf, textOf } from '../statements/block.ts'
import { type Entry, optionOf } from '../statements/entries.ts'
import { isStrict } from './vrrp-election.ts'
import { type Reading, reportAbsent } from './vrrp-reading.ts'

const WHOLE_TTL = 255

/**
 * null: adverts go to the multicast group. Where peers were meant, but none can be used, there are none, which is a
 * fault: on multicast the other nodes, on unicast, would not hear us, and both would be master.
 */
export function readUnicast(reading: Reading, family: 4 | 6): VrrpInstance['unicast'] {
  const { block, defaults } = reading
  const lists = blocksOf(block, 'unicast_peer')
  const written = lists.flatMap(({ entries }) => entries)
  const peers = written.filter(({ values }) => String(values[0]).includes(':') === (family === 6))
  const meant = written.length > 0 || lists.some(({ damaged }) => damaged.has('(entry)'))
  if (!meant && !hasSetting(block, 'unicast_fault_no_peer')) {
    reportNoPeer(reading)
    return null
  }
  reportStrict(reading)
  const bounded = written.some((peer) => ['min_ttl', 'max_ttl'].some((name) => optionOf(peer, name) !== undefined))
  return {
    peers: [...new Map(peers.map((peer) => [String(peer.values[0]), peerOf(peer)])).values()],
    ttl: readTtl(reading),
    peersOnly: hasSetting(block, 'check_unicast_src') || defaults.peersOnly || bounded,
  }
}

function peerOf(peer: Entry): Unicast['peers'][number] {
  const [least, most] = [optionOf(peer, 'min_ttl'), optionOf(peer, 'max_ttl')]
  return {
    address: String(peer.values[0]),
    minTtl: typeof least === 'number' ? least : null,
    maxTtl: typeof most === 'number' ? most : null,
  }
}

/** On purpose unlike keepalived over IPv6, which sends with the kernel's 64: a peer's min_ttl proves more this way. */
function readTtl({ block, name, findings }: Reading): number {
  const ttl = numberOf(block, 'unicast_ttl') ?? WHOLE_TTL
  const written = settingOf(block, 'unicast_ttl')
  if (ttl > 0 || written === undefined) return ttl
  const message = `${name}: adverts with unicast_ttl 0 would never leave; ${WHOLE_TTL} is used`
  const at = wordPosition(written.statement.keyword)
  findings.warning({ code: 'ROUNDED', at, keyword: 'unicast_ttl', message })
  return WHOLE_TTL
}

/**
 * Unicast adverts leave by whichever interface the routes say. Without one of its own the instance stands and falls
 * with that of its first address.
 */
export function readDevice(reading: Reading): string | undefined {
  const { block } = reading
  const device = textOf(block, 'interface')
  if (device !== undefined) return device
  const unicast = hasSetting(block, 'unicast_fault_no_peer') || blocksOf(block, 'unicast_peer').length > 0
  const first = blocksOf(block, 'virtual_ipaddress').flatMap(({ entries }) => entries)[0]
  const other = first === undefined ? undefined : optionOf(first, 'dev')
  if (unicast && typeof other === 'string') return other
  const either = unicast ? ', or a first address with dev: that is the interface then' : ''
  reportAbsent(reading, 'interface', `the interface its adverts leave by${either}`)
  return undefined
}

/** A note only: keepalived 2.2.7 takes it without a word, and on multicast the other nodes would not hear us. */
function reportStrict(reading: Reading): void {
  const { block, name, findings } = reading
  const word = blocksOf(block, 'unicast_peer')[0]?.statement?.keyword
  if (word === undefined || !isStrict(reading)) return
  const message = `${name}: strict_mode has no unicast; the peers are used all the same`
  findings.note({ code: 'STRICT', at: wordPosition(word), keyword: word.value, message })
}

function reportNoPeer({ block, name, findings }: Reading): void {
  const unicast = settingOf(block, 'unicast_src_ip') ?? blocksOf(block, 'unicast_peer')[0]
  const at = unicast?.statement?.keyword
  if (at === undefined || block.refused) return
  const message = `${name}: without unicast peers adverts go to the multicast group`
  const hint = 'unicast_peer names the other nodes; mcast_src_ip sets the source address of multicast adverts'
  findings.warning({ code: 'NO_PEER', at: wordPosition(at), keyword: at.value, message, hint })
}
