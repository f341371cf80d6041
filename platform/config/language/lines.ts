/**
 * From files to the lines that count: comments and blanks removed, conditional lines kept or dropped, definitions
 * substituted, repeated lines written out, includes read in place. Every line still knows where it was written.
 */
import { dirname } from 'node:path'
import type { Findings } from '../findings/diagnostic.ts'
import { withoutComment } from './comments.ts'
import { type Definitions, LONGEST_GROWTH, openDefinitions, type Surroundings } from './definitions.ts'
import { eachFileLine } from './file-lines.ts'
import type { ConfigFiles } from './files.ts'
import { type Generator, parseGenerator } from './generated.ts'
import { boundGrowth, type Growth } from './growth.ts'
import { applyIncludeCheck, LENIENT, parseInclude, resolveInclude, STRICT, type Strictness } from './include.ts'
import { type FileLine, positionAt, slice, type Text, trim, wholeLine } from './text.ts'

/** A definition that contains itself has no other end. */
const MOST_ROUNDS = 60
/** What finding out about it costs, as growth: a few such lines, and nothing more is substituted. */
const ENDLESS_COST = 1_000_000
const DEEPEST_INCLUDE = 16
/** Bytes of a line that keepalived reads; what is behind them it takes for a line of its own. */
const KEEPALIVED_LINE = 1022

export type TakeLine = (line: Text) => void

interface Reader {
  files: ConfigFiles
  findings: Findings
  surroundings: Surroundings
  definitions: Definitions
  growth: Growth
  take: TakeLine
  /** A multi-line definition being read; a null name throws its lines away. */
  pending: { name: string | null; body: Text[] } | null
}

/** The file being read. */
interface Scope {
  file: string
  strictness: Strictness
  within: readonly string[]
}

/** All lines of a configuration, as an array. */
export function readLines(files: ConfigFiles, path: string, surroundings: Surroundings, findings: Findings): Text[] {
  const lines: Text[] = []
  eachLine(files, path, surroundings, findings, (line) => lines.push(line))
  return lines
}

/**
 * Hands over each line of a configuration, in order. Troubles go to `findings`; NO_CONFIGURATION when the file itself
 * cannot be read.
 */
export function eachLine(
  files: ConfigFiles,
  path: string,
  surroundings: Surroundings,
  findings: Findings,
  take: TakeLine,
): void {
  const content = files.read(path)
  if (!content.ok) {
    const at = { file: path, line: 0, column: 0, source: '' }
    findings.error({ code: 'NO_CONFIGURATION', at, message: `cannot read the configuration: ${content.reason}` })
    return
  }
  const reader = {
    files,
    findings,
    surroundings,
    definitions: openDefinitions(surroundings),
    growth: boundGrowth(findings),
    take,
    pending: null,
  }
  const strictness = surroundings.strictIncludes ? STRICT : LENIENT
  readFile(reader, { file: path, strictness, within: [path] }, content.text)
}

function readFile(reader: Reader, scope: Scope, content: string): void {
  eachFileLine(scope.file, content, (line, isMarked) => readLine(reader, scope, line, isMarked))
  closeDefinition(reader)
}

function readLine(reader: Reader, scope: Scope, line: FileLine, isMarked: boolean): void {
  if (line.length > KEEPALIVED_LINE / 4) noteLength(wholeLine(line), reader.findings)
  const ordinary = isMarked || reader.pending !== null ? null : line.trimmed()
  if (ordinary === null && !isMarked && reader.pending === null) return
  if (ordinary === null || asksForMore(ordinary)) readExtraordinary(reader, scope, wholeLine(line))
  else reader.take(ordinary)
}

function asksForMore({ chars }: Text): boolean {
  return chars.startsWith('include') || chars.startsWith('random_seed')
}

function readExtraordinary(reader: Reader, scope: Scope, line: Text): void {
  if (line.chars.includes('\0')) {
    reader.findings.error({ code: 'NUL', at: positionAt(line, 0), message: 'the line contains a NUL byte' })
  } else if (reader.pending === null) takeLine(reader, scope, line, 0)
  else continueDefinition(reader, line)
}

function noteLength(line: Text, findings: Findings): void {
  const bytes = Buffer.byteLength(line.chars)
  if (bytes <= KEEPALIVED_LINE) return
  const message = `the line has ${bytes} bytes; keepalived would cut it after ${KEEPALIVED_LINE}`
  findings.note({ code: 'LONG_LINE', at: positionAt(line, 0), message })
}

