/**
 * What each line of a file is before anything in it is expanded: the rules of lines.ts and tokens.ts, for the
 * formatter. The formatter compares what comes of its work, so that a difference between the two changes no file.
 */

export type Piece = { kind: 'text'; text: string } | { kind: 'open' } | { kind: 'close' }

export interface SourceLine {
  /**
   * A whole line stays one line, spaced as it is: what is written there only takes its shape where it is used. So do
   * definitions, and the lines that continue one (the blank one that ends it is among them).
   */
  kind: 'blank' | 'statement' | 'whole' | 'definition' | 'continuation'
  /** `@ID` in front of it; empty without. */
  condition: string
  /** What stands between condition and comment, without blanks at its ends; empty where there is nothing else. */
  code: string
  /** With its sign; empty without. */
  comment: string
  /** The code at its braces; a definition's without its name. */
  pieces: readonly Piece[]
}

/** The lines of a file; neither line ends nor a byte order mark are left. */
export function sourceLines(text: string): SourceLine[] {
  const lines: SourceLine[] = []
  let defining = false
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    const written = trimmed(raw)
    const line: SourceLine = defining ? continuation(written) : sourceLine(written)
    lines.push(line)
    if (!defining && line.kind !== 'definition') continue
    // A line of nothing but a comment does not end a definition; a blank one does.
    const commentOnly = line.code === '' && written !== ''
    defining = commentOnly || line.code.endsWith('\\') || written.endsWith('\\')
  }
  return lines
}

function continuation(written: string): SourceLine {
  const { code, comment } = apart(written)
  return { kind: 'continuation', condition: '', code, comment, pieces: piecesOf(code) }
}

function sourceLine(written: string): SourceLine {
  const { code: all, comment } = apart(written)
  const condition = /^@\S*/.exec(all)?.[0] ?? ''
  const code = trimmed(all.slice(condition.length))
  const line = { condition, code, comment }
  if (written === '') return { ...line, kind: 'blank', pieces: [] }
  // A repetition may define as well, and its definition may go on.
  const name = /^(?:~\w+\([^)]*\)[ \t]*|@\S*[ \t]+)*\$\w+=/.exec(code)?.[0]
  if (name !== undefined) return { ...line, kind: 'definition', pieces: piecesOf(code.slice(name.length)) }
  if (/^include/.test(code)) return { ...line, kind: 'whole', pieces: [] }
  const pieces = piecesOf(code)
  const whole = pieces.length === 0 || pieces.some((piece) => piece.kind === 'text' && LINE_WORD.test(piece.text))
  return { ...line, kind: whole ? 'whole' : 'statement', pieces }
}

/** What these do they do at the start of a line, or to the rest of it: there they have to stay. */
const LINE_WORD = /^(include|[@~$])|\$\{_(HASH|BANG)\}/

/** A comment starts at # or ! outside double quotes; a backslash before the sign goes with it. */
function apart(written: string): { code: string; comment: string } {
  const sign = [...written.matchAll(/"[^"]*(?:"|$)|[#!]/g)].find(([part]) => !part.startsWith('"'))
  if (sign === undefined) return { code: written, comment: '' }
  const at = written[sign.index - 1] === '\\' ? sign.index - 1 : sign.index
  return { code: trimmed(written.slice(0, at)), comment: written.slice(at) }
}

/** An undefined `${NAME}` is a word, and braces in double quotes are text. */
function piecesOf(code: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const takeText = (to: number) => {
    const text = trimmed(code.slice(from, to))
    if (text !== '') pieces.push({ kind: 'text', text })
  }
  for (const { 0: part, index } of code.matchAll(/"[^"]*(?:"|$)|\$\{\w[^{}]*\}|[{}]/g)) {
    if (part !== '{' && part !== '}') continue
    takeText(index)
    pieces.push({ kind: part === '{' ? 'open' : 'close' })
    from = index + 1
  }
  takeText(code.length)
  return pieces
}

/** Without blanks at its ends: those of the language, not those of Unicode. */
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && BLANKS.includes(text.charAt(from))) from++
  while (to > from && BLANKS.includes(text.charAt(to - 1))) to--
  return text.slice(from, to)
}

const BLANKS = ' \t\f\v\r'
