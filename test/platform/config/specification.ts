/** The table that specifies the language, which lives outside this repository: what it says, read the way our table says it. */
import { existsSync, readFileSync } from 'node:fs'
import { type Argument, findKeyword, type Keyword } from '#platform/config/keywords/keywords.ts'

const TABLE = new URL('../../../../shared/spec/conf-keywords.tsv', import.meta.url)

/** Why tests that need the table do not run; false where it is. */
export const NO_SPECIFICATION = existsSync(TABLE) ? false : 'no ../shared/spec here'

export interface SpecifiedRow {
  /** Of the block; the root's is empty. */
  path: string
  names: readonly string[]
  /** `path name`, as messages and exceptions call the row. */
  title: string
  args: string
  fallback: string
  meaning: string
  /** What to write instead; empty where the keyword is not out of use. */
  replacedBy: string
}

export function readSpecification(): SpecifiedRow[] {
  const lines = readFileSync(TABLE, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [block = '', names = '', args = '', fallback = '', , meaning = '', replacedBy = ''] = line.split('\t')
    const path = block === 'root' ? '' : block
    return { path, names: names.split('|'), title: `${path} ${names}`.trim(), args, fallback, meaning, replacedBy }
  })
}

/** A limit that the specification states: of numbers, of digits, or of the letters of a word. */
export interface Limit {
  /** The option it belongs to; null when it is a positional argument. */
  option: string | null
  kind: 'number' | 'hex' | 'word'
  min: number
  max: number
}

const LIMITED = /(?:\[(\w+) )?\b(INT|SECONDS|DECIMAL|HEX|NAME|STRING)\(([^)]*)\)/g
const NO_LIMIT = 4294967295
const INT32 = { min: -2147483648, max: 2147483647 }

/** The limits in the arguments of a row, from left to right. */
export function limitsOf({ args }: SpecifiedRow): Limit[] {
  return [...args.matchAll(LIMITED)].map(([, option = null, type, detail = '']) => {
    if (type === 'HEX') return { option, kind: 'hex', min: Number(detail), max: Number(detail) }
    if (type === 'NAME' || type === 'STRING')
      return { option, kind: 'word', min: 0, max: Number(/\d+(?= chars)/.exec(detail)) }
    if (detail === 'int32') return { option, kind: 'number', ...INT32 }
    const [, low, high = ''] = /^(-?[\d.]+?)\.\.(-?[\d.]*)/.exec(detail) ?? []
    return { option, kind: 'number', min: Number(low), max: high === '' ? NO_LIMIT : Number(high) }
  })
}

const NUMERIC = /^(int|num|named|sec|msec|ranges)$/

/** What our table says where the specification states these limits, in the same order; undefined where it says nothing. */
export function ourLimits(path: string, keyword: Keyword, limits: readonly Limit[]): (Limit | undefined)[] {
  const taken = new Map<Limit['kind'], number>()
  return limits.map(({ option, kind }) => {
    if (option !== null) return limitOf(optionArgument(path, keyword, option), kind, option)
    const position = taken.get(kind) ?? 0
    taken.set(kind, position + 1)
    return limitOf(keyword.args.filter((argument) => kindOf(argument) === kind)[position], kind, null)
  })
}

/** An option stands in the row, or is a row of its own: beside it, or among those of its parts. */
function optionArgument(path: string, keyword: Keyword, name: string): Argument | undefined {
  const own = keyword.options.find(({ words }) => words.includes(name))
  if (own !== undefined) return own.argument ?? undefined
  const row = findKeyword(path, name) ?? findKeyword(`${path}/${keyword.name}`, name)
  return row?.args[0]
}

function kindOf({ kind, longest }: Argument): Limit['kind'] | null {
  if (kind === 'hex') return 'hex'
  if (NUMERIC.test(kind)) return 'number'
  return kind === 'word' && Number.isFinite(longest) ? 'word' : null
}

function limitOf(argument: Argument | undefined, kind: Limit['kind'], option: string | null): Limit | undefined {
  if (argument === undefined || kindOf(argument) !== kind) return undefined
  const { min, max, longest } = argument
  return kind === 'word' ? { option, kind, min: 0, max: longest } : { option, kind, min, max }
}

/** The values an enumeration may have; null when the arguments are none. */
export function choicesOf({ args }: SpecifiedRow): string[] | null {
  const [, text] = /^\[?([\w.-]+(?:\|[\w.-]+)+)\]?(?: \(any case\)| \[.*)?$/.exec(args) ?? []
  return text === undefined || /\b(INT|NAME)\b/.test(text) ? null : text.split('|')
}

/** The values of our enumeration, or of our few numbers; undefined where there is neither. */
export function ourChoices({ args }: Keyword): readonly string[] | undefined {
  const argument = args.find(({ kind }) => kind === 'enum') ?? args[0]
  if (argument?.kind !== 'int') return argument?.choices
  return Array.from({ length: argument.max - argument.min + 1 }, (_, index) => String(argument.min + index))
}

/** What a default comes to: a value or none, what another keyword says, or something that only words tell. */
export type Default = { type: 'value'; value: string | null } | { type: 'keyword'; name: string } | { type: 'words' }

const NOTHING = /^(-|none|required|unset|any|all|never|no limit|unlimited|kernel (choice|default|values)|off\b.*)$/
const FROM_AROUND = /^(real_server, then virtual_server|(virtual_server|real_server|checker's) (setting|\w+)$)/

/** The default of a row, in the terms of our table. */
export function defaultOf({ path, names, args, fallback }: SpecifiedRow): Default {
  if (args === '[BOOL]' && /^(off|false|on|true)$/.test(fallback))
    return { type: 'value', value: /^(off|false)$/.test(fallback) ? 'off' : 'on' }
  if (NOTHING.test(fallback)) return { type: 'value', value: null }
  if (/\bBLOCK\b|^FLAG/.test(args)) return { type: 'words' }
  if (FROM_AROUND.test(fallback)) return { type: 'keyword', name: names[0] ?? '' }
  const [, leading = ''] = /^(?:global )?(\w+)(?:,|$)/.exec(fallback) ?? []
  if (findKeyword(path, leading) ?? findKeyword('global_defs', leading)) return { type: 'keyword', name: leading }
  const [, value] = /^(\S+)(?: \(\w+\))?$/.exec(fallback) ?? []
  return value === undefined ? { type: 'words' } : { type: 'value', value }
}
