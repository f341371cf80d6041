/** Which scripts a configuration names, and where: what somebody with a file system can check. */
import type { Script } from '#schemas/config.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { type Block, type Setting, settingsOf } from '../statements/block.ts'

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
  // Without an array for each of as many blocks as there are servers.
  for (const key in block.settings) for (const setting of settingsOf(block, key)) addScript(scripts, setting)
  for (const child of block.blocks) addScripts(scripts, child)
}

function addScript(scripts: PlacedScript[], { keyword, statement, values: [value] }: Setting): void {
  if (typeof value !== 'object' || !keyword.inForce) return
  scripts.push({ keyword: keyword.name, script: value, at: wordPosition(statement.args[0] ?? statement.keyword) })
}
