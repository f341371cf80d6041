/** What is wrong with a configuration, said so that an operator can put it right. */
import type { Position } from '../language/text.ts'

/** error: a statement was not used; warning: used, but not as written; note: worth knowing, and no fault of the file. */
export type Severity = 'error' | 'warning' | 'note'

export interface Diagnostic {
  severity: Severity
  code: string
  file: string
  line: number
  column: number
  keyword: string | null
  message: string
  hint: string | null
  /** The source line, secrets masked. */
  text: string
}

export interface Finding {
  code: string
  at: Position
  message: string
  keyword?: string
  hint?: string | null
}

export interface Findings {
  error(finding: Finding): void
  warning(finding: Finding): void
  note(finding: Finding): void
  /** In the order of the files, each one once. */
  list(): Diagnostic[]
}

export function collectFindings(): Findings {
  const found = new Map<string, Diagnostic>()
  // A long line can have many findings.
  const masked = new Map<string, string>()
  const add = (severity: Severity, { code, at, message, keyword, hint }: Finding): void => {
    // A multi-line definition used twice would repeat every finding in it.
    const key = [at.file, at.line, at.column, code, message].join('\n')
    const { file, line, column, source } = at
    const text = masked.get(source) ?? maskSecrets(source)
    masked.set(source, text)
    found.set(key, { severity, code, file, line, column, keyword: keyword ?? null, message, hint: hint ?? null, text })
  }
  return {
    error: (finding) => add('error', finding),
    warning: (finding) => add('warning', finding),
    note: (finding) => add('note', finding),
    list() {
      return inOrder([...found.values()])
    },
  }
}

/** By their places in the files, each file where it was first met. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))]
  return diagnostics.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}

/** Diagnostics travel in logs and events: what follows a word for a password, or defines one, does not. */
export function maskSecrets(source: string): string {
  const named = source.replace(/(\$\w*(?:pass|secret|key)\w*=).*/i, '$1****')
  const given = named.replace(/(?<![\w-])("?(?:auth_?pa\w*|passw\w*|key|secret|header)"?\s+)(?=\S)[^{}]*/gi, '$1****')
  return given.replace(/\/\/[^/@\s]+@/g, '//****@')
}

/** How diagnostics look where they are shown. */
export interface Look {
  /** The text in the colour of the severity. */
  paint(severity: Severity, text: string): string
  /** The widest that a source line may be, in terminal cells. */
  width: number
  /** Lines of a screen. */
  height: number
}

export const PLAIN: Look = { paint: (_severity, text) => text, width: 140, height: 40 }

/** What stands in front of a source line: room for its number. */
export const GUTTER = 10

/**
 * The diagnostic for people: place and message, the source line with a caret, and the hint behind that or, where it is
 * too long, below. A note, which asks for nothing, goes without the source line. Lines end without a line feed.
 */
export function drawDiagnostic(diagnostic: Diagnostic, { paint, width }: Look): string {
  const { severity, line, column, hint, text } = diagnostic
  const gutter = ' '.repeat(String(line).length)
  const head = headOf(diagnostic, paint)
  const below = hint === null ? [] : [` ${gutter} = ${hint}`]
  if (text.trim() === '' || severity === 'note') return [head, ...below].join('\n')
  const view = viewOf(text, column, width)
  const marked = ` ${gutter} | ${view.before}${paint(severity, view.mark)}`
  const fits = hint !== null && cellsOf([...view.before, ...view.mark, ...hint]) < width
  return [head, ` ${line} | ${view.text}`, ...(fits ? [`${marked} ${hint}`] : [marked, ...below])].join('\n')
}

/** The diagnostic in one line, with its hint if that fits as well. */
export function drawBriefly(diagnostic: Diagnostic, { paint, width }: Look): string {
  const { hint } = diagnostic
  const head = headOf(diagnostic, paint)
  const plain = headOf(diagnostic, PLAIN.paint)
  return hint !== null && plain.length + hint.length + 2 <= width + GUTTER ? `${head}; ${hint}` : head
}

function headOf({ severity, file, line, column, message }: Diagnostic, paint: Look['paint']): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`
  return `${place}: ${paint(severity, `${severity}:`)} ${message}`
}

/** The diagnostic for logs and events: without colour. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return drawDiagnostic(diagnostic, PLAIN)
}

/** What of the line is shown, so that the column is in it, and what goes on the line below. */
function viewOf(source: string, column: number, width: number): { text: string; before: string; mark: string } {
  const all = [...source]
  const from = cellsOf(all) <= width ? 0 : Math.max(0, Math.min(column - Math.ceil(width / 2), all.length - width + 1))
  const chars = from === 0 ? all : ['…', ...all.slice(from + 1)]
  let to = chars.length
  for (let used = 0, index = 0; index < chars.length && to === chars.length; index++) {
    used += cells(chars[index] ?? '')
    if (used > width) to = index - 1
  }
  const shown = chars.slice(0, to)
  const at = column - 1 - from
  const before = shown.slice(0, at).map((char) => (char === '\t' ? char : ' '.repeat(cells(char))))
  const word = /^(\$\{\w[^{}]*\}|[^\s{}])*/.exec(shown.slice(at).join(''))?.[0] ?? ''
  const mark = `^${'~'.repeat(Math.max(0, cellsOf([...word]) - 1))}`
  return { text: shown.join('') + (to < chars.length ? '…' : ''), before: before.join(''), mark }
}

function cellsOf(chars: readonly string[]): number {
  return chars.reduce((sum, char) => sum + cells(char), 0)
}

/** Terminal cells of a character: East Asian wide forms take two, a tab as many as it may. */
function cells(char: string): number {
  if (char === '\t') return 8
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]/.test(char)
    ? 2
    : 1
}

/**
 * The exit status of a configuration test, in keepalived's classes: 0 nothing to complain about (notes are none),
 * 2 a required parameter is missing, 4 cannot run, 5 would run in spite of complaints, 6 no file, an include that had to
 * succeed did not, or scripts without enable_script_security, whatever else is wrong.
 */
export function exitStatus(diagnostics: readonly Diagnostic[], config: object | null): 0 | 2 | 4 | 5 | 6 {
  const has = (code: string) => diagnostics.some((diagnostic) => diagnostic.code === code)
  if (has('MISSING_PARAMETER')) return 2
  if (has('NO_CONFIGURATION') || has('INCLUDE_FAILED') || has('SCRIPT_SECURITY')) return 6
  if (config === null) return 4
  return diagnostics.some(({ severity }) => severity !== 'note') ? 5 : 0
}
