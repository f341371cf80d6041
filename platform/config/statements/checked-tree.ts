/** Statements against the keyword tables: what is known, allowed and in force, and what has to be said about the rest. */

import type { Findings } from '../findings/diagnostic.ts'
import { findKeyword, findValue, type Keyword, keywordsOf } from '../keywords/keywords.ts'
import { describeBlock, suggestKeyword } from '../keywords/suggestion.ts'
import type { Statement } from '../language/statement.ts'
import { type Position, type Word, wordPosition } from '../language/text.ts'
import { wordsOf } from '../language/tokens.ts'
import { type Arguments, NO_ARGUMENTS, parseArguments } from './arguments.ts'
import { type Block, openBlock, settingsOf } from './block.ts'
import { asksForNothing, type Enforcement, leftOutText, watchEnforcement } from './enforcement.ts'
import { parseEntry } from './entries.ts'

/** Includes are gone by now: what is left of them stood where none is read. */
const INCLUDES: ReadonlySet<string> = new Set(['', 'r', 'm', 'w', 'b', 'a'].map((letter) => `include${letter}`))

/** The whole configuration as a block; unusable statements are left out and reported. */
export function checkTree(statements: readonly Statement[], findings: Findings): Block {
  const enforcement = watchEnforcement(findings)
  const root = openBlock('', null, NO_ARGUMENTS)
  checkBlock(root, statements, { findings, enforcement, unit: root, quiet: false })
  enforcement.report()
  return root
}

/** Blocks that can be left out alone; at the root it is everything, in global_defs every vrrp_instance. */
const UNITS: readonly string[] = ['global_defs', 'vrrp_instance', 'virtual_server', 'virtual_server/real_server']

interface Context {
  findings: Findings
  enforcement: Enforcement
  /** What is left out when something around here is unsafe to run. */
  unit: Block
  /** Inside a block that is not in force as a whole. */
  quiet: boolean
}

function checkBlock(block: Block, statements: readonly Statement[], context: Context): Block {
  const keywords = keywordsOf(block.path)
  for (const statement of statements) {
    const keyword = keywords.get(statement.name)
    if (keyword === undefined) reportUnknown(block.path, statement, context.findings)
    else checkStatement(block, keyword, statement, context)
  }
  return block
}

function checkStatement(block: Block, keyword: Keyword, statement: Statement, context: Context): void {
  const { findings } = context
  const { text } = statement
  const [word = statement.keyword, ...args] = wordsOf(text)
  const taken = statement.damaged ? null : parseArguments(keyword, { keyword: word, text }, args, findings)
  if (INCLUDES.has(keyword.name)) {
    reportInclude(statement, findings)
    return
  }
  if (!statement.damaged) reportUse(block, keyword, statement, args, context)
  if (keyword.opens !== null) {
    checkOpening(block, keyword, statement, taken, context)
    return
  }
  if (statement.block !== null) reportUnexpectedBlock(statement, findings)
  else reportSurplus(block.path, keyword, args, findings)
  store(block, keyword, statement, taken, findings)
}

function checkOpening(
  block: Block,
  keyword: Keyword,
  statement: Statement,
  taken: Arguments | null,
  context: Context,
): void {
  const { findings } = context
  if (statement.block === null) {
    const hint = `write ${keyword.name} ... { } around what belongs to it`
    const at = wordPosition(statement.keyword)
    findings.error({ code: 'MISSING_BLOCK', at, keyword: keyword.name, message: `${keyword.name} has no block`, hint })
    block.damaged = new Set(block.damaged).add(keyword.key)
    return
  }
  const child = openBlock(keyword.path, statement, taken ?? NO_ARGUMENTS)
  const unit = UNITS.includes(keyword.path) ? child : context.unit
  const inside = { findings, enforcement: context.enforcement, unit, quiet: context.quiet || !keyword.inForce }
  if (keyword.opens === 'block') checkBlock(child, statement.block, inside)
  else addEntries(child, statement.block, inside)
  if (taken === null) block.damaged = new Set(block.damaged).add(keyword.key)
  // What is pushed first makes room for sixteen more.
  else if (block.blocks.length === 0) block.blocks = [child]
  else block.blocks.push(child)
}

function addEntries(block: Block, statements: readonly Statement[], context: Context): void {
  for (const statement of statements) {
    if (statement.damaged) continue
    if (statement.block !== null) reportUnexpectedBlock(statement, context.findings)
    const entry = parseEntry(block.path, statement, context.findings)
    if (entry === null) {
      block.damaged = new Set(block.damaged).add('(entry)')
      continue
    }
    block.entries.push(entry)
    for (const { keyword, word } of entry.uses) reportDeprecated(keyword, word, context.findings)
    for (const { keyword, word } of context.quiet ? [] : entry.uses) {
      if (!keyword.inForce) tellNotInForce(keyword, wordPosition(word), context)
    }
  }
}

