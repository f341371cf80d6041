/** What stands behind a keyword: positional arguments first, then options in any order. */
import type { Findings } from '../findings/diagnostic.ts'
import { fallbackText, standIn } from '../keywords/fallback.ts'
import type { Argument, Keyword, Option } from '../keywords/keyword-row.ts'
import { nearest } from '../keywords/suggestion.ts'
import type { Statement } from '../language/statement.ts'
import { positionAt, type Text, type Word, wordPosition } from '../language/text.ts'
import { commandArguments, scriptWordsOf } from '../language/tokens.ts'
import { allowedText, KIND_TEXTS, parseValue, type Refusal, type Remark, type Value } from './values.ts'

export interface Arguments {
  /** In the order of the keyword's arguments; shorter where the last ones are missing, undefined where one in between is. */
  values: readonly (Value | undefined)[]
  /** By the option's name: its value, the chosen word, or true. */
  options: ReadonlyMap<string, Value>
}

const NO_OPTIONS: ReadonlyMap<string, Value> = new Map()
export const NO_ARGUMENTS: Arguments = { values: [], options: NO_OPTIONS }

/** The words of one keyword, taken from the left. */
export interface Words {
  keyword: Keyword
  /** The keyword's own word; what stands in front of its arguments. */
  word: Word
  /** How messages call it. */
  title: string
  rest: readonly Word[]
  index: number
  /** Whether a word ends the positional arguments that may be missing. */
  endsValues(word: string): boolean
  /** What becomes of everything when one word is wrong; null when only that word is not used. */
  loss: string | null
  findings: Findings
}

/** What a statement has in `args`; null when an argument is missing or wrong, which has been reported then. */
export function parseArguments(
  keyword: Keyword,
  { keyword: word, text }: Pick<Statement, 'keyword' | 'text'>,
  args: readonly Word[],
  findings: Findings,
): Arguments | null {
  if (keyword.args.length === 0 && keyword.options.length === 0) return NO_ARGUMENTS
  const words = wordsBehind(keyword, word, args, findings)
  if (keyword.args[0]?.kind === 'script') return parseScript(words, text)
  const taken = takeArguments(words)
  if (taken !== null && keyword.options.length > 0) reportUnknownOptions(words)
  return taken
}

function wordsBehind(keyword: Keyword, word: Word, args: readonly Word[], findings: Findings): Words {
  const endsValues = keyword.options.length === 0 ? nothing : (value: string): boolean => isOption(keyword, value)
  const loss = keyword.opens === null ? null : `the ${keyword.name} is left out`
  return { keyword, word, title: keyword.name, rest: args, index: 0, endsValues, loss, findings }
}

function nothing(): boolean {
  return false
}

/** Takes what belongs to a keyword off the words behind it; null when something is wrong with it, which was reported. */
export function takeArguments(words: Words): Arguments | null {
  const { options } = words.keyword
  if (options.length === 0) {
    const values = takeValues(words)
    return values && { values, options: NO_OPTIONS }
  }
  const first = takeOptions(words, options, true)
  const values = first && takeValues(words)
  const others = values && takeOptions(words, options, false)
  return others && { values, options: new Map([...first, ...others]) }
}

function takeValues(words: Words): (Value | undefined)[] | null {
  const { args } = words.keyword
  const values: (Value | undefined)[] = []
  for (const argument of args) {
    if (argument.optional && belongsLater(words, argument)) {
      values.push(argument.kind === 'bool' ? true : undefined)
      continue
    }
    if (words.index >= words.rest.length) {
      if (!argument.optional) return reportMissing(words, argument)
      if (argument.kind === 'bool') values.push(true)
      continue
    }
    if (argument.kind === 'rest') {
      values.push(takeRest(words))
      continue
    }
    do {
      const value = takeValue(words, argument)
      if (value === null) return null
      values.push(value)
    } while (argument.many && !endsHere(words))
  }
  while (values.length > 0 && values.at(-1) === undefined) values.pop()
  // What was pushed keeps room for more, in as many arrays as there are statements.
  return values.slice()
}

/** Whether the next word is an option, or fits an argument behind this one that it does not fit itself. */
function belongsLater(words: Words, argument: Argument): boolean {
  const word = words.rest[words.index]
  if (word === undefined) return false
  if (argument.kind === 'enum' && parseValue(argument, word.value).ok) return false
  if (words.endsValues(word.value)) return true
  const { args } = words.keyword
  const later = args.slice(args.indexOf(argument) + 1)
  if (later.length === 0) return false
  const fits = parseValue(argument, word.value).ok
  const meant = fits || (argument.kind === 'enum' && nearest(word.value, argument.choices) !== null)
  if (!meant && later.some(({ optional }) => !optional)) return true
  const vague = argument.kind === 'word' || !fits
  return vague && later.some((other) => other.kind !== 'word' && parseValue(other, word.value).ok)
}

function endsHere({ rest, index, endsValues }: Words): boolean {
  const word = rest[index]
  return word === undefined || endsValues(word.value)
}

/** Whether this word brings one of the keyword's options. */
export function isOption({ options }: Keyword, word: string): boolean {
  return options.some(({ words }) => words.includes(word))
}

