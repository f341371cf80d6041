/** All findings of a configuration, so that they fit a screen and nothing is lost. */
import { type Diagnostic, drawDiagnostic, type Look, PLAIN, type Severity } from './diagnostic.ts'
import { alsoOn } from './places.ts'

/** Lines one below the other that nobody knows, up to which each is said by itself. */
const FEW = 3

export type Summary = Record<Severity, number>

/** The findings in the order of the file, each one that comes again with all its lines; empty when there is none. */
export function reportText(diagnostics: readonly Diagnostic[], look: Look = PLAIN): string {
  const said = joinRepeated(joinForeign(diagnostics))
  return said.map((diagnostic) => `${drawDiagnostic(diagnostic, look)}\n`).join('')
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

/** What stands in many places is said at the first of them. */
function joinRepeated(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const groups = Map.groupBy(diagnostics, ({ severity, code, message, hint }) =>
    JSON.stringify([severity, code, message, hint]),
  )
  return [...groups.values()].flatMap(([first, ...others]) => {
    return first === undefined ? [] : [withPlaces(first, others)]
  })
}

function withPlaces(first: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  const hints = [first.hint, alsoOn(first, others)].filter((hint) => hint !== null)
  return { ...first, hint: hints.length === 0 ? null : hints.join('; ') }
}

/** A whole run of lines that mean nothing here, and resemble nothing: another file's text, most likely. */
function joinForeign(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const joined: Diagnostic[] = []
  for (let at = 0; at < diagnostics.length; ) {
    let end = at
    while (isForeign(diagnostics[end]) && diagnostics[end]?.file === diagnostics[at]?.file) end++
    const [first, last] = [diagnostics[at], diagnostics[end - 1]]
    if (first === undefined) break
    if (last === undefined || end - at <= FEW) joined.push(...diagnostics.slice(at, Math.max(end, at + 1)))
    else
      joined.push({ ...first, hint: `so are ${end - at - 1} more lines up to line ${last.line}: are they part of it?` })
    at = Math.max(end, at + 1)
  }
  return joined
}

function isForeign(diagnostic: Diagnostic | undefined): boolean {
  return diagnostic?.code === 'UNKNOWN_KEYWORD' && diagnostic.hint === null
}