/** One line, or what a definition made of it. Rounds count substitutions. */
function takeLine(reader: Reader, scope: Scope, written: Text, round: number): void {
  const line = trim(withoutComment(written, reader.findings))
  if (round > MOST_ROUNDS || line.chars.length > line.line.source.length + LONGEST_GROWTH) reportEndless(line, reader)
  else if (line.chars.startsWith('@')) takeConditional(reader, scope, line, written, round)
  else takeUnconditional(reader, scope, line, written, round)
}

function takeUnconditional(reader: Reader, scope: Scope, line: Text, written: Text, round: number): void {
  if (line.chars === '' || startDefinition(reader, line, written)) return
  if (line.chars.startsWith('~')) takeGenerated(reader, scope, line, round)
  else if (line.chars.includes('$')) takeReferring(reader, scope, line, round)
  else takePlain(reader, scope, line)
}

/** A line that may refer to definitions. */
function takeReferring(reader: Reader, scope: Scope, line: Text, round: number): void {
  const parts = reader.definitions.expand(line, dirname(scope.file))
  if (parts === null) {
    takePlain(reader, scope, reportUndefined(reader, line))
    return
  }
  const length = parts.reduce((sum, { chars }) => sum + chars.length, 0)
  if (!reader.growth.allow(line, parts.length - 1, length - line.chars.length)) return
  for (const part of parts) takeLine(reader, scope, part, round + 1)
}

function reportEndless(line: Text, { findings, growth }: Reader): void {
  const message = 'a definition on this line contains itself'
  findings.error({ code: 'DEFINITION_LOOP', at: positionAt(line, 0), message })
  growth.allow(line, 0, ENDLESS_COST)
}

function takePlain(reader: Reader, scope: Scope, line: Text): void {
  if (!line.chars.startsWith('include')) {
    const [, seed] = /^random_seed\s+(\d+)$/.exec(line.chars) ?? []
    if (seed !== undefined) reader.definitions.seed(Number(seed))
    reader.take(line)
    return
  }
  const include = parseInclude(line.chars, scope.strictness)
  if (include !== null) {
    takeInclude(reader, scope, line, include)
    return
  }
  const check = /^include_check(?![^\s])(.*)$/.exec(line.chars)
  const words = check === null ? null : (check[1] ?? '').split(/\s+/).filter(Boolean)
  if (words !== null) scope.strictness = applyIncludeCheck(words, scope.strictness)
  reader.take(line)
}

/** `@ID text` holds where ID is the configuration's id, `@^ID text` where it is not; a second marker is no marker. */
function takeConditional(reader: Reader, scope: Scope, line: Text, written: Text, round: number): void {
  const match = /^@(\^?)(\S*)[ \t]*/.exec(line.chars)
  const [all = '', negated = '', id = ''] = match ?? []
  const kept = id !== '' && (id === reader.surroundings.configId) === (negated === '')
  const rest = slice(line, all.length)
  if (kept) takeUnconditional(reader, scope, rest, written, round)
  else if (/^\$\w+=/.test(rest.chars) && continues(rest, written)) reader.pending = { name: null, body: [] }
}

function startDefinition(reader: Reader, line: Text, written: Text): boolean {
  const match = /^\$(\w+)=/.exec(line.chars)
  const [head, name = ''] = match ?? []
  if (head === undefined) return false
  const value = trim(slice(line, head.length))
  if (value.chars === `\${${name}}` || value.chars === `$${name}`) {
    const at = positionAt(line, 0)
    reader.findings.error({ code: 'DEFINITION_LOOP', at, message: `$${name} is defined as itself`, keyword: name })
    return true
  }
  if (!continues(value, written)) {
    reader.definitions.define(name, [value])
    return true
  }
  const first = withoutContinuation(value)
  reader.pending = { name, body: first.chars === '' ? [] : [first] }
  return true
}

/** The backslash may also stand behind a comment: who wrote it there wanted the definition to go on. */
function continues(text: Text, written: Text): boolean {
  return text.chars.endsWith('\\') || written.chars.trimEnd().endsWith('\\')
}

function withoutContinuation(text: Text): Text {
  return text.chars.endsWith('\\') ? trim(slice(text, 0, text.chars.length - 1)) : text
}

