/** BFD sessions that cannot be, and uses of one that is kept for others. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, settingOf, textOf } from '../statements/block.ts'
import { nameOf, trackedBy } from './instances.ts'

export function checkBfd(root: Block, findings: Findings): void {
  const sessions = blocksOf(root, 'bfd_instance')
  for (const block of sessions) reportFamilies(block, findings)
  reportSharedNeighbours(sessions, findings)
  const kept = new Map(sessions.map((block) => [nameOf(block), keptFor(block)]))
  const report = (word: Word, keyword: string, side: Side): void => {
    const owner = kept.get(word.value)
    if (owner === undefined || owner === null || owner === side) return
    const message = `${keyword}: bfd_instance ${word.value} is for ${SIDES[owner]} only; it is not used`
    const hint = `take ${owner} out of it, and it is for both`
    findings.error({ code: 'NOT_FOR_THIS', at: wordPosition(word), keyword, message, hint })
  }
  for (const block of [...blocksOf(root, 'vrrp_instance'), ...blocksOf(root, 'vrrp_sync_group')]) {
    for (const { statement } of trackedBy(block, 'track_bfd')) report(statement.keyword, 'track_bfd', 'vrrp')
  }
  for (const check of bfdChecks(root)) {
    const [word] = settingOf(check, 'name')?.statement.args ?? []
    if (word !== undefined) report(word, 'BFD_CHECK', 'checker')
  }
}

type Side = 'vrrp' | 'checker'
const SIDES: Readonly<Record<Side, string>> = { vrrp: 'instances', checker: 'real servers' }

/** Who alone may use a session; null when all may. */
function keptFor(block: Block): Side | null {
  const [vrrp, checker] = [hasSetting(block, 'vrrp'), hasSetting(block, 'checker')]
  return vrrp === checker ? null : vrrp ? 'vrrp' : 'checker'
}

function bfdChecks(root: Block): Block[] {
  const servers = blocksOf(root, 'virtual_server').flatMap((service) => blocksOf(service, 'real_server'))
  return servers.flatMap((server) => blocksOf(server, 'BFD_CHECK'))
}

function reportFamilies(block: Block, findings: Findings): void {
  const [neighbour, source] = [textOf(block, 'neighbor_ip'), textOf(block, 'source_ip')]
  const word = settingOf(block, 'source_ip')?.statement.keyword
  if (neighbour === undefined || source === undefined || word === undefined) return
  if (neighbour.includes(':') === source.includes(':')) return
  const message = `bfd_instance ${nameOf(block)}: ${source} and ${neighbour} are of different families; it is left out`
  findings.error({ code: 'FAMILY', at: wordPosition(word), keyword: 'source_ip', message })
}

/** Packets are told apart by where they come from. */
function reportSharedNeighbours(sessions: readonly Block[], findings: Findings): void {
  const homes = new Map<string, string>()
  for (const block of sessions) {
    const neighbour = textOf(block, 'neighbor_ip')
    const word = settingOf(block, 'neighbor_ip')?.statement.keyword
    if (neighbour === undefined || word === undefined) continue
    const home = homes.get(neighbour)
    if (home === undefined) homes.set(neighbour, nameOf(block))
    // One defined twice has been reported.
    if (home === undefined || home === nameOf(block)) continue
    const message = `bfd_instance ${nameOf(block)}: ${neighbour} is the neighbour of ${home} already; it is left out`
    findings.error({ code: 'REPEATED', at: wordPosition(word), keyword: word.value, message })
  }
}
