/**
 * Rows of the keyword table (rows/*.ts), each the whole description of a keyword:
 *
 *     [mark] name[, name...]  argument...  [option]...  [= default]  [> replacement]  [@canonical]  [property]...
 *         - What it does.
 *         : outcome
 *         | remedy
 *
 * Marks: `+` is in force; the rest is recognised, and has no effect yet. `!` then leaves something unprotected that the
 * operator counts on, `x` makes it unsafe to run its block at all, no mark means no harm. The outcome says what will not
 * happen. `name=value` is a single value of a keyword in force. Lines that are indented deeper belong to the row above.
 *
 * Arguments, `name=` in front where there are several: the kinds of ArgumentKind; int, num, named, ranges:MIN..MAX; sec,
 * msec likewise, decimal; size, duration: a number with a unit, `size:16M..1T`; hex:FEWEST..MOST digits; enum:A|B (`/i`
 * ignores case); word<=LONGEST; `flag` says that there is none. `?` optional, `*` any number, `+` one or more. Options
 * may follow in any order: `[id=int:0..255]` a word and its value, `[reverse]` a word, `[direction:reverse|noreverse]`
 * one of several words; those in front of the first argument stand there in the file, too. `block` and `values` open
 * braces: statements, or one entry a line. Defaults: see fallback.ts.
 *
 * Properties: `required`; `first`, `last` and `each` say which of several statements counts (scripts: the first, others:
 * the last); `secret`; `lenient`: without its argument it is left out, and the rest starts; `since:2.3`, the keepalived
 * version where it is young. In blocks of entries: `leading`, an option that may stand in place of the entry;
 * `unordered`, an entry whose words come in any order, and which one wrong word spoils; `parts`, an option with options
 * of its own, rows at its path, up to its next use.
 *
 * `@` stores under another name; `>` names what replaces a deprecated word, `-` nothing.
 */
import { bytesOf, secondsOf } from '../statements/quantity.ts'

const KINDS =
  'word|rest|ip4|ip6|ip|net4|net6|net|prefix|span|int|num|named|sec|msec|size|duration|enum|bool|mac|hex|hexmask|ranges|time|mark|realms|script'

/**
 * rest: all words that are left, as one text. net: an address with an optional prefix length. prefix: a net, or default,
 * any, all. span: a range of addresses, see address-span.ts. num: a number in any base of C. named: a num, or a name that
 * stands for one. size: bytes, K M G T behind. duration: seconds, s m h d w behind. hexmask: x for any digit. ranges: N or
 * N-M. time, mark, realms: as iproute2 writes them. bool: true when missing.
 */
export type ArgumentKind =
  | 'word'
  | 'rest'
  | 'ip'
  | 'ip4'
  | 'ip6'
  | 'net'
  | 'net4'
  | 'net6'
  | 'prefix'
  | 'span'
  | 'int'
  | 'num'
  | 'named'
  | 'sec'
  | 'msec'
  | 'size'
  | 'duration'
  | 'enum'
  | 'bool'
  | 'mac'
  | 'hex'
  | 'hexmask'
  | 'ranges'
  | 'time'
  | 'mark'
  | 'realms'
  | 'script'

export interface Argument {
  /** Its name in the JSON form; the empty text for an only argument. */
  name: string
  kind: ArgumentKind
  /** Limits of numbers, in the unit of the kind; of hexadecimal digits, how many there may be. */
  min: number
  max: number
  /** The most characters a word may have. */
  longest: number
  choices: readonly string[]
  ignoreCase: boolean
  optional: boolean
  many: boolean
}

/** What may follow the arguments in any order. */
export interface Option {
  /** Its name in the JSON form. */
  name: string
  /** The words that bring it: one, or the choices. */
  words: readonly string[]
  /** The value behind its word; null when the word is all. */
  argument: Argument | null
  /** It stands in front of the positional arguments. */
  inFront: boolean
}

/**
 * unprotected: the rest works, and something is not done that the operator counts on. unsafe: other nodes would not
 * understand this one, or it would act in the wrong place, so that what the keyword stands in must not run.
 */
export type Consequence = 'harmless' | 'unprotected' | 'unsafe'

export interface Keyword {
  name: string
  /** The name its value is stored under. */
  key: string
  /** With its block's in front: the path of the block that it opens. */
  path: string
  args: readonly Argument[]
  options: readonly Option[]
  opens: 'block' | 'values' | null
  /** What it does, in a sentence or two. */
  meaning: string
  inForce: boolean
  /** What comes of its having no effect; 'harmless' when in force. */
  consequence: Consequence
  /** Says so: what will not happen, or would. Empty where it is harmless. */
  outcome: string
  remedy: string | null
  /** The default, as fallback.ts reads it. */
  fallback: string | null
  /** What to write instead; the empty text when nothing is needed any more. */
  replacedBy: string | null
  required: boolean
  /** Which one counts when it is there more than once. */
  repeat: 'last' | 'first' | 'each'
  secret: boolean
  /** May stand in place of the entry of its line, where others only follow it. */
  leading: boolean
  /** Of an entry: it may stand anywhere among its options, and nothing of a line is used where one word is wrong. */
  unordered: boolean
  /** Options of its own follow, as the rows at its path say. */
  parts: boolean
  /** Without its argument it is left out, and everything else starts: keepalived is not that strict everywhere. */
  lenient: boolean
  /** The keepalived version that brought it; null when it is older than 2.2.8. */
  since: string | null
}

