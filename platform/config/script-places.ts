/** Which scripts a configuration names, and where: what somebody with a file system can check. */
import type { Script } from '#schemas/config.ts'
import type { Block } from './checked-tree.ts'
import { findKeyword } from './keywords.ts'
import { type Position, wordPosition } from './text.ts'

export interface PlacedScript {
  keyword: string
  script: Script
  at: Position
}

/** In the order of their blocks; what is not in force is not run, and not meant. */
export function placedScripts(block: Block): PlacedScript[] {
  const own = [...block.settings.values()].flat().flatMap(({ statement, values: [value] }): PlacedScript[] => {
    const keyword = statement.keyword.value
    if (typeof value !== 'object' || findKeyword(block.path, keyword)?.inForce !== true) return []
    return [{ keyword, script: value, at: wordPosition(statement.args[0] ?? statement.keyword) }]
  })
  return [...own, ...block.blocks.flatMap(placedScripts)]
}
