/** Blocks without what the keyword table says they cannot do without. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, hasSetting } from '../statements/block.ts'

/** Their readers say it: what is required depends on more than one keyword there. */
const ELSEWHERE = /^(vrrp_sync_group|vrrp_instance|vrrp_instance\/authentication)$/

export function checkRequired(root: Block, findings: Findings): void {
  const known = new Map<string, Keyword[]>()
  const requiredIn = (path: string): Keyword[] => {
    const before = known.get(path)
    if (before !== undefined) return before
    const rows = ELSEWHERE.test(path) ? [] : [...keywordsOf(path).values()]
    const keywords = rows.filter(({ required, name, key }) => required && name === key)
    known.set(path, keywords)
    return keywords
  }
  const check = (block: Block): void => {
    for (const keyword of requiredIn(block.path)) if (!isGiven(block, keyword)) report(block, keyword, findings)
    for (const child of block.blocks) check(child)
  }
  check(root)
}

/** Also when it is there and unusable: that has been said. */
function isGiven(block: Block, { key, path: inner, opens }: Keyword): boolean {
  if (hasSetting(block, key) || block.damaged.has(key)) return true
  return opens !== null && block.blocks.some(({ path }) => path === inner)
}

function report({ statement }: Block, { name, meaning }: Keyword, findings: Findings): void {
  if (statement === null) return
  const title = [statement.keyword, ...statement.args.slice(0, 2)].map(({ value }) => value).join(' ')
  findings.error({
    code: 'INCOMPLETE',
    at: wordPosition(statement.keyword),
    keyword: statement.keyword.value,
    message: `${title} has no ${name}; it is left out`,
    hint: meaning === '' ? `it needs ${name}` : `${name}: ${meaning}`,
  })
}
