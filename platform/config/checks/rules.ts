/** Lines of virtual_rules and static_rules that leave to chance what they ought to say. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf } from '../statements/block.ts'

/** Spellings of the place of a rule among the others. */
const PLACE = /^(preference|order|priority)$/

export function checkRules(root: Block, findings: Findings): void {
  const instances = blocksOf(root, 'vrrp_instance').flatMap((block) => blocksOf(block, 'virtual_rules'))
  for (const block of [...blocksOf(root, 'static_rules'), ...instances]) {
    const keyword = block.path.slice(block.path.lastIndexOf('/') + 1)
    for (const { statement } of block.entries) {
      const words = [statement.keyword, ...statement.args]
      if (words.some(({ value }) => PLACE.test(value))) continue
      const message = `${keyword}: a rule without a preference; it gets the next number down from 16384`
      const hint = 'preference NUMBER says where it stands among the other rules'
      findings.warning({ code: 'NO_PREFERENCE', at: wordPosition(statement.keyword), keyword, message, hint })
    }
  }
}