function store(
  block: Block,
  keyword: Keyword,
  statement: Statement,
  taken: Arguments | null,
  findings: Findings,
): void {
  const before = settingsOf(block, keyword.key)
  if (taken === null) {
    block.damaged = new Set(block.damaged).add(keyword.key)
    // The default stands now, as has been said: what was written before it does not.
    if (keyword.fallback !== null) block.settings[keyword.key] = []
  } else if (before.length > 0 && keyword.repeat === 'first') {
    const [first] = before
    const hint = first === undefined ? null : `the one on line ${wordPosition(first.statement.keyword).line} stands`
    const at = wordPosition(statement.keyword)
    findings.error({ code: 'REPEATED', at, keyword: keyword.name, message: `${keyword.name} is given twice`, hint })
  } else {
    const setting = { keyword, statement, values: taken.values, options: taken.options }
    if (before.length === 0) block.settings[keyword.key] = [setting]
    else block.settings[keyword.key]?.push(setting)
  }
}

function reportUnknown(path: string, statement: Statement, findings: Findings): void {
  // What follows from an undefined name or an open quote has been said.
  if (statement.damaged) return
  const { value } = statement.keyword
  if (INCLUDES.has(value)) {
    reportInclude(statement, findings)
    return
  }
  const where = path === '' ? 'unknown at the top level' : `unknown in ${describeBlock(path)}`
  const skipped = statement.block === null ? '' : '; its whole block is skipped'
  const at = wordPosition(statement.keyword)
  const hint = suggestKeyword(path, value, statement.args[0]?.value)
  const message = `${value}: ${where}${skipped}`
  findings.error({ code: 'UNKNOWN_KEYWORD', at, keyword: value, message, hint })
}

function reportInclude(statement: Statement, findings: Findings): void {
  if (statement.args.length === 0) return
  const at = wordPosition(statement.keyword)
  const keyword = statement.keyword.value
  findings.error({ code: 'INCLUDE_PLACE', at, keyword, message: `${keyword} is only read at the start of a line` })
}

function reportUse(
  block: Block,
  keyword: Keyword,
  statement: Statement,
  args: readonly Word[],
  context: Context,
): void {
  reportDeprecated(keyword, statement.keyword, context.findings)
  if (context.quiet) return
  const [first] = args
  if (!keyword.inForce) {
    if (!asksForNothing(keyword, statement, args)) tellNotInForce(keyword, wordPosition(statement.keyword), context)
  } else if (first !== undefined) {
    const row = findValue(block.path, keyword.key, first.value)
    if (row !== undefined) tellNotInForce(row, wordPosition(first), context)
  }
}

function reportDeprecated({ name, replacedBy, remedy }: Keyword, word: Word, findings: Findings): void {
  if (replacedBy === null) return
  const at = wordPosition(word)
  const hint = replacedBy === '' ? (remedy ?? `${name} can be left out`) : `write ${replacedBy} instead`
  findings.warning({ code: 'DEPRECATED', at, keyword: name, message: `${name} is out of use`, hint })
}

function tellNotInForce(keyword: Keyword, at: Position, { enforcement, unit }: Context): void {
  if (keyword.consequence === 'unsafe') {
    unit.refused = true
    enforcement.refuse(keyword, at, leftOutText(unit.path, unit.statement))
  } else enforcement.note(keyword, at)
}

function reportUnexpectedBlock(statement: Statement, findings: Findings): void {
  const keyword = statement.keyword.value
  const at = statement.openedAt ?? wordPosition(statement.keyword)
  const message = `${keyword} takes no block; what is inside is skipped`
  findings.error({ code: 'UNEXPECTED_BLOCK', at, keyword, message })
}

/** Words behind the last argument count for nothing; a keyword among them was surely meant to. */
function reportSurplus(path: string, keyword: Keyword, args: readonly Word[], findings: Findings): void {
  if (args.length <= keyword.args.length || keyword.options.length > 0) return
  if (keyword.args.some(({ many, kind }) => many || kind === 'script' || kind === 'rest')) return
  const word = args.slice(keyword.args.length).find(({ value }) => findKeyword(path, value) !== undefined)
  if (word === undefined) return
  const message = `${word.value} is not read: it stands on the line of ${keyword.name}`
  const hint = 'every statement needs a line of its own'
  findings.note({ code: 'SURPLUS', at: wordPosition(word), keyword: word.value, message, hint })
}
