/** All findings of a configuration, so that they fit a screen and nothing is lost. */
import { stripVTControlCharacters } from 'node:util'
import { type Diagnostic, drawBriefly, drawDiagnostic, GUTTER, type Look, PLAIN, type Severity } from './diagnostic.ts'
import { joinForeign, joinRepeated } from './joined.ts'
import { drawPending, isPending } from './pending.ts'

/** Findings that are drawn with their source lines, whatever the screen. */
const FEWEST_FULL = 3
/** Findings that are said; the rest is counted. */
const MOST = 100
/** What stands below the findings: the summary, and the prompt. */
const BELOW = 3

export type Summary = Record<Severity, number>

/**
 * The findings in the order of the file, each one that comes again with all its lines, and what is not in force yet
 * below them; empty when there is none. What does not fit the screen with its source lines is said in one line each.
 */
export function reportText(diagnostics: readonly Diagnostic[], look: Look = PLAIN): string {
  const said = joinRepeated(joinForeign(diagnostics.filter((each) => !isPending(each))))
  const pending = diagnostics.filter(isPending)
  const gap = said.length > 0 && pending.length > 0 ? [''] : []
  const room = look.height - BELOW
  const below = [...gap, ...drawPending(pending, look)]
  const wrong = said.some(({ severity }) => severity !== 'note')
  const crowded = wrong && rowsOf([...drawAll(said, 0, look), ...below], look) > room
  const placed = crowded ? [...gap, ...drawPending(pending, look, true)] : below
  const above = drawAll(said, room - rowsOf(placed, look), look)
  return [...above, ...placed].map((text) => `${text}\n`).join('')
}

/** Every finding with its source line, where it stands. */
export function fullReportText(diagnostics: readonly Diagnostic[], look: Look = PLAIN): string {
  return joinRepeated(diagnostics)
    .map((each) => `${drawDiagnostic(each, look)}\n`)
    .join('')
}

/** As many as there is room for with their source lines, those behind in one line each. */
function drawAll(said: readonly Diagnostic[], room: number, look: Look): string[] {
  const shown = said.slice(0, MOST)
  const full = shown.map((each) => drawDiagnostic(each, look))
  const brief = shown.map((each) => drawBriefly(each, look))
  let left = room - rowsOf(brief, look)
  let count = 0
  for (const [index, text] of full.entries()) {
    left -= rowsOf([text], look) - rowsOf(brief.slice(index, index + 1), look)
    if (left < 0 && index >= FEWEST_FULL) break
    count++
  }
  const more = said.length - shown.length
  const rest = more === 0 ? [] : [`and ${more} more; all of them: failoverctl config check --verbose`]
  return [...full.slice(0, count), ...brief.slice(count), ...rest]
}

/** Rows of the screen that the texts take. */
function rowsOf(texts: readonly string[], { width }: Look): number {
  const lines = texts.flatMap((text) => stripVTControlCharacters(text).split('\n'))
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / (width + GUTTER))), 0)
}

/** The findings as they are to those who ask for no less: warnings as errors. */
export function asErrors(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((each) => (each.severity === 'warning' ? { ...each, severity: 'error' } : each))
}

export function summaryOf(diagnostics: readonly Diagnostic[]): Summary {
  const summary: Summary = { error: 0, warning: 0, note: 0 }
  for (const { severity } of diagnostics) summary[severity]++
  return summary
}

/** `2 errors, 1 note`, or `no findings`. */
export function summaryText(summary: Summary): string {
  const parts = (['error', 'warning', 'note'] as const)
    .filter((severity) => summary[severity] > 0)
    .map((severity) => `${summary[severity]} ${severity}${summary[severity] === 1 ? '' : 's'}`)
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}
