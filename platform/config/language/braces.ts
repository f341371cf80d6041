/** What is said of braces that are missing, too many, or turned around. */
import type { Findings } from '../findings/diagnostic.ts'
import type { Statement } from './statement.ts'
import { positionAt, type Text, wordPosition } from './text.ts'

export function reportNoOpening(statement: Statement, findings: Findings): void {
  findings.error({
    code: 'MISSING_BRACE',
    at: wordPosition(statement.keyword),
    keyword: statement.keyword.value,
    message: `${title(statement)} has no '{'`,
    hint: 'what follows is read as its block',
  })
}

/** Blocks, the outermost first, that have to end before the statement or, without one, the end of the file. */
export function reportUnclosed(open: readonly Statement[], before: Statement | null, findings: Findings): void {
  const [inner, ...around] = open.toReversed()
  if (inner === undefined) return
  const at = openingOf(inner)
  const next =
    before === null ? 'the end of the file' : `${before.keyword.value} on line ${wordPosition(before.keyword).line}`
  const others = around.map((statement) => `${title(statement)} (line ${openingOf(statement).line})`)
  findings.error({
    code: 'MISSING_BRACE',
    at,
    keyword: inner.keyword.value,
    message: `${title(inner)}, opened on line ${at.line}, is never closed: '}' is missing before ${next}`,
    hint: others.length === 0 ? null : `nor is what it is in: ${others.join(', ')}`,
  })
}

export function reportExtra(brace: Text, before: Statement | undefined, findings: Findings): void {
  const opened = before?.openedAt
  findings.error({
    code: 'EXTRA_BRACE',
    at: positionAt(brace, 0),
    message: "'}' closes no block",
    hint: before !== undefined && opened ? `${title(before)}, opened on line ${opened.line}, was already closed` : null,
  })
}

/** The brace closes a block in front of a statement that belongs to it. */
export function reportEarly(block: Statement, brace: Text, inside: Statement, findings: Findings): void {
  const { line } = wordPosition(inside.keyword)
  findings.error({
    code: 'EXTRA_BRACE',
    at: positionAt(brace, 0),
    message: `'}' closes ${title(block)} too early: ${inside.keyword.value} on line ${line} belongs in it`,
    hint: `one '}' too many, here or right above; what follows is read as part of ${title(block)}`,
  })
}

export function reportTurned(block: Statement, brace: Text, findings: Findings): void {
  findings.error({
    code: 'STRAY_BRACE',
    at: positionAt(brace, 0),
    keyword: block.keyword.value,
    message: `'}' where ${title(block)} begins`,
    hint: "write '{'; what follows is read as its block",
  })
}

function openingOf({ openedAt, keyword }: Statement) {
  return openedAt ?? wordPosition(keyword)
}

/** A block as an operator would call it. */
function title({ keyword, args }: Statement): string {
  return [keyword, ...args.slice(0, 2)].map(({ value }) => value).join(' ')
}
