/** Names that DNS_CHECK asks for, and that no name server could be asked for. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, settingOf, textOf } from '../statements/block.ts'

export function checkNames(root: Block, findings: Findings): void {
  for (const service of blocksOf(root, 'virtual_server')) {
    for (const server of blocksOf(service, 'real_server')) {
      for (const check of blocksOf(server, 'DNS_CHECK')) reportLabels(check, findings)
    }
  }
}

/** A dot at the end is the root, as is a dot alone; anywhere else two parts of the name need something between their dots. */
function reportLabels(check: Block, findings: Findings): void {
  const name = textOf(check, 'name')
  const word = settingOf(check, 'name')?.statement.args[0]
  if (name === undefined || word === undefined || !/^\..|\.\./.test(name)) return
  const message = `DNS_CHECK: the name ${name} has an empty part between its dots; the root is asked for`
  findings.error({ code: 'INVALID', at: wordPosition(word), keyword: 'name', message })
}