function continueDefinition(reader: Reader, written: Text): void {
  const { pending } = reader
  const line = trim(withoutComment(written, reader.findings))
  const body = withoutContinuation(line)
  if (pending !== null && body.chars !== '') pending.body.push(body)
  // A line of nothing but a comment does not end the definition; a blank one does.
  const commentOnly = line.chars === '' && written.chars.trim() !== ''
  if (!commentOnly && !continues(line, written)) closeDefinition(reader)
}

function closeDefinition(reader: Reader): void {
  const { pending } = reader
  reader.pending = null
  if (pending === null || pending.name === null) return
  // One line stays one line, however it was written.
  reader.definitions.define(pending.name, pending.body)
}

function takeGenerated(reader: Reader, scope: Scope, line: Text, round: number): void {
  const { definitions, growth, findings } = reader
  if (!growth.allow(line, 1, 0)) return
  const generated = parseGenerator(line.chars, (argument) => expandFully(reader, scope, line, argument))
  const taken = generated.ok ? generated.generator.names.find((name) => definitions.has(name)) : undefined
  if (generated.ok && taken === undefined) {
    repeatLine(reader, scope, line, generated.generator, round)
    return
  }
  const message = generated.ok ? `${taken} is defined already: its values need a name of their own` : generated.reason
  findings.error({ code: 'GENERATOR', at: positionAt(line, 0), message })
}

function repeatLine(
  reader: Reader,
  scope: Scope,
  line: Text,
  { names, rows, textFrom }: Generator,
  round: number,
): void {
  const template = trim(slice(line, textFrom))
  if (!reader.growth.allow(line, rows.length, rows.length * template.chars.length)) return
  for (const row of rows) {
    for (const [index, name] of names.entries()) {
      reader.definitions.define(name, [wholeLine({ ...placeOf(line), source: row[index] ?? '' })])
    }
    takeLine(reader, scope, template, round + 1)
  }
  for (const name of names) reader.definitions.remove(name)
}

function placeOf({ line: { file, number } }: Text): { file: string; number: number } {
  return { file, number }
}

/** The arguments of a generator, whose definitions are wanted at once. */
function expandFully(reader: Reader, scope: Scope, line: Text, argument: string): string {
  let text = wholeLine({ ...placeOf(line), source: argument })
  for (let round = 0; round < MOST_ROUNDS && text.chars.length <= LONGEST_GROWTH; round++) {
    const [part, ...more] = reader.definitions.expand(text, dirname(scope.file)) ?? []
    if (part === undefined || more.length > 0) break
    if (!reader.growth.allow(line, 0, part.chars.length - text.chars.length)) break
    text = part
  }
  return text.chars
}

function takeInclude(reader: Reader, scope: Scope, line: Text, include: Parameters<typeof resolveInclude>[0]): void {
  const { findings } = reader
  const at = positionAt(line, line.chars.indexOf(include.pattern, 7))
  const { files, troubles } = resolveInclude(include, dirname(scope.file), reader.files)
  for (const { message, fatal } of troubles) {
    if (fatal) findings.error({ code: 'INCLUDE_FAILED', at, message, keyword: 'include' })
    else findings.note({ code: 'INCLUDE_SKIPPED', at, message, keyword: 'include' })
  }
  for (const { path, text } of files) {
    if (scope.within.includes(path) || scope.within.length > DEEPEST_INCLUDE) {
      findings.error({ code: 'INCLUDE_LOOP', at, message: `${path} would include itself`, keyword: 'include' })
    } else {
      readFile(reader, { file: path, strictness: scope.strictness, within: [...scope.within, path] }, text)
    }
  }
}

/** `${NAME}` that nothing defines would otherwise be torn apart into braces. */
function reportUndefined(reader: Reader, line: Text): Text {
  const match = /\$\{(\w+)[^{}]*\}/.exec(line.chars.replace(/"[^"]*"/g, (quoted) => ' '.repeat(quoted.length)))
  if (match === null) return line
  reader.findings.error({
    code: 'UNDEFINED',
    at: positionAt(line, match.index),
    keyword: match[1] ?? '',
    message: `${match[0]} is not defined`,
    hint: `define it above its use: $${match[1]}=value`,
  })
  return { ...line, damaged: true }
}
