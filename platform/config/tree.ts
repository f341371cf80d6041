/**
 * From tokens to statements and blocks. Braces are trusted while they balance; when one is missing, the keywords say
 * which block ought to have ended, so that one lost brace is one finding and not fifty.
 */
import type { Findings } from './diagnostic.ts'
import { childPath, findKeyword } from './keywords.ts'
import { type Position, positionAt, type Text, type Word, wordPosition } from './text.ts'
import { type Token, wordsOf } from './tokens.ts'

export interface Statement {
  keyword: Word
  args: Word[]
  text: Text
  /** What stands in its braces; null without braces. */
  block: Statement[] | null
  /** Where its opening brace is. */
  openedAt: Position | null
}

interface Frame {
  statement: Statement | null
  /** Path of the block; null inside a block nobody knows. */
  path: string | null
  kind: 'block' | 'values' | 'unknown'
  items: Statement[]
}

interface Shape {
  statements: Statement[]
  /** Blocks still open at the end. */
  missing: number
  /** Closing braces that close nothing. */
  extra: number
  reports: (() => void)[]
}

/** The statements of the root. */
export function buildTree(tokens: readonly Token[], findings: Findings): Statement[] {
  const plain = build(tokens, findings, false)
  const repaired = plain.missing > 0 ? build(tokens, findings, true) : plain
  const chosen = repaired.extra > plain.extra ? plain : repaired
  for (const report of chosen.reports) report()
  return chosen.statements
}

function build(tokens: readonly Token[], findings: Findings, repair: boolean): Shape {
  const root: Frame = { statement: null, path: '', kind: 'block', items: [] }
  const shape: Shape = { statements: root.items, missing: 0, extra: 0, reports: [] }
  const stack = [root]
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'close') {
      closeFrame(stack, shape, token.text, findings)
    } else if (token.kind === 'open') {
      openFrame(stack, shape, token.text, findings)
    } else {
      const statement = toStatement(token.text)
      if (statement === null) continue
      if (repair) leaveUnclosed(stack, statement, shape, findings)
      const frame = stack.at(-1) ?? root
      frame.items.push(statement)
      if (lacksOpening(frame, statement, tokens[index + 1])) {
        shape.reports.push(() => reportNoOpening(statement, findings))
        pushFrame(stack, frame, statement)
      }
    }
  }
  shape.missing += stack.length - 1
  for (const frame of stack.slice(1)) shape.reports.push(() => reportUnclosed(frame, null, findings))
  return shape
}

function toStatement(text: Text): Statement | null {
  const [keyword, ...args] = wordsOf(text)
  return keyword === undefined ? null : { keyword, args, text, block: null, openedAt: null }
}

function openFrame(stack: Frame[], shape: Shape, brace: Text, findings: Findings): void {
  const frame = stack.at(-1)
  const statement = frame?.items.at(-1)
  const at = positionAt(brace, 0)
  if (frame === undefined) return
  if (statement === undefined || statement.block !== null) {
    shape.reports.push(() => findings.error({ code: 'STRAY_BRACE', at, message: "'{' follows no keyword" }))
    stack.push({ statement: null, path: null, kind: 'unknown', items: [] })
    return
  }
  statement.openedAt = at
  pushFrame(stack, frame, statement)
}

function pushFrame(stack: Frame[], parent: Frame, statement: Statement): void {
  const name = statement.keyword.value
  const opens = parent.path === null || parent.kind === 'values' ? null : findKeyword(parent.path, name)?.opens
  statement.block = []
  stack.push({
    statement,
    path: opens && parent.path !== null ? childPath(parent.path, name) : null,
    kind: opens ?? 'unknown',
    items: statement.block,
  })
}

function closeFrame(stack: Frame[], shape: Shape, brace: Text, findings: Findings): void {
  if (stack.length > 1) {
    stack.pop()
    return
  }
  shape.extra++
  const at = positionAt(brace, 0)
  const last = stack[0]?.items.at(-1)
  const opened = last?.openedAt
  const hint = opened ? `${title(last)}, opened on line ${opened.line}, was already closed` : null
  shape.reports.push(() => findings.error({ code: 'EXTRA_BRACE', at, message: "'}' closes no block", hint }))
}

/** Leaves the blocks that cannot contain this statement, for the nearest one around them that can. */
function leaveUnclosed(stack: Frame[], statement: Statement, shape: Shape, findings: Findings): void {
  const name = statement.keyword.value
  const here = stack.at(-1)
  if (here === undefined || here.path === '' || (here.kind === 'block' && knows(here, name))) return
  const home = stack.findLastIndex((frame) => frame.kind === 'block' && knows(frame, name))
  if (home === -1) return
  // In a block nobody knows, any word may be at home: only what opens a block of the root is proof.
  if (here.kind === 'unknown' && (home !== 0 || findKeyword('', name)?.opens === null)) return
  for (const frame of stack.splice(home + 1)) {
    shape.missing++
    shape.reports.push(() => reportUnclosed(frame, statement, findings))
  }
}

function knows(frame: Frame, name: string): boolean {
  return frame.path !== null && findKeyword(frame.path, name) !== undefined
}

/** A block keyword without its brace, while the next line belongs inside: the brace was forgotten. */
function lacksOpening(frame: Frame, statement: Statement, next: Token | undefined): boolean {
  if (frame.path === null || frame.kind !== 'block' || next?.kind !== 'text') return false
  const name = statement.keyword.value
  if (findKeyword(frame.path, name)?.opens !== 'block') return false
  const inner = wordsOf(next.text)[0]?.value ?? ''
  return findKeyword(childPath(frame.path, name), inner) !== undefined && !knows(frame, inner)
}

function reportNoOpening(statement: Statement, findings: Findings): void {
  const keyword = statement.keyword.value
  findings.error({
    code: 'MISSING_BRACE',
    at: wordPosition(statement.keyword),
    keyword,
    message: `${title(statement)} has no '{'`,
    hint: 'what follows is read as its block',
  })
}

function reportUnclosed(frame: Frame, before: Statement | null, findings: Findings): void {
  if (frame.statement === null) return
  const at = frame.statement.openedAt ?? wordPosition(frame.statement.keyword)
  const next = before === null ? null : wordPosition(before.keyword)
  const place =
    before === null || next === null ? 'the end of the file' : `${before.keyword.value} on line ${next.line}`
  findings.error({
    code: 'MISSING_BRACE',
    at,
    keyword: frame.statement.keyword.value,
    message: `${title(frame.statement)}, opened on line ${at.line}, is never closed: '}' is missing before ${place}`,
  })
}

/** A block as an operator would call it. */
function title(statement: Statement | undefined): string {
  if (statement === undefined) return 'the block'
  return [statement.keyword.value, ...statement.args.slice(0, 2).map(({ value }) => value)].join(' ')
}
