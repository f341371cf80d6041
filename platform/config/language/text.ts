/** Configuration text that remembers where each of its characters was written. */

export interface PhysicalLine {
  readonly file: string
  /** Counted from 1. */
  readonly number: number
  readonly source: string
}

export interface Text {
  chars: string
  line: PhysicalLine
  /** What part of a longer text this is: where it begins there. */
  offset: number
  /** How that longer text came about; null when it is line.source. */
  runs: readonly Run[] | null
  /** Something on this line has been reported already: what follows from it stays unsaid. */
  damaged: boolean
}

/** Characters from `from` to the next run: written one after another from `at` on, or put in there all at once. */
interface Run {
  from: number
  at: number
  substituted: boolean
}

export interface Position {
  file: string
  line: number
  /** In characters, counted from 1. */
  column: number
  source: string
}

export function wholeLine(line: PhysicalLine): Text {
  return { chars: line.source, line, offset: 0, runs: null, damaged: false }
}

/** A line of a file: what stands in it is taken out of the file when somebody asks. */
export class FileLine implements PhysicalLine {
  readonly file: string
  readonly number: number
  readonly #content: string
  readonly #from: number
  readonly #to: number

  /** The part of `content` from one index up to, not including, another. */
  constructor(file: string, number: number, content: string, from: number, to: number) {
    this.file = file
    this.number = number
    this.#content = content
    this.#from = from
    this.#to = to
  }

  get length(): number {
    return this.#to - this.#from
  }

  get source(): string {
    return this.#content.slice(this.#from, this.#to)
  }

  /** Some of its characters, counted from its beginning. */
  chars(from: number, to: number): string {
    return this.#content.slice(this.#from + from, this.#from + to)
  }

  /** All of it but blanks at either end; null when there is nothing else. */
  trimmed(): Text | null {
    let [first, end] = [this.#from, this.#to]
    while (first < end && isBlank(this.#content.charCodeAt(first))) first++
    while (end > first && isBlank(this.#content.charCodeAt(end - 1))) end--
    return first === end ? null : textOf(this, first - this.#from, end - this.#from)
  }
}

/** Part of a line of a file. */
export function textOf(line: FileLine, from: number, to: number): Text {
  return { chars: line.chars(from, to), line, offset: from, runs: null, damaged: false }
}

/** Where the character at this index was written. */
export function positionAt(text: Text, index: number): Position {
  const { file, number, source } = text.line
  return { file, line: number, column: columnAt(source, originOf(text, index)), source }
}

/** Characters beyond the Basic Multilingual Plane take two units, and one column. */
const WIDE = /[\ud800-\udbff]/

function columnAt(source: string, at: number): number {
  if (!WIDE.test(source)) return at + 1
  let column = 1
  for (let index = 0; index < at; index++) if ((source.charCodeAt(index) & 0xfc00) !== 0xdc00) column++
  return column
}

function originOf({ runs, offset }: Text, index: number): number {
  const at = offset + index
  const run = runs?.[runIndex(runs, at)]
  if (run === undefined) return at
  return run.substituted ? run.at : run.at + at - run.from
}

/** The last run that begins at or before this place. */
function runIndex(runs: readonly Run[], at: number): number {
  let low = 0
  let high = runs.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((runs[middle]?.from ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return low
}

export function slice(text: Text, from: number, to = text.chars.length): Text {
  const { chars, line, offset, runs, damaged } = text
  return { chars: chars.slice(from, to), line, offset: offset + from, runs, damaged }
}

/** What parts words: space, tab, line feed, vertical tab, form feed, carriage return, and nothing beyond ASCII. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

/** The part of a text without blanks at either end. */
export function trim(text: Text, from = 0, to = text.chars.length): Text {
  const { chars } = text
  let [first, end] = [from, to]
  while (first < end && isBlank(chars.charCodeAt(first))) first++
  while (end > first && isBlank(chars.charCodeAt(end - 1))) end--
  return first === 0 && end === chars.length ? text : slice(text, first, end)
}

export interface Substitution {
  from: number
  to: number
  value: string
}

/** The text with parts of it replaced, in their order; the new ones count as written where the old ones began. */
export function substitute(text: Text, substitutions: readonly Substitution[]): Text {
  const runs: Run[] = []
  let chars = ''
  let done = 0
  for (const { from, to, value } of substitutions) {
    keepRuns(runs, text, done, from, chars.length)
    chars += text.chars.slice(done, from)
    runs.push({ from: chars.length, at: originOf(text, from), substituted: true })
    chars += value
    done = to
  }
  keepRuns(runs, text, done, text.chars.length, chars.length)
  return { ...text, chars: chars + text.chars.slice(done), offset: 0, runs }
}

/** Takes over the runs of characters from..to, which now begin at `place`. */
function keepRuns(into: Run[], text: Text, from: number, to: number, place: number): void {
  if (from >= to) return
  const { offset, runs } = text
  const first = runs === null ? 0 : runIndex(runs, offset + from)
  into.push({ from: place, at: originOf(text, from), substituted: runs?.[first]?.substituted ?? false })
  for (let index = first + 1; runs !== null && index < runs.length; index++) {
    const run = runs[index]
    if (run === undefined || run.from >= offset + to) return
    into.push({ ...run, from: run.from - offset - from + place })
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
