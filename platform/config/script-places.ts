/** Which scripts a configuration names, and where: what somebody with a file system can check. */
import type { Script } from '#schemas/config.ts'
import type { Block, Setting } from './checked-tree.ts'
import { findKeyword } from './keywords.ts'
import { type Position, wordPosition } from './text.ts'

export interface PlacedScript {
  keyword: string
  script: Script
  at: Position
}

/** In the order of their blocks; what is not in force is not run, and not meant. */
export function placedScripts(root: Block): PlacedScript[] {
  const scripts: PlacedScript[] = []
  addScripts(scripts, root)
  return scripts
}

function addScripts(scripts: PlacedScript[], block: Block): void {
  for (const settings of block.settings.values()) {
    for (const setting of settings) addScript(scripts, block.path, setting)
  }
  for (const child of block.blocks) addScripts(scripts, child)
}

function addScript(scripts: PlacedScript[], path: string, { statement, values: [value] }: Setting): void {
  const keyword = statement.keyword.value
  if (typeof value !== 'object' || findKeyword(path, keyword)?.inForce !== true) return
  scripts.push({ keyword, script: value, at: wordPosition(statement.args[0] ?? statement.keyword) })
}
