/** Arguments of statements: from words to values, with what is allowed when they are not. */
import { isIP } from 'node:net'
import type { Script } from '#schemas/config.ts'
import type { Findings } from './diagnostic.ts'
import type { Argument, Keyword } from './keywords.ts'
import { nearest } from './suggestion.ts'
import { positionAt, type Word, wordPosition } from './text.ts'
import { commandArguments, scriptWordsOf } from './tokens.ts'
import type { Statement } from './tree.ts'

export type Value = string | number | boolean | Script

/** The values of a statement's arguments; null when one is missing or wrong, which has been reported then. */
export function parseArguments(keyword: Keyword, statement: Statement, findings: Findings): Value[] | null {
  const first = keyword.args[0]
  if (first?.kind === 'script') return parseScript(keyword, first, statement, findings)
  const values: Value[] = []
  let index = 0
  for (const argument of keyword.args) {
    const words = argument.many ? statement.args.slice(index) : statement.args.slice(index, index + 1)
    index += words.length
    if (words.length === 0 && !argument.optional) return reportMissing(keyword, argument, statement, findings)
    if (words.length === 0 && argument.kind === 'bool') values.push(true)
    for (const word of words) {
      const value = parseValue(argument, word)
      if (value.ok) values.push(value.value)
      else return reportInvalid(keyword, word, value, findings)
      if (value.remark !== null) reportRemark(keyword, word, value.remark, findings)
    }
  }
  return values
}

/** What is worth saying of a value that is used. */
interface Remark {
  severity: 'warning' | 'note'
  text: string
}

type Parsed = { ok: true; value: Value; remark: Remark | null } | Refusal

interface Refusal {
  ok: false
  code: 'INVALID' | 'OUT_OF_RANGE'
  problem: string
  hint: string | null
}

function parseValue(argument: Argument, word: Word): Parsed {
  const { value } = word
  switch (argument.kind) {
    case 'word':
      return accept(value)
    case 'int':
      return parseInteger(argument, value)
    case 'sec':
    case 'msec':
      return parseDecimal(argument, value)
    case 'enum':
      return parseChoice(argument, value)
    case 'bool':
      if (/^(on|true|yes)$/.test(value)) return accept(true)
      if (/^(off|false|no)$/.test(value)) return accept(false)
      return refuse(
        'is neither true nor false',
        'allowed: on, off, true, false, yes, no (lower case); nothing means on',
      )
    case 'ip':
    case 'ip4':
    case 'ip6':
      return parseAddress(argument, value)
    case 'script':
      return refuse('is no command', null)
  }
}

function accept(value: Value, remark: Remark | null = null): Parsed {
  return { ok: true, value, remark }
}

function refuse(problem: string, hint: string | null, code: Refusal['code'] = 'INVALID'): Refusal {
  return { ok: false, code, problem, hint }
}

function parseInteger(argument: Argument, value: string): Parsed {
  if (!/^[+-]?\d+$/.test(value)) {
    const tail = /^([+-]?\d+)[^\d.]/.exec(value)
    const hint = tail === null ? allowed(argument) : `write ${tail[1]} alone; a comment starts with # or !`
    return refuse('is not a whole number', hint)
  }
  return inRange(argument, Number(value))
}

function parseDecimal(argument: Argument, value: string): Parsed {
  const match = /^\+?(?:\d+(?:\.(\d*))?|\.(\d+))$/.exec(value)
  if (match === null) return refuse('is not a decimal number', allowed(argument))
  const parsed = inRange(argument, Number(value))
  const digits = (match[1] ?? match[2] ?? '').length
  return parsed.ok && digits > 6
    ? { ...parsed, remark: { severity: 'warning', text: 'only six decimal places are used' } }
    : parsed
}

function inRange(argument: Argument, number: number): Parsed {
  if (number >= argument.min && number <= argument.max) return accept(number)
  return refuse(`is outside ${rangeText(argument)}`, null, 'OUT_OF_RANGE')
}

function parseChoice(argument: Argument, value: string): Parsed {
  const wanted = argument.ignoreCase ? value.toUpperCase() : value
  if (argument.choices.includes(wanted)) return accept(wanted)
  const near = nearest(value, argument.choices)
  const guess = near === null ? '' : `; did you mean ${near}?`
  return refuse('is not one of the values known here', `allowed: ${argument.choices.join(', ')}${guess}`)
}

/** People write it, and keepalived takes it. */
const UNUSED_PREFIX: Remark = { severity: 'note', text: 'the prefix length is not used here' }

