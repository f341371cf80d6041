/** A block of usable statements, and what to ask of it. */
import type { Script } from '#schemas/config.ts'
import { findKeyword, type Keyword } from '../keywords/keywords.ts'
import type { Statement } from '../language/statement.ts'
import { type Arguments, NO_ARGUMENTS } from './arguments.ts'
import type { Entry } from './entries.ts'

export interface Setting extends Arguments {
  keyword: Keyword
  statement: Statement
}

/** Its own arguments are those behind its name. */
export interface Block extends Arguments {
  path: string
  /** The statement that opens it; null for the root. */
  statement: Statement | null
  /** Usable statements by the keys of their keywords, in order: never by a word of the file. */
  settings: Record<string, Setting[]>
  /** Keywords (and `(entry)`) that were written, but not so that they could be used: already reported. */
  damaged: ReadonlySet<string>
  /** It asks for what failoverd cannot do yet and cannot do without: already reported, and not to be run. */
  refused: boolean
  blocks: Block[]
  /** What stands in a block of entries. */
  entries: Entry[]
}

const NONE: ReadonlySet<string> = new Set()

/** A block without anything in it. */
export function openBlock(path: string, statement: Statement | null, { values, options }: Arguments): Block {
  // Spelled out, without maps and sets of its own: there are more blocks than servers, and those take twice the room.
  return {
    path,
    statement,
    values,
    options,
    settings: {},
    damaged: NONE,
    refused: false,
    blocks: [],
    entries: [],
  }
}

const NO_SETTINGS: readonly Setting[] = []

/** All settings of a keyword, in order. */
export function settingsOf(block: Block, key: string): readonly Setting[] {
  return block.settings[key] ?? NO_SETTINGS
}

/** The setting that counts: the last one. */
export function settingOf(block: Block | undefined, key: string): Setting | undefined {
  return block?.settings[key]?.at(-1)
}

export function numberOf(block: Block | undefined, key: string): number | undefined {
  const value = settingOf(block, key)?.values[0]
  return typeof value === 'number' ? value : undefined
}

export function textOf(block: Block | undefined, key: string): string | undefined {
  const value = settingOf(block, key)?.values[0]
  return typeof value === 'string' ? value : undefined
}

export function boolOf(block: Block | undefined, key: string): boolean | undefined {
  const value = settingOf(block, key)?.values[0]
  return typeof value === 'boolean' ? value : undefined
}

export function scriptOf(block: Block | undefined, key: string): Script | null {
  const value = settingOf(block, key)?.values[0]
  return typeof value === 'object' ? value : null
}

export function hasSetting(block: Block | undefined, key: string): boolean {
  return settingOf(block, key) !== undefined
}

/** Blocks of this name inside a block, in order. */
export function blocksOf(block: Block, name: string): readonly Block[] {
  const { blocks } = block
  // As most: the checks of servers have none.
  if (blocks.length === 0) return blocks
  const path = findKeyword(block.path, name)?.path
  // Servers by the thousands, and nothing between them: no copy of all of them for each who asks.
  return blocks.every((child) => child.path === path) ? blocks : blocks.filter((child) => child.path === path)
}

/** Several blocks of one name as one: what each of them says, in order. The first gives the path; without any it is global_defs. */
export function mergeBlocks(blocks: readonly Block[]): Block {
  const [first] = blocks
  if (first !== undefined && blocks.length === 1) return first
  const merged = openBlock(first?.path ?? 'global_defs', null, NO_ARGUMENTS)
  merged.damaged = new Set(blocks.flatMap(({ damaged }) => [...damaged]))
  merged.refused = blocks.some(({ refused }) => refused)
  merged.blocks = blocks.flatMap((block) => block.blocks)
  merged.entries = blocks.flatMap(({ entries }) => entries)
  for (const [key, settings] of blocks.flatMap((block) => Object.entries(block.settings))) {
    const before = merged.settings[key]
    if (before === undefined) merged.settings[key] = [...settings]
    // A second one in another block has been reported: see checks/definitions.ts.
    else if (findKeyword(merged.path, key)?.repeat !== 'first') before.push(...settings)
  }
  return merged
}
