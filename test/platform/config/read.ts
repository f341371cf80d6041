/** What the lexer makes of a text, for tests of the grammar. */
import { collectFindings, type Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { readLines } from '#platform/config/language/lines.ts'
import { wholeLine } from '#platform/config/language/text.ts'
import { tokensOf, wordsOf } from '#platform/config/language/tokens.ts'
import { memoryFiles, OPTIONS, PATH, parse } from './parse.ts'

export function linesOf(text: string, others: Record<string, string | 'directory'> = {}, configId = OPTIONS.configId) {
  const findings = collectFindings()
  const lines = readLines(memoryFiles({ ...others, [PATH]: text }), PATH, { ...OPTIONS, configId }, findings)
  return { lines, texts: lines.map(({ chars }) => chars), findings: findings.list() }
}

export function wordsIn(line: string): string[] {
  return wordsOf(wholeLine({ file: PATH, number: 1, source: line })).map(({ value }) => value)
}

/** The lines that braces make of one. */
export function piecesOf(line: string): string[] {
  const text = wholeLine({ file: PATH, number: 1, source: line })
  return tokensOf(text, collectFindings()).map((token) => token.text.chars)
}

export function codes({ diagnostics }: { diagnostics: readonly Diagnostic[] }): string[] {
  return diagnostics.map(({ code }) => code)
}

/** `line:column keyword` of the diagnostics with this code; with the code in between, of all. */
export function placed(diagnostics: readonly Diagnostic[], wanted?: string): string[] {
  return diagnostics
    .filter(({ code }) => wanted === undefined || code === wanted)
    .map(({ line, column, code, keyword }) => `${line}:${column} ${wanted === undefined ? `${code} ` : ''}${keyword}`)
}

/** The smtp_helo_name that comes out: a word that is kept as it is written. */
export function helo(text: string, others: Record<string, string> = {}): string | null {
  return parse(text, others).config?.mail.heloName ?? null
}
