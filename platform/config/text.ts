/** Configuration text that remembers where each of its characters was written. */

export interface PhysicalLine {
  file: string
  /** Counted from 1. */
  number: number
  source: string
}

export interface Text {
  chars: string
  line: PhysicalLine
  /** Index in line.source of each character; a number when they follow one another from there. */
  origin: number | readonly number[]
  /** Something on this line has been reported already: what follows from it stays unsaid. */
  damaged: boolean
}

export interface Position {
  file: string
  line: number
  /** In characters, counted from 1. */
  column: number
  source: string
}

export function wholeLine(line: PhysicalLine): Text {
  return { chars: line.source, line, origin: 0, damaged: false }
}

/** Where the character at this index was written. */
export function positionAt(text: Text, index: number): Position {
  const { origin, line } = text
  const at = typeof origin === 'number' ? origin + index : (origin[index] ?? origin.at(-1) ?? 0)
  return { file: line.file, line: line.number, column: [...line.source.slice(0, at)].length + 1, source: line.source }
}

export function slice(text: Text, from: number, to = text.chars.length): Text {
  const { origin } = text
  return {
    ...text,
    chars: text.chars.slice(from, to),
    origin: typeof origin === 'number' ? origin + from : origin.slice(from, to),
  }
}

/** Without blanks at either end. */
export function trim(text: Text): Text {
  const from = text.chars.length - text.chars.trimStart().length
  return slice(text, from, Math.max(from, text.chars.trimEnd().length))
}

/** Characters from..to replaced; the new ones count as written where the old ones began. */
export function splice(text: Text, from: number, to: number, replacement: string): Text {
  const { origin, chars } = text
  const origins = typeof origin === 'number' ? Array.from(chars, (_, index) => origin + index) : origin
  const filled = new Array<number>(replacement.length).fill(origins[from] ?? origins.at(-1) ?? 0)
  return {
    ...text,
    chars: chars.slice(0, from) + replacement + chars.slice(to),
    origin: [...origins.slice(0, from), ...filled, ...origins.slice(to)],
  }
}

/** A word of a statement. */
export interface Word {
  value: string
  quoted: boolean
  text: Text
  index: number
}

export function wordPosition(word: Word): Position {
  return positionAt(word.text, word.index)
}
