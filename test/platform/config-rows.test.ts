import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { formSchema } from '#platform/config/forms/form-schema.ts'
import { hasPlainEntries, isListed, isPlain, type JsonObject, jsonForm } from '#platform/config/forms/json-form.ts'
import {
  type Argument,
  findKeyword,
  type Keyword,
  keywordPaths,
  keywordsOf,
} from '#platform/config/keywords/keywords.ts'
import { isNumeric, rangeText } from '#platform/config/statements/values.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'
import { argumentsSample, openBlocks, outsideOf } from './config/row-sample.ts'

/**
 * What is said of the row itself is another test's, and the minimal configuration lacks what other blocks would say.
 */
const BESIDE =
  /^(NOT_IN_FORCE|DEPRECATED|INCOMPLETE|UNKNOWN_NAME|NO_REAL_SERVER|FAMILY|GOTO|KEY|GRANULARITY|MULTICAST|UMASK)$/

/** Lines of their own kind, which leave no statement: their tests are those of the lines. */
const LINES = /^include[rmwba]?$/

const SCHEMA = formSchema()

interface Row {
  path: string
  keyword: Keyword
}

const ROWS: Row[] = keywordPaths().flatMap((path) =>
  [...keywordsOf(path).values()]
    .filter((keyword) => !LINES.test(keyword.name) && !isBare(keyword))
    .map((keyword) => ({ path, keyword })),
)

/** Of an entry that is nothing but its options. */
function isBare({ name, args, options }: Keyword): boolean {
  return name === '(entry)' && args.length + options.length === 0
}

/** What is said of the line of a statement in its blocks, and what of it shows in the JSON form. */
function parseRow({ path, keyword }: Row, behind: string): { said: Diagnostic[]; form: JsonObject } {
  const openers = openBlocks(path)
  const outer = openers.filter((opener) => opener.endsWith('{'))
  const home = path.split('/').slice(0, outer.length).join('/')
  const line = [keyword.name === '(entry)' ? '' : keyword.name, behind].join(' ').trim()
  const opened = [...openers.slice(outer.length), keyword.opens === null ? line : `${line} {\n}`].join(' ')
  const text = [...outer, withEntry(home, keyword, opened), ...outer.map(() => '}')].join('\n')
  const { root, diagnostics } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  const at = outer.length + 1
  const said = diagnostics.filter(({ line: place, code }) => place === at && !BESIDE.test(code))
  return { said, form: jsonForm(root, { secrets: true }) }
}

/** Options of entries stand behind an entry. */
function withEntry(path: string, keyword: Keyword, line: string): string {
  const own = findKeyword(path, '(entry)')
  if (own === undefined || own.key === keyword.key || keyword.leading) return line
  return `${own.args.map((argument) => argumentsSample({ ...own, args: [argument], options: [] }).text).join(' ')} ${line}`
}

/** The object of the innermost block. */
function innermost(form: JsonObject, path: string): unknown {
  let inner: unknown = form
  for (const name of path === '' ? [] : path.split('/')) {
    const value: unknown =
      inner !== null && typeof inner === 'object' ? Reflect.get(inner, canonical(path, name)) : null
    inner = Array.isArray(value) ? value[0] : value
  }
  const entries: unknown = inner !== null && typeof inner === 'object' ? Reflect.get(inner, 'entries') : null
  return Array.isArray(entries) ? entries[0] : inner
}

/** Blocks have no second names but deprecated ones, under which they stay. */
function canonical(path: string, name: string): string {
  const names = path.split('/')
  return findKeyword(names.slice(0, names.indexOf(name)).join('/'), name)?.key ?? name
}

function shown({ path, keyword }: Row, form: JsonObject): unknown {
  const block = innermost(form, path)
  if (keyword.key === '(entry)') return block
  const value: unknown = block !== null && typeof block === 'object' ? Reflect.get(block, keyword.key) : undefined
  const listed = keyword.repeat === 'each' || (keyword.opens !== null && isListed(keyword))
  return listed && Array.isArray(value) ? value[0] : value
}

