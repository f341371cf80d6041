/** Findings that are said together: the same mistake in many places is said once. */

import { MERGE_MARK } from '../keywords/suggestion.ts'
import type { Diagnostic } from './diagnostic.ts'
import { alsoOn } from './places.ts'

/** Lines one below the other that nobody knows, up to which each is said by itself. */
const FEW = 3

/** What stands in many places is said at the first of them; findings are the same if their keys are. */
export function joinRepeated(
  diagnostics: readonly Diagnostic[],
  keyOf: (diagnostic: Diagnostic) => readonly unknown[] = wordsOf,
): Diagnostic[] {
  const groups = Map.groupBy(diagnostics, (diagnostic) => JSON.stringify(keyOf(diagnostic)))
  return [...groups.values()].flatMap(([first, ...others]) => {
    return first === undefined ? [] : [withPlaces(first, others)]
  })
}

function wordsOf({ severity, code, message, hint }: Diagnostic): readonly unknown[] {
  return hint === MERGE_MARK ? [hint] : [severity, code, message, hint]
}

function withPlaces(first: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  const hints = [first.hint, alsoOn(first, others)].filter((hint) => hint !== null)
  return { ...first, hint: hints.length === 0 ? null : hints.join('; ') }
}

/** A whole run of lines that mean nothing here, and resemble nothing: another file's text, most likely. */
export function joinForeign(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const joined: Diagnostic[] = []
  for (let at = 0; at < diagnostics.length; ) {
    let end = at
    while (isForeign(diagnostics[end]) && diagnostics[end]?.file === diagnostics[at]?.file) end++
    const run = diagnostics.slice(at, Math.max(end, at + 1))
    const [first] = run
    if (first !== undefined && run.length > FEW) joined.push({ ...first, hint: extentOf(run) })
    else joined.push(...run)
    at += run.length
  }
  return joined
}

function extentOf(run: readonly Diagnostic[]): string {
  const lines = new Set(run.map(({ line }) => line)).size
  const more =
    lines === 1 ? `${run.length - 1} more on this line` : `${lines - 1} more lines up to line ${run.at(-1)?.line}`
  return `so are ${more}: are they part of it?`
}

function isForeign(diagnostic: Diagnostic | undefined): boolean {
  return diagnostic?.code === 'UNKNOWN_KEYWORD' && diagnostic.hint === null
}