function takeRest(words: Words): string {
  const text = words.rest.slice(words.index).map(({ value }) => value)
  words.index = words.rest.length
  return text.join(' ')
}

function takeValue(words: Words, argument: Argument): Value | null {
  const word = words.rest[words.index++]
  if (word === undefined) return null
  const parsed = parseValue(argument, word.value)
  if (!parsed.ok) return reportInvalid(words, word, parsed)
  if (parsed.remark !== null) reportRemark(words, word, parsed.remark)
  if (isReference(words, word)) reportUndefined(words, word)
  return parsed.value
}

/** `$NAME` that nothing defines; a password may well begin like that. */
function isReference({ keyword }: Words, { value, quoted }: Word): boolean {
  return !quoted && !keyword.secret && /^\$[a-z_]\w*$/i.test(value)
}

/** As in keepalived it stays as it is, and that may be meant. */
function reportUndefined({ title, findings }: Words, word: Word): void {
  const message = `${title}: ${word.value} is not defined, and stays as it is`
  const hint = definitionOf(word)
  findings.note({ code: 'UNDEFINED', at: wordPosition(word), keyword: title, message, hint })
}

function definitionOf({ value }: Word): string {
  return `define it above its use: ${value}=value`
}

/** Those in front of the values, or those behind them. */
function takeOptions(words: Words, known: readonly Option[], inFront: boolean): Map<string, Value> | null {
  const { rest } = words
  const options = new Map<string, Value>()
  for (let word = rest[words.index]; word !== undefined; word = rest[words.index]) {
    const name = word.value
    const option = known.find((each) => each.inFront === inFront && each.words.includes(name))
    if (option === undefined) break
    words.index++
    const value = takeOption(words, option, word)
    if (value === null) return null
    options.set(option.name, value)
  }
  return options
}

function takeOption(words: Words, option: Option, word: Word): Value | null {
  if (option.argument === null) return option.words.length > 1 ? word.value : true
  if (option.argument.kind === 'rest') return takeRest(words)
  if (words.index >= words.rest.length) return reportMissing(words, option.argument)
  return takeValue(words, option.argument)
}

function reportUnknownOptions({ keyword, title, rest, index, findings }: Words): void {
  const word = rest[index]
  if (word === undefined) return
  const known = keyword.options.flatMap(({ words }) => words)
  const near = nearest(word.value, known)
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`
  const message = `${title}: ${word.value} is no option of it; it and what is behind it are not used`
  // Behind the head of a block nobody minds.
  const say = keyword.opens === null ? findings.error : findings.note
  say({ code: 'UNKNOWN_OPTION', at: wordPosition(word), keyword: title, message, hint })
}

function reportInvalid(words: Words, word: Word, refusal: Refusal): null {
  const { keyword, title, loss, findings } = words
  const undefinedName = isReference(words, word)
  const { code } = refusal
  const problem = undefinedName ? 'is not defined' : refusal.problem
  const advice = undefinedName ? definitionOf(word) : refusal.hint
  const { fallback } = keyword
  const kept = fallback === null ? 'it is not used' : `the default (${fallbackText(standIn(fallback))}) stands`
  const hint = [advice, loss ?? kept].filter((part) => part !== null).join('; ')
  const shown = word.value === '' ? '""' : word.value
  findings.error({ code, at: wordPosition(word), keyword: title, message: `${title}: ${shown} ${problem}`, hint })
  return null
}

function reportRemark({ title, findings }: Words, word: Word, remark: Remark): void {
  const message = `${title}: ${word.value}: ${remark.text}`
  findings[remark.severity]({ code: remark.code, at: wordPosition(word), keyword: title, message })
}

function reportMissing({ keyword, title, word, rest, index, findings }: Words, argument: Argument): null {
  const position = keyword.args.indexOf(argument)
  const what = position === 0 && keyword.opens !== null ? 'a name' : KIND_TEXTS[argument.kind]
  const last = rest[index - 1] ?? word
  findings.error({
    code: keyword.lenient ? 'EMPTY' : 'MISSING_PARAMETER',
    at: positionAt(last.text, last.index),
    keyword: title,
    message: `${title} needs ${what}${last === word ? ' behind it' : ` behind ${last.value}`}`,
    hint: allowedText(argument),
  })
  return null
}

function parseScript(words: Words, text: Text): Arguments | null {
  const { keyword, word, rest } = words
  const [command, ...account] = scriptWordsOf(text, word.index + word.value.length + (word.quoted ? 1 : 0))
  const argv = commandArguments(command?.value ?? '')
  if (argv.length > 0) {
    return { values: [{ argv, ...parseAccount(account.map(({ value }) => value)) }], options: NO_OPTIONS }
  }
  const [argument] = keyword.args
  if (argument === undefined || argument.optional) return NO_ARGUMENTS
  return reportMissing({ ...words, index: rest.length }, argument)
}

/** `USER`, `USER GROUP`, `USER :GROUP` or `USER:GROUP`. */
export function parseAccount(words: readonly string[]): { user: string | null; group: string | null } {
  const [user = '', group = ''] = words.join(' ').split(/[\s:]+/)
  return { user: user === '' ? null : user, group: group === '' ? null : group }
}
