/** What the parts of reading a vrrp_instance share: the block being read, and how to say what is wrong with it. */

import type { Findings } from '../findings/diagnostic.ts'
import type { ConfigFiles } from '../language/files.ts'
import { type Position, wordPosition } from '../language/text.ts'
import type { Block } from '../statements/block.ts'
import type { Defaults } from './global-defs.ts'

export interface Reading {
  root: Block
  block: Block
  name: string
  defaults: Defaults
  /** Where keys may be kept. */
  files: Pick<ConfigFiles, 'read'>
  findings: Findings
  /** Devices that instances before this one have: it cannot have the same. */
  deviceNames: Set<string>
}

/** The statement that opens the block. */
export function keywordOf(block: Block) {
  if (block.statement === null) throw new Error('the root has no keyword')
  return block.statement.keyword
}

export function openingOf(block: Block): Position {
  return wordPosition(keywordOf(block))
}

/** A required statement is not there; if it is there but unusable, that has been said. */
export function reportAbsent(reading: Reading, keyword: string, needed: string): void {
  const { block } = reading
  if (block.damaged.has(keyword)) return
  leaveOut(reading, 'INCOMPLETE', `has no ${keyword}`, `it needs ${needed}`)
}

export function leaveOut(reading: Reading, code: string, reason: string, hint: string | null = null): void {
  const { block, name, findings } = reading
  const message = `vrrp_instance ${name} ${reason}; it is left out`
  findings.error({ code, at: openingOf(block), keyword: 'vrrp_instance', message, hint })
}
