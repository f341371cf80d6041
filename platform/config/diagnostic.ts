/** What is wrong with a configuration, said so that an operator can put it right. */
import type { Position } from './text.ts'

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
  const add = (severity: Severity, { code, at, message, keyword, hint }: Finding): void => {
    // A multi-line definition used twice would repeat every finding in it.
    const key = [at.file, at.line, at.column, code, message].join('\n')
    const { file, line, column, source } = at
    const text = maskSecrets(source)
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
  return named.replace(/(?<![\w-])("?(?:auth_?pa\w*|passw\w*|key)"?\s+)(?=\S)[^{}]*/gi, '$1****')
}

/**
 * The diagnostic for people: place and message, the source line with a caret, and the hint. Lines end without a
 * line feed.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, file, line, column, message, hint, text } = diagnostic
  const head = line === 0 ? `${file}: ${severity}: ${message}` : `${file}:${line}:${column}: ${severity}: ${message}`
  const gutter = ' '.repeat(String(line).length)
  const lines = [head]
  if (text.trim() !== '') {
    lines.push(` ${line} | ${text}`, ` ${gutter} | ${caret(text, column)}`)
  }
  if (hint !== null) lines.push(` ${gutter} = ${hint}`)
  return lines.join('\n')
}

function caret(text: string, column: number): string {
  const chars = [...text]
  const before = chars.slice(0, column - 1).map((char) => (char === '\t' ? char : ' '.repeat(cells(char))))
  const word = /^[^\s{}]*/.exec(chars.slice(column - 1).join(''))?.[0] ?? ''
  const width = [...word].reduce((sum, char) => sum + cells(char), 0)
  return `${before.join('')}^${'~'.repeat(Math.max(0, width - 1))}`
}

/** Terminal cells of a character: East Asian wide forms take two. */
function cells(char: string): number {
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