function parseAddress(argument: Argument, value: string): Parsed {
  const [bare = '', prefix] = value.split('/')
  const address = parseIpAddress(bare)
  const wanted = argument.kind === 'ip4' ? 4 : argument.kind === 'ip6' ? 6 : 0
  if (address !== null && (wanted === 0 || wanted === address.family))
    return accept(address.text, prefix === undefined ? null : UNUSED_PREFIX)
  return refuse(`is not an ${wanted === 0 ? 'IP' : `IPv${wanted}`} address`, addressHint(value))
}

export interface IpAddress {
  /** In its shortest form, so that equal addresses are equal texts. */
  text: string
  family: 4 | 6
}

/** An address without port, prefix, zone or brackets; null when the text is none. */
export function parseIpAddress(text: string): IpAddress | null {
  const version = text.includes('%') ? 0 : isIP(text)
  if (version === 4) return { text, family: 4 }
  if (version === 6) return { text: new URL(`http://[${text}]/`).hostname.slice(1, -1), family: 6 }
  return null
}

/** What is most likely wrong with an address. */
export function addressHint(value: string): string | null {
  const parts = value.split('.')
  const high = parts.find((part) => /^\d+$/.test(part) && Number(part) > 255)
  if (parts.length === 4 && high !== undefined) return `${high} is above 255`
  if (/^\d+(\.\d+)+$/.test(value) && parts.length !== 4) return `an IPv4 address has four parts, not ${parts.length}`
  if (/^\[.*\]/.test(value)) return 'IPv6 addresses are written without brackets'
  if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(value)) return 'the port is a word of its own: a blank instead of the colon'
  if (value.includes('/')) return 'no prefix length may stand here'
  return null
}

function rangeText({ min, max, kind }: Argument): string {
  const unit = kind === 'sec' ? ' seconds' : kind === 'msec' ? ' milliseconds' : ''
  return max === 4294967295 ? `${min} and above${unit && ` in${unit}`}` : `${min} to ${max}${unit}`
}

function allowed(argument: Argument): string {
  return `allowed: ${rangeText(argument)}`
}

function reportInvalid(keyword: Keyword, word: Word, refusal: Refusal, findings: Findings): null {
  const { name, fallback } = keyword
  const { code, problem } = refusal
  const kept = fallback === null ? 'the statement is not used' : `the default (${fallback}) stands`
  const hint = refusal.hint === null ? kept : `${refusal.hint}; ${kept}`
  findings.error({ code, at: wordPosition(word), keyword: name, message: `${name}: ${word.value} ${problem}`, hint })
  return null
}

function reportRemark(keyword: Keyword, word: Word, remark: Remark, findings: Findings): void {
  const message = `${keyword.name}: ${word.value}: ${remark.text}`
  findings[remark.severity]({ code: 'ROUNDED', at: wordPosition(word), keyword: keyword.name, message })
}

const WANTED: Readonly<Record<Argument['kind'], string>> = {
  word: 'a word',
  ip: 'an IP address',
  ip4: 'an IPv4 address',
  ip6: 'an IPv6 address',
  int: 'a number',
  sec: 'a number of seconds',
  msec: 'a number of milliseconds',
  enum: 'a value',
  bool: 'true or false',
  script: 'a command',
}

function reportMissing(keyword: Keyword, argument: Argument, statement: Statement, findings: Findings): null {
  const { name } = keyword
  const position = keyword.args.indexOf(argument)
  const what = position === 0 && keyword.opens !== null ? 'a name' : WANTED[argument.kind]
  const ranged = argument.kind === 'int' || argument.kind === 'sec' || argument.kind === 'msec'
  const choices = argument.kind === 'enum' ? `allowed: ${argument.choices.join(', ')}` : null
  const last = statement.args.at(-1) ?? statement.keyword
  findings.error({
    code: 'MISSING_PARAMETER',
    at: positionAt(last.text, last.index),
    keyword: name,
    message: `${name} needs ${what}${statement.args.length === 0 ? ' behind it' : ` behind ${last.value}`}`,
    hint: ranged ? allowed(argument) : choices,
  })
  return null
}

function parseScript(keyword: Keyword, argument: Argument, statement: Statement, findings: Findings): Value[] | null {
  const { keyword: word, text } = statement
  const [command, ...account] = scriptWordsOf(text, word.index + word.value.length + (word.quoted ? 1 : 0))
  const argv = commandArguments(command?.value ?? '')
  if (argv.length > 0) return [{ argv, ...parseAccount(account.map(({ value }) => value)) }]
  return argument.optional ? [] : reportMissing(keyword, argument, statement, findings)
}

/** `USER`, `USER GROUP`, `USER :GROUP` or `USER:GROUP`. */
export function parseAccount(words: readonly string[]): { user: string | null; group: string | null } {
  const [user = '', group = ''] = words.join(' ').split(/[\s:]+/)
  return { user: user === '' ? null : user, group: group === '' ? null : group }
}
