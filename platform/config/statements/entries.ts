/** Lines of blocks that hold one entry a line: what the entry is, and its options. */

import type { Findings } from '../findings/diagnostic.ts'
import { findKeyword, type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { nearest } from '../keywords/suggestion.ts'
import type { Statement } from '../language/statement.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Arguments, isOption, takeArguments, type Words } from './arguments.ts'
import { parseIpAddress } from './ip-address.ts'
import type { Value } from './values.ts'

/** An option of an entry, with its arguments. */
export interface Use extends Arguments {
  keyword: Keyword
  word: Word
  /** Options of its own. */
  uses: readonly Use[]
}

/** Its own arguments are those of the row `(entry)`; without one all words of the line. */
export interface Entry extends Arguments {
  statement: Statement
  uses: readonly Use[]
}

const NO_ARGUMENTS: Arguments = { values: [], options: new Map() }

/** A line, or the part of one that belongs to an option, taken from the left. */
interface Line {
  path: string
  rows: ReadonlyMap<string, Keyword>
  /** The row `(entry)`. */
  own: Keyword | undefined
  /** How messages call what is read. */
  title: string
  words: readonly Word[]
  index: number
  /** Whether a word belongs to what is around this part. */
  endsPart(word: string): boolean
  /** What becomes of the line when one word is wrong; null when only that word is not used. */
  loss: string | null
  findings: Findings
}

interface Parts {
  /** Of the entry; null where there is none. */
  head: Arguments | null
  uses: Use[]
  /** Whether everything in it could be read. */
  sound: boolean
}

/** The entry on a line of the block at `path`; null when nothing can be made of it, which has been reported then. */
export function parseEntry(path: string, statement: Statement, findings: Findings): Entry | null {
  const words = [statement.keyword, ...statement.args]
  const rows = keywordsOf(path)
  if (rows.size === 0) return { statement, ...NO_ARGUMENTS, values: words.map(({ value }) => value), uses: [] }
  const own = rows.get('(entry)')
  const title = path.slice(path.lastIndexOf('/') + 1)
  const loss = own?.unordered ? 'the whole line is left out' : null
  const line: Line = { path, rows, own, title, words, index: 0, endsPart: () => false, loss, findings }
  if (reportMisplaced(line)) return null
  const { head, uses, sound } = own?.unordered ? takeUnordered(line, own) : takeOrdered(line)
  return head === null || !sound ? null : { statement, ...head, uses }
}

/** The entry first, or an option that stands in its place; options that cannot be used are left out. */
function takeOrdered(line: Line): Parts {
  const first = line.rows.get(line.words[0]?.value ?? '')
  const head = line.own === undefined || first?.leading ? NO_ARGUMENTS : takeOwn(line, line.own, line.own)
  if (head === null) return { head, uses: [], sound: false }
  return { ...takeUses(line, null), head, sound: true }
}

/** The entry is what is no option. */
function takeUnordered(line: Line, own: Keyword): Parts {
  const parts = takeUses(line, own)
  // At the end of the line it can only be missing.
  if (parts.head === null && parts.sound) parts.head = takeOwn(line, own, own)
  return parts
}

/** Takes the arguments of a row that says what the entry is: `(entry)`, or another word for it. */
function takeOwn(line: Line, own: Keyword, row: Keyword): Arguments | null {
  if (row !== own) line.index++
  const word = line.words[line.index] ?? line.words[0]
  return word === undefined ? NO_ARGUMENTS : take(line, own, word, line.title)
}

function take(line: Line, keyword: Keyword, word: Word, title: string): Arguments | null {
  const { rows, words: rest, index, findings } = line
  const endsValues = (value: string): boolean => rows.has(value) || isOption(keyword, value) || line.endsPart(value)
  const words: Words = { keyword, word, title, rest, index, endsValues, loss: line.loss, findings }
  const taken = takeArguments(words)
  line.index = words.index
  return taken
}

/** Takes options to the end of the line or part; `own` stands among them, if it does not stand in front. */
function takeUses(line: Line, own: Keyword | null): Parts {
  const parts: Parts = { head: null, uses: [], sound: true }
  for (let word = line.words[line.index]; word !== undefined; word = line.words[line.index]) {
    if (line.endsPart(word.value)) break
    const keyword = word.value.startsWith('(') ? undefined : line.rows.get(word.value)
    if (own !== null && (keyword?.key === own.key || (keyword === undefined && parts.head === null))) {
      parts.head = takeOwn(line, own, keyword ?? own)
      parts.sound &&= parts.head !== null
    } else if (keyword === undefined && line.rows.size === 1) {
      reportSurplus(line, word)
    } else if (keyword === undefined) {
      reportOption(line, word)
      parts.sound = false
    } else {
      const use = takeUse(line, keyword, word)
      if (use === null) parts.sound = false
      else parts.uses.push(use)
    }
    // The line is lost: what else is in it would only be a guess.
    if (line.loss !== null && !parts.sound) break
  }
  return parts
}

function takeUse(line: Line, keyword: Keyword, word: Word): Use | null {
  line.index++
  const taken = take(line, keyword, word, word.value)
  if (taken === null) return null
  if (!keyword.parts) return { keyword, word, ...taken, uses: [] }
  const path = keyword.path
  const endsPart = (value: string): boolean => value === keyword.name || line.endsPart(value)
  const inner: Line = { ...line, path, rows: keywordsOf(path), own: undefined, title: keyword.name, endsPart }
  const { uses, sound } = takeUses(inner, null)
  line.index = inner.index
  return sound ? { keyword, word, ...taken, uses } : null
}

/** A keyword of the block around, where an entry is expected: its brace is missing. */
function reportMisplaced({ path, rows, own, words, title, findings }: Line): boolean {
  const [word] = words
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  if (word === undefined || own === undefined || own.args[0]?.kind === 'word' || parent === '') return false
  const first = rows.get(word.value)
  if (first?.leading || (own.unordered && first !== undefined)) return false
  if (findKeyword(parent, word.value) === undefined) return false
  const hint = `${word.value} is a keyword of ${parent.split('/').at(-1)}: is a brace missing above?`
  const message = `${title}: ${word.value} is no entry of it`
  findings.error({ code: 'INVALID_ENTRY', at: wordPosition(word), keyword: title, message, hint })
  return true
}

/** Where there are no options at all, keepalived reads no further than the entry. */
function reportSurplus(line: Line, word: Word): void {
  const message = `${word.value} is not read: an entry of ${line.title} ends before it`
  line.findings.note({ code: 'SURPLUS', at: wordPosition(word), keyword: word.value, message })
  line.index = line.words.length
}

/** Goes on behind an option that nobody knows. */
function reportOption(line: Line, word: Word): void {
  const { rows, words, title, loss, findings } = line
  const near = nearest(word.value, [...rows.keys()])
  const another = parseIpAddress(word.value.split('/')[0] ?? '') !== null
  const hint = another ? 'every entry needs a line of its own' : near === null ? null : `did you mean ${near}?`
  const message = `${word.value} is no option of an entry of ${title}; ${loss ?? `it is left out of ${words[0]?.value}`}`
  findings.error({ code: 'UNKNOWN_OPTION', at: wordPosition(word), keyword: word.value, message, hint })
  // The value of a mistyped option is no option of its own.
  line.index += 1 + (near === null ? 0 : (rows.get(near)?.args.length ?? 0))
}

/** The last use of an option, as its first value. */
export function optionOf(entry: Entry, name: string): Value | undefined {
  const use = entry.uses.findLast(({ keyword }) => keyword.key === name)
  return use === undefined ? undefined : (use.values[0] ?? true)
}
