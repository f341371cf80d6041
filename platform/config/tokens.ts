/**
 * From lines to tokens. A brace outside double quotes ends the line it stands on: what is before it and what is behind
 * are lines of their own. There is no other punctuation, and no terminator: a statement is the rest of its line.
 */
import type { Findings } from './diagnostic.ts'
import { positionAt, slice, type Text, trim, type Word } from './text.ts'

export type Token = { kind: 'text'; text: Text } | { kind: 'open' | 'close'; text: Text }

/** Takes a line apart at its braces. */
export function tokensOf(line: Text, findings: Findings): Token[] {
  const tokens: Token[] = []
  let from = 0
  const take = (to: number): void => {
    const text = trim(slice(line, from, to))
    if (text.chars !== '') tokens.push({ kind: 'text', text })
  }
  let quotedFrom = -1
  for (let index = 0; index < line.chars.length; index++) {
    const char = line.chars[index]
    if (char === '"') quotedFrom = quotedFrom === -1 ? index : -1
    if (quotedFrom !== -1) continue
    if (char === '$' && line.chars[index + 1] === '{') index = skipReference(line.chars, index)
    else if (char === '{' || char === '}') {
      take(index)
      tokens.push({ kind: char === '{' ? 'open' : 'close', text: slice(line, index, index + 1) })
      from = index + 1
    }
  }
  if (quotedFrom === -1) {
    take(line.chars.length)
    return tokens
  }
  const hint = 'a double quote opened here has to be closed on the same line'
  findings.error({ code: 'UNTERMINATED_QUOTE', at: positionAt(line, quotedFrom), message: 'unterminated quote', hint })
  const rest = trim(slice(line, from))
  return [...tokens, { kind: 'text', text: { ...rest, damaged: true } }]
}

/** An undefined `${NAME}` is a word, not a block. */
function skipReference(chars: string, at: number): number {
  const end = /^\$\{\w[^{}]*\}/.exec(chars.slice(at))?.[0].length
  return end === undefined ? at : at + end - 1
}

/** The words of a statement: blanks part them, double quotes group, and a quote ends the word before it. */
export function wordsOf(text: Text): Word[] {
  const words: Word[] = []
  for (const match of text.chars.matchAll(/"([^"]*)(?:"|$)|[^\s"]+/g)) {
    const quoted = match[1] !== undefined
    words.push({ value: match[1] ?? match[0], quoted, text, index: match.index + (quoted ? 1 : 0) })
  }
  return words
}

/** The words behind a script keyword: both kinds of quotes group, and pieces without a blank between them join. */
export function scriptWordsOf(text: Text, from: number): Word[] {
  const words: Word[] = []
  const piece = /"((?:\\.|[^"\\])*)"?|'([^']*)'?|((?:\\.|[^\s"'\\])+|\\$)/y
  const { chars } = text
  for (let index = from; index < chars.length; ) {
    if (/\s/.test(chars[index] ?? '')) {
      index++
      continue
    }
    const word = { value: '', quoted: false, text, index }
    piece.lastIndex = index
    for (let match = piece.exec(chars); match !== null; match = piece.exec(chars)) {
      word.value += match[1] ?? match[2] ?? match[3] ?? ''
      word.quoted ||= match[3] === undefined
      index = piece.lastIndex
    }
    words.push(word)
  }
  return words
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** A command line taken apart as a script keyword does: quotes group, and backslash escapes are resolved. */
export function commandArguments(command: string): string[] {
  const args: string[] = []
  let current: string | null = null
  let quote = ''
  for (const [piece] of command.matchAll(/\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|c.|.)|./gs)) {
    if (piece === quote) quote = ''
    else if (quote === '' && (piece === '"' || piece === "'")) {
      quote = piece
      current ??= ''
    } else if (quote === '' && /^\s$/.test(piece)) {
      if (current !== null) args.push(current)
      current = null
    } else {
      // Single quotes keep everything as it is written.
      const text: string = piece.length > 1 && quote !== "'" ? unescaped(piece.slice(1)) : piece
      current = (current ?? '') + text
    }
  }
  return current === null ? args : [...args, current]
}

function unescaped(code: string): string {
  const known = ESCAPES[code]
  if (known !== undefined) return known
  if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
  if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff)
  if (/^c./.test(code)) return String.fromCharCode(code.charCodeAt(1) & 0x1f)
  return code
}
