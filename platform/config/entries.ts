/** Lines of blocks that hold one entry a line: what the entry is, and the options behind it. */
import { isOption, takeArguments, type Words } from './arguments.ts'
import type { Findings } from './diagnostic.ts'
import { parseIpAddress } from './ip-address.ts'
import { findKeyword, type Keyword, keywordsOf } from './keywords.ts'
import { nearest } from './suggestion.ts'
import { type Word, wordPosition } from './text.ts'
import type { Statement } from './tree.ts'
import type { Value } from './values.ts'

/** An option of an entry, with its arguments. */
export interface Use {
  keyword: Keyword
  word: Word
  values: readonly (Value | undefined)[]
  options: ReadonlyMap<string, Value>
}

export interface Entry {
  statement: Statement
  /** Of the row `(entry)`; without one all words of the line. */
  values: readonly (Value | undefined)[]
  options: ReadonlyMap<string, Value>
  uses: readonly Use[]
}

const NONE: ReadonlyMap<string, Value> = new Map()

/** The entry on a line of the block at `path`; null when nothing can be made of it, which has been reported then. */
export function parseEntry(path: string, statement: Statement, findings: Findings): Entry | null {
  const all = [statement.keyword, ...statement.args]
  const rows = keywordsOf(path)
  const own = rows.get('(entry)')
  const leading = rows.get(statement.keyword.value)
  if (own === undefined && leading === undefined) {
    return { statement, values: all.map(({ value }) => value), options: NONE, uses: [] }
  }
  const title = path.slice(path.lastIndexOf('/') + 1)
  const base = { word: statement.keyword, title, rest: all, findings }
  let index = 0
  let head = { values: [] as readonly (Value | undefined)[], options: NONE }
  if (own !== undefined && leading?.leading !== true) {
    const endsValues = (word: string): boolean => rows.has(word) || isOption(own, word)
    const words: Words = { ...base, keyword: own, index, endsValues }
    if (reportMisplaced(path, words)) return null
    const taken = takeArguments(words)
    if (taken === null) return null
    head = taken
    index = words.index
  }
  return { statement, ...head, uses: takeUses(rows, all, index, title, findings) }
}

/** A keyword of the block around, where an entry is expected: its brace is missing. */
function reportMisplaced(path: string, { keyword, title, word, findings }: Words): boolean {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const any = keyword.args[0]?.kind === 'word'
  const known = !any && parent !== '' && findKeyword(parent, word.value) !== undefined
  if (!known) return false
  const hint = `${word.value} is a keyword of ${parent.split('/').at(-1)}: is a brace missing above?`
  const message = `${title}: ${word.value} is no entry of it`
  findings.error({ code: 'INVALID_ENTRY', at: wordPosition(word), keyword: title, message, hint })
  return true
}

function takeUses(
  rows: ReadonlyMap<string, Keyword>,
  all: readonly Word[],
  from: number,
  title: string,
  findings: Findings,
): Use[] {
  const uses: Use[] = []
  let index = from
  for (let word = all[index]; word !== undefined; word = all[index]) {
    const keyword = word.value.startsWith('(') ? undefined : rows.get(word.value)
    if (keyword === undefined) {
      index = reportOption(rows, all, index, title, findings)
      continue
    }
    const endsValues = (value: string): boolean => isOption(keyword, value) || rows.has(value)
    const words: Words = { keyword, word, title: word.value, rest: all, index: index + 1, endsValues, findings }
    const taken = takeArguments(words)
    if (taken !== null) uses.push({ keyword, word, ...taken })
    index = words.index
  }
  return uses
}

/** Where to go on behind an option that nobody knows. */
function reportOption(
  rows: ReadonlyMap<string, Keyword>,
  all: readonly Word[],
  index: number,
  title: string,
  findings: Findings,
): number {
  const word = all[index]
  if (word === undefined) return index + 1
  const near = nearest(word.value, [...rows.keys()])
  const another = parseIpAddress(word.value.split('/')[0] ?? '') !== null
  const hint = another ? 'every entry needs a line of its own' : near === null ? null : `did you mean ${near}?`
  const message = `${word.value} is no option of an entry of ${title}; it is left out of ${all[0]?.value}`
  findings.error({ code: 'UNKNOWN_OPTION', at: wordPosition(word), keyword: word.value, message, hint })
  // The value of a mistyped option is no option of its own.
  return index + 1 + (near === null ? 0 : (rows.get(near)?.args.length ?? 0))
}

/** The last use of an option, as its first value. */
export function optionOf(entry: Entry, name: string): Value | undefined {
  const use = entry.uses.findLast(({ keyword }) => keyword.key === name)
  return use === undefined ? undefined : (use.values[0] ?? true)
}
