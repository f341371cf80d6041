/**
 * From lines to statements and blocks. Braces are trusted while they balance; when one is missing or too many, the
 * keywords say where a block ought to have ended, so that one wrong brace is one finding and not fifty.
 */

import type { Findings } from '../findings/diagnostic.ts'
import { findKeyword, type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { reportEarly, reportExtra, reportNoOpening, reportTurned, reportUnclosed } from './braces.ts'
import type { TakeLine } from './lines.ts'
import { type Statement, WrittenStatement } from './statement.ts'
import { type PhysicalLine, positionAt, slice, type Text, trim } from './text.ts'
import { markIn, type Token, tokensOf } from './tokens.ts'

interface Frame {
  statement: Statement | null
  /** Path of the block; null inside a block nobody knows, and in all blocks inside that. */
  path: string | null
  kind: 'block' | 'values' | 'unknown'
  /** Statements that belong here; none in a block of values. */
  keywords: ReadonlyMap<string, Keyword>
  items: Statement[]
}

/** Which braces may be doubted. */
interface Repair {
  /** A block may end without its brace. */
  unclosed: boolean
  /** A closing brace may be none. */
  early: boolean
}

interface Closed {
  frame: Frame
  brace: Text
  /** How many statements the block around it had then. */
  from: number
}

interface Building {
  findings: Findings
  repair: Repair
  /** The open blocks, the root first. */
  stack: [root: Frame, ...Frame[]]
  /** What stands right before, without a brace yet. */
  previous: WrittenStatement | null
  /** The last block that was closed, as long as all that came behind it may belong in it. */
  closed: Closed | null
  /** Blocks that are not closed where they ought to be. */
  missing: number
  /** Closing braces that close nothing. */
  extra: number
  /** Closing braces that are read as none, or as opening ones. */
  mended: number
  /** The line of the last one that closes nothing. */
  extraOn: PhysicalLine | null
  /** What there is to say if this is how the file is read. */
  reports: (() => void)[]
}

const NO_KEYWORDS: ReadonlyMap<string, Keyword> = new Map()
/** No keyword, but an address, as most entries of blocks of values. */
const ENTRY = /^[\da-f]*[.:]|@/i
const TRUSTED: Repair = { unclosed: false, early: false }

/** Hands over the lines, the same whenever it is asked. */
export type LineSource = (take: TakeLine) => void

/** The statements of the root. Lines are asked for once more when their braces do not balance. */
export function buildTree(eachLine: LineSource, findings: Findings): Statement[] {
  const plain = build(eachLine, findings, TRUSTED)
  const chosen = plain.missing + plain.extra === 0 ? plain : repaired(eachLine, findings, plain)
  for (const report of chosen.reports) report()
  return chosen.stack[0].items
}

/** The reading with the repairs, unless it needs more of them than there are braces out of place. */
function repaired(eachLine: LineSource, findings: Findings, plain: Building): Building {
  const other = build(eachLine, findings, { unclosed: true, early: plain.extra > 0 })
  const worse = other.extra + other.mended > plain.extra || (other.mended > 0 && other.missing > plain.missing)
  return worse ? plain : other
}

function build(eachLine: LineSource, findings: Findings, repair: Repair): Building {
  const root: Frame = { statement: null, path: '', kind: 'block', keywords: keywordsOf(''), items: [] }
  const building: Building = {
    findings,
    repair,
    stack: [root],
    previous: null,
    closed: null,
    missing: 0,
    extra: 0,
    mended: 0,
    extraOn: null,
    reports: [],
  }
  // One by one: all lines and tokens together would be half of what there is to keep in mind.
  eachLine((line) => takeLine(building, line))
  leaveOpen(building, building.stack.slice(1), null)
  return building
}

/** Most lines are a brace, or one statement with or without the brace that opens its block. */
function takeLine(building: Building, line: Text): void {
  const { chars } = line
  const mark = markIn(chars)
  if (mark === -1) addStatement(building, new WrittenStatement(line))
  else if (chars === '}') closeBlock(building, line)
  else if (mark > 0 && mark === chars.length - 1 && chars.endsWith('{')) {
    addStatement(building, new WrittenStatement(trim(line, 0, mark)))
    openBlock(building, slice(line, mark))
  } else for (const token of tokensOf(line, building.findings)) take(building, token)
}

function take(building: Building, { kind, text }: Token): void {
  if (kind === 'text') addStatement(building, new WrittenStatement(text))
  else if (kind === 'open') openBlock(building, text)
  else closeBlock(building, text)
}

function innermost({ stack }: Building): Frame {
  return stack.at(-1) ?? stack[0]
}

function addStatement(building: Building, statement: WrittenStatement): void {
  if (building.previous !== null && lacksOpening(innermost(building), building.previous, statement)) {
    const { previous, reports, findings } = building
    reports.push(() => reportNoOpening(previous, findings))
    enterBlock(building, previous)
  }
  if (building.repair.unclosed) leaveUnclosed(building, statement)
  if (building.repair.early) reopenEarly(building, statement)
  innermost(building).items.push(statement)
  building.previous = statement
}

function openBlock(building: Building, brace: Text): void {
  const frame = innermost(building)
  if (building.previous !== null) {
    building.previous.open(brace)
    enterBlock(building, building.previous)
    return
  }
  const at = positionAt(brace, 0)
  if (frame.path !== null && frame.path !== '' && frame.items.length === 0) {
    const hint = 'one brace opens a block'
    building.reports.push(() =>
      building.findings.error({ code: 'STRAY_BRACE', at, message: "a second '{' opens nothing; it is not used", hint }),
    )
    return
  }
  const report = () => building.findings.error({ code: 'STRAY_BRACE', at, message: "'{' follows no keyword" })
  if (frame.path !== null) building.reports.push(report)
  building.stack.push({ statement: null, path: null, kind: 'unknown', keywords: NO_KEYWORDS, items: [] })
}

function enterBlock(building: Building, statement: Statement): void {
  const { path, keywords } = innermost(building)
  const name = statement.name
  const keyword = keywords.get(name)
  const kind = keyword?.opens ?? 'unknown'
  const inner = path === null || kind === 'unknown' ? null : (keyword?.path ?? null)
  statement.block = []
  building.previous = null
  building.stack.push({
    statement,
    path: inner,
    kind,
    keywords: inner !== null && kind === 'block' ? keywordsOf(inner) : NO_KEYWORDS,
    items: statement.block,
  })
}

function closeBlock(building: Building, brace: Text): void {
  const { stack, findings, reports, previous } = building
  if (previous !== null && building.repair.early && isTurned(innermost(building), previous, brace)) {
    building.mended++
    reports.push(() => reportTurned(previous, brace, findings))
    enterBlock(building, previous)
    return
  }
  building.previous = null
  const frame = stack.length > 1 ? stack.pop() : undefined
  if (frame !== undefined) {
    leaveBlock(frame, building.repair)
    building.closed = { frame, brace, from: innermost(building).items.length }
    return
  }
  building.extra++
  // Whatever follows it on its line is out of place as well.
  if (building.extraOn === brace.line) return
  building.extraOn = brace.line
  const last = stack[0].items.at(-1)
  reports.push(() => reportExtra(brace, last, findings))
}

/** A closing brace right behind a keyword that an opening one belongs to. */
function isTurned({ keywords }: Frame, { name, text }: Statement, brace: Text): boolean {
  return text.line === brace.line && keywords.get(name)?.opens === 'block'
}

/** An array that grew has room for many more; most blocks hold a few statements. What may be opened again is not cut. */
function leaveBlock({ statement, items }: Frame, { early }: Repair): void {
  if (statement !== null) statement.block = early ? items : items.slice()
}

/** Leaves the blocks that cannot contain this statement, for the nearest one around them that can. */
function leaveUnclosed(building: Building, statement: Statement): void {
  const name = statement.name
  const here = innermost(building)
  if (here.path === '' || here.keywords.has(name)) return
  const home = homeOf(building.stack, name)
  if (home === -1) return
  // In a block nobody knows, any word may be at home: only what opens a block of the root is proof.
  if (here.kind === 'unknown' && (home !== 0 || findKeyword('', name)?.opens === null)) return
  leaveOpen(building, building.stack.splice(home + 1), statement)
}

/** Ends blocks without their braces, before a statement or the end of the file. */
function leaveOpen(building: Building, frames: readonly Frame[], before: Statement | null): void {
  building.missing += frames.length
  // What is inside a block nobody knows goes with it.
  const unknown = frames.findIndex(({ path }) => path === null)
  const known = unknown === -1 ? frames : frames.slice(0, unknown + 1)
  const open = known.map(({ statement }) => statement).filter((statement) => statement !== null)
  building.reports.push(() => reportUnclosed(open, before, building.findings))
}

/** Goes on with the block that was closed last, where only that can contain the statement. */
function reopenEarly(building: Building, statement: Statement): void {
  const { closed, stack, findings, reports } = building
  const here = innermost(building)
  const name = statement.name
  if (closed === null || here.kind !== 'block') return
  const { frame, brace, from } = closed
  const { statement: opened, kind, keywords } = frame
  const inside = kind === 'values' ? ENTRY.test(name) : keywords.has(name)
  if (homeOf(stack, name) !== -1) {
    if (!inside) building.closed = null
    return
  }
  if (opened === null || !inside) return
  building.mended++
  building.closed = null
  for (const item of here.items.splice(from)) frame.items.push(item)
  stack.push(frame)
  reports.push(() => reportEarly(opened, brace, statement, findings))
}

/** The innermost block that knows the name. Known blocks are few: none of them is inside an unknown one. */
function homeOf(stack: readonly Frame[], name: string): number {
  let home = -1
  for (const [depth, { path, keywords }] of stack.entries()) {
    if (path === null) break
    if (keywords.has(name)) home = depth
  }
  return home
}

/** A block keyword without its brace, while the next line belongs inside: the brace was forgotten. */
function lacksOpening({ path, keywords }: Frame, { name }: Statement, next: Statement): boolean {
  if (path === null || keywords.get(name)?.opens !== 'block') return false
  const inner = next.name
  const opened = keywords.get(name)
  return !keywords.has(inner) && opened !== undefined && findKeyword(opened.path, inner) !== undefined
}
