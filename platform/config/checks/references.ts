/** Names that one part of the configuration uses and another has to define. Order is free: all is read by now. */

import type { Findings } from '../findings/diagnostic.ts'
import { findKeyword } from '../keywords/keywords.ts'
import { nearest } from '../keywords/suggestion.ts'
import type { Statement } from '../language/statement.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, settingsOf } from '../statements/block.ts'

/** What the first words of the lines of a block name, by the block's own name. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  track_script: ['vrrp_script'],
  track_file: ['track_file', 'vrrp_track_file'],
  track_process: ['vrrp_track_process'],
  track_bfd: ['bfd_instance'],
}

/** What the first word behind a keyword of a block names, by the block's path. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'virtual_server/real_server/FILE_CHECK': { track_file: ['track_file', 'vrrp_track_file'] },
  'virtual_server/real_server/BFD_CHECK': { name: ['bfd_instance'] },
  global_defs: { lvs_sync_daemon: ['vrrp_instance'] },
}

interface Reference {
  /** The keyword that the name stands behind. */
  from: string
  word: Word
  /** Any of these may define it. */
  kinds: readonly string[]
}

/**
 * Reports names that nothing defines, and scripts that nobody names. A definition that could not be read counts:
 * what is wrong with it has been said.
 */
export function checkReferences(root: Block, statements: readonly Statement[], findings: Findings): void {
  const spoilt = spoiltNames(root, statements)
  const references = referencesOf(root)
  const named = namesByKind(root)
  for (const reference of references) {
    const { word, kinds } = reference
    if (word.value === '' || spoilt.has(word.value)) continue
    const names = kinds.flatMap((kind) => named.get(kind) ?? [])
    if (!names.some((each) => each.has(word.value))) reportUnknown(reference, names, findings)
  }
  const used = new Set(references.map(({ word }) => word.value))
  for (const { values, statement } of blocksOf(root, 'vrrp_script')) {
    const name = String(values[0] ?? '')
    const [word] = statement?.args ?? []
    if (word === undefined || used.has(name)) continue
    const message = `no track_script names ${name}: it is never run`
    findings.note({ code: 'UNUSED', at: wordPosition(word), keyword: 'vrrp_script', message })
  }
}

/** Names of the blocks of the root, by the keyword that opens them. */
function namesByKind(root: Block): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>()
  for (const { path, values } of root.blocks) {
    const names = named.get(path) ?? new Set()
    named.set(path, names.add(String(values[0] ?? '')))
  }
  return named
}

/** Words of statements of the root that could not be used: one of them may be the name that is missed. */
function spoiltNames(root: Block, statements: readonly Statement[]): Set<string> {
  const used = new Set(root.blocks.map(({ statement }) => statement))
  const spoilt = statements.filter(
    (statement) => !used.has(statement) && findKeyword('', statement.keyword.value)?.opens !== null,
  )
  return new Set(spoilt.flatMap(({ keyword, args }) => [keyword, ...args].map(({ value }) => value)))
}

function referencesOf(root: Block): Reference[] {
  const references: Reference[] = []
  const collect = (block: Block): void => {
    if (block.entries.length > 0) references.push(...entryReferences(block))
    if (block.path in SETTINGS) references.push(...settingReferences(block))
    if (block.path === 'virtual_server') references.push(...serverGroup(block))
    for (const child of block.blocks) collect(child)
  }
  collect(root)
  return references
}

function entryReferences({ path, entries }: Block): Reference[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const kinds = path.includes('/') ? ENTRIES[name] : undefined
  const own =
    kinds === undefined ? [] : entries.map(({ statement }) => ({ from: name, word: statement.keyword, kinds }))
  const groups = entries.flatMap(({ uses, statement }) =>
    uses
      .filter(({ keyword }) => keyword.key === 'track_group')
      .map(({ word }) => ({
        from: 'track_group',
        word: statement.args.find(({ index }) => index > word.index) ?? word,
        kinds: ['track_group'],
      })),
  )
  const isGroup = path === 'vrrp_sync_group/group' || path === 'track_group/group'
  return [...own, ...groups, ...(isGroup ? memberReferences(entries) : [])]
}

function memberReferences(entries: Block['entries']): Reference[] {
  return entries
    .flatMap(({ statement }) => [statement.keyword, ...statement.args])
    .map((word) => ({ from: 'group', word, kinds: ['vrrp_instance'] }))
}

function settingReferences(block: Block): Reference[] {
  return Object.entries(SETTINGS[block.path] ?? {}).flatMap(([key, kinds]) =>
    settingsOf(block, key).flatMap(({ statement: { args } }): Reference[] => {
      const sync = key === 'lvs_sync_daemon'
      const word = args[sync ? 1 : 0]
      return word === undefined || (sync && SYNC_OPTION.test(word.value)) ? [] : [{ from: key, word, kinds }]
    }),
  )
}

/** The instance of lvs_sync_daemon may be missing; these follow it. */
const SYNC_OPTION = /^(id|inst|maxlen|port|ttl|group|\d+)$/

function serverGroup({ statement }: Block): Reference[] {
  const [first, name] = statement?.args ?? []
  if (first?.value !== 'group' || name === undefined) return []
  return [{ from: 'virtual_server group', word: name, kinds: ['virtual_server_group'] }]
}

function reportUnknown({ from, word, kinds }: Reference, names: readonly Set<string>[], findings: Findings): void {
  const kind = kinds[0] ?? ''
  const near = nearest(
    word.value,
    names.flatMap((each) => [...each]),
  )
  const message = `${from}: there is no ${kind} ${word.value}; it is not used`
  const hint =
    near === null ? `define it with ${kind} ${word.value} { ... }, or take it out here` : `did you mean ${near}?`
  findings.error({ code: 'UNKNOWN_NAME', at: wordPosition(word), keyword: from, message, hint })
}
