/**
 * A configuration as JSON: the blocks and keywords of the file under their own names, old spellings under the new ones,
 * includes, definitions and conditional lines resolved, defaults filled in. Its schema is form-schema.ts; both follow
 * from the keyword table.
 */

import { collectFindings } from '../findings/diagnostic.ts'
import { readFallback, standIn } from '../keywords/fallback.ts'
import { type Argument, findKeyword, type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { wholeLine } from '../language/text.ts'
import { wordsOf } from '../language/tokens.ts'
import { parseArguments } from '../statements/arguments.ts'
import { type Block, blocksOf, mergeBlocks, type Setting, settingsOf } from '../statements/block.ts'
import type { Entry } from '../statements/entries.ts'
import type { Value } from '../statements/values.ts'

export type Json = string | number | boolean | readonly Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json
}

export interface FormOptions {
  /** Whether passwords and keys are shown; `****` stands for them otherwise. */
  secrets: boolean
}

/** The keywords of a block under the names they have in the form, in the order of the table. */
export function formKeywords(path: string): Keyword[] {
  return [...keywordsOf(path).values()].filter(
    ({ name, key }) => name === key && !name.startsWith('(') && !INCLUDE.test(name),
  )
}

/** Read while the lines are, and gone from the result. */
const INCLUDE = /^include[rmwba]?$/

/** Whether a block may stand in its parent several times, each one for itself. */
export function isListed({ args, options, repeat }: Keyword): boolean {
  return repeat === 'each' || args.length + options.length > 0
}

/** Whether lines of the block at `path` are plain values rather than objects. */
export function hasPlainEntries(path: string): boolean {
  const rows = keywordsOf(path)
  const own = rows.get('(entry)')
  return rows.size === 0 || (rows.size === 1 && own !== undefined && isPlain(own))
}

/** Whether the value of a keyword is that of its only argument. */
export function isPlain({ args, options }: Keyword): boolean {
  return args.length === 1 && options.length === 0 && args[0]?.name === ''
}

/** A block and those around it, where defaults are looked for. */
interface Scope {
  block: Block
  around: Scope | null
  globals: Block
  show: FormOptions
}

/** The JSON form of a checked configuration. Statements with errors are missing in it, as they are in its effect. */
export function jsonForm(root: Block, show: FormOptions): JsonObject {
  const globals = mergeBlocks(blocksOf(root, 'global_defs'))
  return blockForm({ block: root, around: null, globals, show })
}

function blockForm(scope: Scope): JsonObject {
  const { block } = scope
  const form: JsonObject = {}
  for (const keyword of formKeywords(block.path)) {
    const value = keyword.opens === null ? settingForm(scope, keyword) : innerForm(scope, keyword)
    if (value !== undefined) form[keyword.key] = value
  }
  return form
}

/** The blocks of one name; undefined where there are none. */
function innerForm(scope: Scope, keyword: Keyword): Json | undefined {
  const found = blocksOf(scope.block, keyword.name)
  if (found.length === 0) return undefined
  if (keyword.opens === 'values' && !isListed(keyword)) return found.flatMap((block) => entriesForm(block, scope.show))
  if (!isListed(keyword)) return blockForm({ ...scope, block: mergeBlocks(found), around: scope })
  return found.map((block) => {
    const head = argumentsForm(keyword, block, scope.show)
    if (keyword.opens === 'values') return { ...head, entries: entriesForm(block, scope.show) }
    return { ...head, ...blockForm({ ...scope, block, around: scope }) }
  })
}

function entriesForm(block: Block, show: FormOptions): Json[] {
  const own = findKeyword(block.path, '(entry)')
  if (hasPlainEntries(block.path))
    return block.entries.flatMap(({ values }) => values.flatMap((value) => toJson(value)))
  return block.entries.map((entry) => ({ ...(own && argumentsForm(own, entry, show)), ...usesForm(entry, show) }))
}

function usesForm(entry: Pick<Entry, 'uses'>, show: FormOptions): JsonObject {
  const form: JsonObject = {}
  for (const use of entry.uses) {
    const { key, repeat } = use.keyword
    const own = valueForm(use.keyword, use, show)
    const value = use.keyword.parts && typeof own === 'object' ? { ...own, ...usesForm(use, show) } : own
    const before = form[key]
    form[key] = repeat === 'each' ? [...(Array.isArray(before) ? before : []), value] : value
  }
  return form
}

