/**
 * From lines to tokens. A brace outside double quotes ends the line it stands on: what is before it and what is behind
 * are lines of their own. There is no other punctuation, and no terminator: a statement is the rest of its line.
 */
import type { Findings } from '../findings/diagnostic.ts'
import { isBlank, positionAt, slice, type Text, trim, type Word } from './text.ts'

export interface Token {
  kind: 'text' | 'open' | 'close'
  text: Text
}

const QUOTE = 34
const DOLLAR = 36
const OPEN = 123
const CLOSE = 125

/** Where a line may be more than one statement, or less than one. */
const MARK = /["${}]/

/** Where in a line something may part it; -1: it is one statement. */
export function markIn(chars: string): number {
  return chars.search(MARK)
}

/** Takes a line apart at its braces. */
export function tokensOf(line: Text, findings: Findings): Token[] {
  const { chars } = line
  const first = markIn(chars)
  if (first === -1) return [{ kind: 'text', text: trim(line) }]
  const tokens: Token[] = []
  let from = 0
  let quotedFrom = -1
  for (let index = first; index < chars.length; index++) {
    const code = chars.charCodeAt(index)
    if (code === QUOTE) quotedFrom = quotedFrom === -1 ? index : -1
    else if (quotedFrom !== -1) continue
    else if (code === DOLLAR) index = skipReference(chars, index)
    else if (code === OPEN || code === CLOSE) {
      addText(tokens, trim(line, from, index))
      tokens.push({ kind: code === OPEN ? 'open' : 'close', text: slice(line, index, index + 1) })
      from = index + 1
    }
  }
  const rest = trim(line, from)
  if (quotedFrom === -1) {
    addText(tokens, rest)
    return tokens
  }
  const hint = 'a double quote opened here has to be closed on the same line'
  findings.error({ code: 'UNTERMINATED_QUOTE', at: positionAt(line, quotedFrom), message: 'unterminated quote', hint })
  addText(tokens, { ...rest, damaged: true })
  return tokens
}

function addText(tokens: Token[], text: Text): void {
  if (text.chars !== '') tokens.push({ kind: 'text', text })
}

/** An undefined `${NAME}` is a word, not a block. */
function skipReference(chars: string, at: number): number {
  const reference = /\$\{\w[^{}]*\}/y
  reference.lastIndex = at
  return reference.test(chars) ? reference.lastIndex - 1 : at
}

/** The words of a statement: blanks part them, double quotes group, and a quote ends the word before it. */
export function wordsOf(text: Text): Word[] {
  return wordsFrom(text, 0)
}

/** Those behind one of them. */
export function wordsBehind(word: Word): Word[] {
  return wordsFrom(word.text, endOf(word))
}

function wordsFrom(text: Text, index: number): Word[] {
  const words: Word[] = []
  for (let word = wordFrom(text, index); word !== null; word = wordFrom(text, endOf(word))) words.push(word)
  return words
}

/** The first of them. A text that is not blank has one. */
export function firstWordOf(text: Text): Word {
  return wordFrom(text, 0) ?? { value: text.chars, quoted: false, text, index: 0 }
}

/** The next word at this index or behind it; null when there is none. */
function wordFrom(text: Text, at: number): Word | null {
  const { chars } = text
  let index = at
  while (index < chars.length && isBlank(chars.charCodeAt(index))) index++
  if (index >= chars.length) return null
  if (chars.charCodeAt(index) !== QUOTE)
    return { value: chars.slice(index, endOfWord(chars, index)), quoted: false, text, index }
  const close = chars.indexOf('"', index + 1)
  const value = chars.slice(index + 1, close === -1 ? chars.length : close)
  return { value, quoted: true, text, index: index + 1 }
}

/** Where the word and the quote that closes it end; with an open quote that is one behind the end of the text. */
function endOf({ value, quoted, index }: Word): number {
  return index + value.length + (quoted ? 1 : 0)
}

function endOfWord(chars: string, from: number): number {
  let end = from
  while (end < chars.length && chars.charCodeAt(end) !== QUOTE && !isBlank(chars.charCodeAt(end))) end++
  return end
}
/** The words behind a script keyword: both kinds of quotes group, and pieces without a blank between them join. */
export function scriptWordsOf(text: Text, from: number): Word[] {
  const words: Word[] = []
  const piece = /"((?:\\.|[^"\\])*)"?|'([^']*)'?|((?:\\.|[^ \t-\r"'\\])+|\\$)/sy
  const { chars } = text
  for (let index = from; index < chars.length; ) {
    if (isBlank(chars.charCodeAt(index))) {
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
    } else if (quote === '' && isBlank(piece.charCodeAt(0))) {
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