const CONSEQUENCES: Readonly<Record<string, Consequence>> = { '!': 'unprotected', x: 'unsafe' }
const TEXTS = { '-': 'meaning', ':': 'outcome', '|': 'remedy' } as const
const REPEATS = ['first', 'last', 'each'] as const
const PROPERTIES = /^(@.*|block|values|flag|required|first|last|each|secret|leading|unordered|parts|lenient|since:.*)$/

interface Row {
  declaration: string
  meaning: string
  outcome: string
  remedy: string
}

/** The keywords that the rows of a block declare, one for each name. Throws for a row that cannot be read: that is a mistake in the table. */
export function parseRows(rows: string, path: string): Keyword[] {
  return gatherRows(rows).flatMap((row) => toKeywords(row, path))
}

/** Rows with the lines that belong to them. */
function gatherRows(text: string): Row[] {
  const rows: Row[] = []
  let current: keyof Row = 'declaration'
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const row = rows.at(-1)
    if (row === undefined || !line.startsWith('    ')) {
      const [declaration = '', told = ''] = line.split(' : ')
      const [outcome = '', remedy = ''] = told.split(' | ')
      rows.push({ declaration, meaning: '', outcome, remedy })
      current = 'declaration'
      continue
    }
    const [, sign, words = ''] = /^ +(?:([-:|]) )?(.*)$/.exec(line) ?? []
    if (sign === '-' || sign === ':' || sign === '|') current = TEXTS[sign]
    row[current] = `${row[current]} ${words}`.trim()
  }
  return rows
}

function toKeywords({ declaration, meaning, outcome, remedy }: Row, path: string): Keyword[] {
  const mark = /^[+!x] /.test(declaration) ? declaration.slice(0, 1) : ''
  const words = declaration.slice(mark.length).trim().split(/\s+/)
  const names = takeNames(words)
  const replacedBy = after(words, '>')
  const fallback = after(words, '=')
  const valued = (sign: string) => words.find((word) => word.startsWith(sign))?.slice(sign.length) ?? null
  const canonical = valued('@')
  const rest = words.filter((word) => !PROPERTIES.test(word))
  const firstArgument = rest.findIndex((word) => !word.startsWith('['))
  const shared = {
    args: rest.filter((word) => !word.startsWith('[')).map((word) => parseArgument(word)),
    options: rest.flatMap((word, index) => (word.startsWith('[') ? parseOption(word, index < firstArgument) : [])),
    opens: words.includes('values') ? 'values' : words.includes('block') ? 'block' : null,
    meaning,
    inForce: mark === '+',
    consequence: CONSEQUENCES[mark] ?? 'harmless',
    outcome,
    remedy: remedy === '' ? null : remedy,
    fallback,
    replacedBy: replacedBy === '-' ? '' : replacedBy,
    required: words.includes('required'),
    repeat: REPEATS.find((repeat) => words.includes(repeat)) ?? (rest[0] === 'script' ? 'first' : 'last'),
    secret: words.includes('secret'),
    leading: words.includes('leading'),
    unordered: words.includes('unordered'),
    parts: words.includes('parts'),
    lenient: words.includes('lenient'),
    since: valued('since:'),
  } as const
  const inner = (name: string): string => (path === '' ? name : `${path}/${name}`)
  return names.map((name) => ({ name, key: canonical ?? name, path: inner(name), ...shared }))
}

/** Takes the names off the words: all but the last end in a comma. */
function takeNames(words: string[]): string[] {
  const names: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    names.push(word.replace(/,$/, ''))
    if (!word.endsWith(',')) break
  }
  return names
}

/** Takes `SIGN value` out of the words. */
function after(words: string[], sign: string): string | null {
  const at = words.indexOf(sign)
  return at === -1 ? null : (words.splice(at, 2)[1] ?? null)
}

const ARGUMENT = new RegExp(`^(?:([\\w-]+)=)?(${KINDS})(?:<=(\\d+)|:(.*?))?(/i)?([?*+])?$`)

function parseArgument(word: string): Argument {
  const match = ARGUMENT.exec(word)
  if (match === null) throw new Error(`keyword table: cannot read argument ${word}`)
  const [, name = '', kind = '', longest, detail = '', caseless, count] = match
  const [low = '', high = ''] = detail.split('..')
  return {
    name,
    kind: kind as ArgumentKind,
    min: kind === 'enum' || low === '' ? 0 : limit(kind, low),
    // Where no upper limit is documented it is that of an unsigned 32-bit number.
    max: kind === 'enum' || high === '' ? 4294967295 : limit(kind, high),
    longest: Number(longest ?? Number.POSITIVE_INFINITY),
    choices: kind === 'enum' ? detail.split('|') : [],
    ignoreCase: caseless !== undefined,
    optional: kind === 'bool' || count === '?' || count === '*',
    many: count === '*' || count === '+',
  }
}

function limit(kind: string, text: string): number {
  const number = kind === 'size' ? bytesOf(text) : kind === 'duration' ? secondsOf(text) : Number(text)
  return number ?? Number.NaN
}

function parseOption(word: string, inFront: boolean): Option {
  const [, name = '', sign = '', rest = ''] = /^\[([\w-]+)([=:]?)(.*)\]$/.exec(word) ?? []
  if (name === '' || (sign === '') !== (rest === '')) throw new Error(`keyword table: cannot read option ${word}`)
  if (sign === '=') return { name, words: [name], argument: parseArgument(rest), inFront }
  return { name, words: sign === ':' ? rest.split('|') : [name], argument: null, inFront }
}
