/** Numbers of announcements that cannot be none. */
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, settingOf } from '../statements/block.ts'

const REPEATS = ['garp_master_repeat', 'garp_master_refresh_repeat']

/** A new master has to announce itself: 0 counts as 1, as with keepalived. */
export function checkRepeats(root: Block, findings: Findings): void {
  const places = [
    ...blocksOf(root, 'global_defs').map((block) => ({ block, prefix: 'vrrp_' })),
    ...blocksOf(root, 'vrrp_instance').map((block) => ({ block, prefix: '' })),
  ]
  for (const { block, prefix } of places) {
    for (const name of REPEATS.map((repeat) => `${prefix}${repeat}`)) {
      const setting = settingOf(block, name)
      const [word] = setting?.statement.args ?? []
      if (word === undefined || setting?.values[0] !== 0) continue
      const message = `${name}: 0 counts as 1: a new master has to announce its addresses`
      findings.warning({ code: 'ROUNDED', at: wordPosition(word), keyword: name, message, hint: 'write 1' })
    }
  }
}
