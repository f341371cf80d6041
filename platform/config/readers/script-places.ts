/** Which scripts a configuration names, and where: what somebody with a file system can check. */
import type { Script } from '#schemas/config.ts'
import { type Position, wordPosition } from '../language/text.ts'
import { parseAccount } from '../statements/arguments.ts'
import { type Block, type Setting, settingOf, settingsOf } from '../statements/block.ts'

export interface PlacedScript {
  keyword: string
  script: Script
  /** The vrrp_script whose command it is; null: of another block. */
  tracker: string | null
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
  for (const key in block.settings) for (const setting of settingsOf(block, key)) addScript(scripts, setting, block)
  for (const child of block.blocks) addScripts(scripts, child)
}

/** vrrp_script names its account apart. */
function accountIn(block: Block): { user: string | null; group: string | null } | null {
  const user = block.path === 'vrrp_script' ? settingOf(block, 'user') : undefined
  return user === undefined ? null : parseAccount(user.values.map(String))
}

function addScript(scripts: PlacedScript[], { keyword, statement, values: [value] }: Setting, block: Block): void {
  if (typeof value !== 'object' || !keyword.inForce) return
  // `</path` of a vrrp_script: nothing is run.
  if (value.argv[0]?.startsWith('<')) return
  const script = { ...value, ...accountIn(block) }
  const tracker = block.path === 'vrrp_script' ? String(block.values[0]) : null
  scripts.push({ keyword: keyword.name, script, tracker, at: wordPosition(statement.args[0] ?? statement.keyword) })
}