/** What a keyword without a block says here, by itself or by its default; undefined when it says nothing. */
function settingForm(scope: Scope, keyword: Keyword): Json | undefined {
  const settings = settingsOf(scope.block, keyword.key)
  const counting = keyword.repeat === 'first' ? settings[0] : settings.at(-1)
  if (counting === undefined) return defaultForm(scope, keyword)
  if (keyword.repeat === 'each') return settings.map((setting) => valueForm(keyword, setting, scope.show))
  return valueForm(keyword, counting, scope.show)
}

function defaultForm(scope: Scope, keyword: Keyword, fallback = keyword.fallback): Json | undefined {
  if (fallback === null || fallback === '') return undefined
  const { when, source, rest } = readFallback(scope.block.damaged.has(keyword.key) ? standIn(fallback) : fallback)
  if (when !== null) return defaultForm(scope, keyword, isWritten(scope.block, when) ? when.then : rest)
  if (source !== null) return inherited(scope, keyword, source) ?? defaultForm(scope, keyword, rest)
  const text = wholeLine({ file: '', number: 0, source: `${keyword.name} ${rest}` })
  const [word, ...args] = wordsOf(text)
  if (word === undefined) return undefined
  const findings = collectFindings()
  const taken = parseArguments(keyword, { keyword: word, text }, args, findings)
  return taken === null ? fallback : valueForm(keyword, taken, scope.show)
}

/** Whether a block has a statement of that name and value, whichever of several counts. */
function isWritten(block: Block, { name, value }: { name: string; value: string }): boolean {
  return settingsOf(block, name).some(({ values }) => String(values[0]) === value)
}

/** What this block says under another name, then what those around it say, nearest first, and global_defs at last. */
function inherited(own: Scope, { key }: Keyword, source: string): Json | undefined {
  const { around, globals, show } = own
  const name = source.replace(/^global_defs\./, '')
  if (name === source) {
    const sibling = name === key ? undefined : findKeyword(own.block.path, name)
    const said = sibling && settingForm(own, sibling)
    if (said !== undefined) return said
    for (let scope = around; scope !== null; scope = scope.around) {
      const keyword = findKeyword(scope.block.path, name)
      const value = keyword && settingForm(scope, keyword)
      if (value !== undefined) return value
    }
  }
  const keyword = findKeyword('global_defs', name)
  return keyword && settingForm({ block: globals, around: null, globals, show }, keyword)
}

type Said = Pick<Setting, 'values' | 'options'>

function valueForm(keyword: Keyword, said: Said, show: FormOptions): Json {
  const { args, options } = keyword
  if (args.length + options.length === 0 && !keyword.parts) return true
  if (!isPlain(keyword)) return argumentsForm(keyword, said, show)
  if (keyword.secret && !show.secrets) return MASK
  const [argument] = args
  // A value that may be left out, and is: the keyword alone says something.
  if (said.values.length === 0) return argument?.many ? [] : true
  return argument === undefined ? true : argumentForm(argument, said.values)
}

const MASK = '****'

/** Arguments and options by their names. */
function argumentsForm({ args, options, secret }: Keyword, said: Said, show: FormOptions): JsonObject {
  const form: JsonObject = {}
  for (const [index, argument] of args.entries()) {
    const values = argument.many ? said.values.slice(index) : said.values.slice(index, index + 1)
    if (values.every((value) => value === undefined)) continue
    // The number of a key is none of its secrets.
    const masked = secret && !show.secrets && argument.kind !== 'int'
    form[argument.name] = masked ? MASK : argumentForm(argument, values)
  }
  for (const { name } of options) {
    const value = said.options.get(name)
    if (value !== undefined) form[name] = secret && !show.secrets ? MASK : toJson(value)
  }
  return form
}

function argumentForm({ many }: Argument, values: readonly (Value | undefined)[]): Json {
  const [value] = values
  return many ? values.map(toJson) : toJson(value)
}

function toJson(value: Value | undefined): Json {
  if (typeof value !== 'object') return value ?? true
  const { argv, user, group } = value
  return { command: argv, ...(user !== null && { user }), ...(group !== null && { group }) }
}
