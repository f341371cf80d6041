/** Lines that repeat themselves: `~SEQ(VAR, [START,] [STEP,] END) TEXT` and `~LST(VAR, a, b) TEXT`. */

export interface Generator {
  names: readonly string[]
  /** One row of values for each repetition. */
  rows: readonly (readonly string[])[]
  /** Where the text to repeat begins. */
  textFrom: number
}

export type Generated = { ok: true; generator: Generator } | { ok: false; reason: string }

/** Far above any real use; keeps a mistyped end from filling the memory. */
const MOST_ROWS = 100_000

/** Reads the generator at the start of a line; `expand` substitutes definitions in its arguments. */
export function parseGenerator(line: string, expand: (argument: string) => string): Generated {
  const open = /^~(SEQx|SEQ|LST)\(/.exec(line)
  const close = line.indexOf(')')
  if (open === null) return { ok: false, reason: 'a line starting with ~ must be ~SEQ(...), ~SEQx(...) or ~LST(...)' }
  if (close === -1) return { ok: false, reason: `${open[0]} has no closing parenthesis` }
  const args = splitArguments(expand(line.slice(open[0].length, close)))
  const rows = open[1] === 'LST' ? listRows(args) : sequenceRows(args, open[1] === 'SEQx' ? 16 : 10)
  if (typeof rows === 'string') return { ok: false, reason: rows }
  return { ok: true, generator: { names: namesOf(args[0] ?? ''), rows, textFrom: close + 1 } }
}

function splitArguments(text: string): string[] {
  return (text.match(/(?:\{[^{}]*\}|[^,{])+|(?<=,)(?=,|$)/g) ?? []).map((part) => part.trim())
}

function namesOf(argument: string): string[] {
  return tuple(argument).filter((name) => name !== '')
}

/** The members of `{a,b}`, or the one value. */
function tuple(argument: string): string[] {
  const inner = /^\{(.*)\}$/.exec(argument)?.[1]
  return inner === undefined ? [argument] : inner.split(',').map((part) => part.trim())
}

function sequenceRows(args: readonly string[], base: 10 | 16): string[][] | string {
  const numbers = args.slice(1).map(toInteger)
  if (numbers.length < 1 || numbers.length > 3) return '~SEQ takes a name and one to three numbers'
  if (numbers.some((number) => number === null)) return '~SEQ takes integers after the name'
  const values = numbers.map((number) => number ?? 0)
  const end = values.at(-1) ?? 1
  const start = values.length > 1 ? (values[0] ?? 1) : 1
  const step = values.length === 3 ? (values[1] ?? 1) : end < start ? -1 : 1
  if (step === 0 || (end - start) / step < 0) return `~SEQ never gets from ${start} to ${end} in steps of ${step}`
  const count = Math.floor((end - start) / step) + 1
  if (count > MOST_ROWS) return `~SEQ would make ${count} lines; at most ${MOST_ROWS} are allowed`
  return Array.from({ length: count }, (_, index) => [(start + index * step).toString(base)])
}

/** C notation: 0x10, 010, 10. */
function toInteger(text: string): number | null {
  const match = /^([+-]?)(0x[0-9a-f]+|\d+)$/i.exec(text)
  if (match === null) return null
  const digits = match[2] ?? ''
  const octal = /^0[0-7]+$/.test(digits)
  const size = octal ? Number.parseInt(digits, 8) : Number(digits)
  return match[1] === '-' ? -size : size
}

function listRows(args: readonly string[]): string[][] | string {
  const width = namesOf(args[0] ?? '').length
  if (width === 0) return '~LST needs a name before its values'
  const rows = args.slice(1).map(tuple)
  const wide = rows.find((row) => row.length > width)
  if (wide !== undefined) return `~LST has ${wide.length} values for ${width} name${width === 1 ? '' : 's'}`
  return rows.map((row) => Array.from({ length: width }, (_, index) => row[index] ?? ''))
}