function expected({ path, keyword }: Row): unknown {
  const { named, only } = argumentsSample(keyword)
  if (keyword.key === '(entry)' && hasPlainEntries(path)) return Array.isArray(only) ? only[0] : only
  if (keyword.opens === 'values') return Object.keys(named).length === 0 ? [] : { ...named, entries: [] }
  if (keyword.opens === 'block') return named
  if (keyword.args.length + keyword.options.length === 0) return keyword.parts ? {} : true
  return isPlain(keyword) ? only : named
}

/** A sample is a word like any other: what an address option makes of it is tested with the addresses. */
function isReadersWord({ path }: Row, code: string): boolean {
  return path === 'static_ipaddress' && code === 'INVALID'
}

test('every row is accepted in its block, and shows in the JSON form', (context) => {
  const wrong: string[] = []
  for (const row of ROWS) {
    const { said, form } = parseRow(row, argumentsSample(row.keyword).text)
    const name = `${row.path} ${row.keyword.name}`
    const errors = said.filter(({ severity, code }) => severity === 'error' && !isReadersWord(row, code))
    wrong.push(...errors.map(({ message }) => `${name}: ${message}`))
    const value = shown(row, form)
    // Blocks show what stands in them by default besides their own arguments.
    if (row.keyword.opens === 'block' ? !contains(value, expected(row)) : !same(value, expected(row)))
      wrong.push(`${name}: ${JSON.stringify(value)} and not ${JSON.stringify(expected(row))}`)
    const parsed = SCHEMA.safeParse(form)
    if (!parsed.success) wrong.push(`${name}: ${parsed.error.issues.map(({ path, message }) => `${path}: ${message}`)}`)
  }
  assert.deepEqual(wrong, [])
  context.diagnostic(`rows of the keyword table used and found again: ${ROWS.length}`)
})

function same(value: unknown, wanted: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(wanted)
}

function contains(value: unknown, wanted: unknown): boolean {
  if (value === null || typeof value !== 'object' || wanted === null || typeof wanted !== 'object') return false
  return Object.entries(wanted).every(([name, part]) => same(Reflect.get(value, name), part))
}

test('a value just outside its range is refused with the range in the message', (context) => {
  let tried = 0
  const wrong: string[] = []
  for (const row of ROWS) {
    for (const { argument, name } of numbersOf(row.keyword)) {
      for (const by of outsideOf(argument)) {
        tried++
        const { said } = parseRow(row, argumentsSample(row.keyword, { of: argument, by }).text)
        const message = said.find(({ code }) => code === 'OUT_OF_RANGE')?.message ?? ''
        if (!message.includes(rangeText(argument)))
          wrong.push(`${row.path} ${row.keyword.name} ${name} ${by}: ${said.map((each) => each.message)}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
  context.diagnostic(`values outside of ranges refused: ${tried}`)
})

function numbersOf({ args, options }: Keyword): { argument: Argument; name: string }[] {
  const all = [...args, ...options.map(({ argument }) => argument)]
  return all.flatMap((argument) =>
    argument !== null && isNumeric(argument.kind) && argument.kind !== 'ranges'
      ? [{ argument, name: argument.name }]
      : [],
  )
}

test('every row says what it does', () => {
  const silent = ROWS.filter(({ keyword }) => keyword.meaning === '').map(
    ({ path, keyword }) => `${path} ${keyword.name}`,
  )
  assert.deepEqual(silent, [])
})

test('arguments that become an object in the JSON form have names', () => {
  const nameless = ROWS.filter(({ path, keyword }) => {
    const isObject = keyword.opens !== null || (keyword.name === '(entry)' ? !hasPlainEntries(path) : !isPlain(keyword))
    return isObject && keyword.args.some(({ name }) => name === '')
  })
  assert.deepEqual(
    nameless.map(({ path, keyword }) => `${path} ${keyword.name}`),
    [],
  )
})
