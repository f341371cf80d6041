/** garp_group blocks that limit nothing, or that share an interface. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, settingOf } from '../statements/block.ts'

export function checkGarpGroups(root: Block, findings: Findings): void {
  const taken = new Set<string>()
  for (const block of blocksOf(root, 'garp_group')) {
    if (block.statement === null) continue
    const own = block.statement.keyword
    reportInterval(block, own, findings)
    reportInterfaces(block, own, findings)
    for (const word of interfacesOf(block)) {
      if (taken.has(word.value)) {
        const message = `garp_group: ${word.value} is in another one already; it is not taken into this one`
        findings.warning({ code: 'REPEATED', at: wordPosition(word), keyword: 'garp_group', message })
      }
      taken.add(word.value)
    }
  }
}

function listed(block: Block): Word[] {
  return blocksOf(block, 'interfaces').flatMap(({ entries }) => entries.map(({ statement }) => statement.keyword))
}

function interfacesOf(block: Block): Word[] {
  return [...(settingOf(block, 'interface')?.statement.args.slice(0, 1) ?? []), ...listed(block)]
}

function reportInterval(block: Block, own: Word, findings: Findings): void {
  const intervals = ['garp_interval', 'gna_interval']
  if (intervals.some((keyword) => hasSetting(block, keyword) || block.damaged.has(keyword))) return
  const message = 'garp_group has neither a garp_interval nor a gna_interval; it is left out'
  findings.warning({ code: 'INCOMPLETE', at: wordPosition(own), keyword: 'garp_group', message })
}

function reportInterfaces(block: Block, own: Word, findings: Findings): void {
  const [list] = blocksOf(block, 'interfaces')
  if (list !== undefined && listed(block).length === 0 && !list.damaged.has('(entry)')) {
    const at = wordPosition(list.statement?.keyword ?? own)
    findings.warning({ code: 'INCOMPLETE', at, keyword: 'interfaces', message: 'interfaces names no interface' })
  } else if (list !== undefined && hasSetting(block, 'interface')) {
    const message = 'garp_group has both interface and interfaces: all of them share its pauses'
    findings.note({ code: 'GARP_GROUP', at: wordPosition(own), keyword: 'garp_group', message })
  } else if (interfacesOf(block).length === 0 && !block.damaged.has('interface')) {
    const message = 'garp_group names no interface: it has no effect'
    const hint = 'interface names one, interfaces { } several'
    findings.note({ code: 'NO_EFFECT', at: wordPosition(own), keyword: 'garp_group', message, hint })
  }
}
