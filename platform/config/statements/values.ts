/** One word to one value, by the kind of the argument; with what is allowed when it does not fit. */
import type { Script } from '#schemas/config.ts'
import type { Argument, ArgumentKind } from '../keywords/keyword-row.ts'
import { nearest } from '../keywords/suggestion.ts'
import { parseAddressSpan } from './address-span.ts'
import { addressHint, longestPrefix, parseIpAddress } from './ip-address.ts'
import { bytesOf, bytesText, secondsOf, secondsText } from './quantity.ts'

export type Value = string | number | boolean | Script

/** What is worth saying of a value that is used. */
export interface Remark {
  severity: 'error' | 'warning' | 'note'
  code: 'ROUNDED' | 'OUT_OF_RANGE'
  text: string
}

export interface Refusal {
  ok: false
  code: 'INVALID' | 'INVALID_ADDRESS' | 'OUT_OF_RANGE'
  problem: string
  hint: string | null
}

export type Parsed = { ok: true; value: Value; remark: Remark | null } | Refusal

/** The value of a word. Never throws: what does not fit comes back as a refusal. */
export function parseValue(argument: Argument, value: string): Parsed {
  switch (argument.kind) {
    case 'word':
    case 'rest':
      return parseWord(argument, value)
    case 'int':
      return parseInteger(argument, value)
    case 'num':
      return parseNumber(argument, value)
    case 'named':
      return /^[+-]?(0[xX][\da-fA-F]+|\d+)$/.test(value) ? parseNumber(argument, value) : accept(value)
    case 'sec':
    case 'msec':
      return parseDecimal(argument, value)
    case 'size':
      return parseAmount(argument, bytesOf(value), 'is not a size', 'K, M, G or T may follow the number')
    case 'duration':
      return parseAmount(argument, secondsOf(value), 'is not a duration', 's, m, h, d or w may follow the number')
    case 'enum':
      return parseChoice(argument, value)
    case 'bool':
      return parseBool(value)
    case 'ip':
    case 'ip4':
    case 'ip6':
      return parseAddress(argument, value)
    case 'net':
    case 'net4':
    case 'net6':
      return parseNet(argument, value)
    case 'prefix':
      return parsePrefix(argument, value)
    case 'span':
      return parseSpan(value)
    case 'mac':
      return MAC.test(value)
        ? accept(value.toLowerCase())
        : refuse('is not a hardware address', 'such as 02:00:5e:00:00:01')
    case 'hex':
    case 'hexmask':
      return parseHexadecimal(argument, value)
    case 'ranges':
      return parseRange(argument, value)
    case 'time':
    case 'mark':
    case 'realms':
      return parseForm(argument.kind, value)
    case 'script':
      return refuse('is no command', null)
  }
}

const MAC = /^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){4,5}$/

function accept(value: Value, remark: Remark | null = null): Parsed {
  return { ok: true, value, remark }
}

function refuse(problem: string, hint: string | null, code: Refusal['code'] = 'INVALID'): Refusal {
  return { ok: false, code, problem, hint }
}

function parseWord({ kind, longest }: Argument, value: string): Parsed {
  // Quotes with nothing in them: mostly a definition without a value. No file, host or name is called that.
  if (kind === 'word' && value === '') return refuse('is empty', null)
  if (value.length <= longest) return accept(value)
  return refuse(`is longer than ${longest} characters`, null, 'OUT_OF_RANGE')
}

function parseInteger(argument: Argument, value: string): Parsed {
  if (/^[+-]?\d+$/.test(value)) return inRange(argument, Number(value))
  const digits = value.replaceAll(/o/gi, '0').replaceAll(/[il]/gi, '1')
  if (/^\d+$/.test(digits) && /^\d/.test(value))
    return refuse('is not a whole number', `letters in it: write ${digits}`)
  const tail = /^([+-]?\d+)[^\d.]/.exec(value)
  const hint = tail === null ? allowedText(argument) : `write ${tail[1]} alone; a comment starts with # or !`
  return refuse('is not a whole number', hint)
}

function parseHexadecimal({ kind, min, max }: Argument, value: string): Parsed {
  const masked = kind === 'hexmask'
  const digits = masked ? /^[0-9a-fx]+$/i : /^[0-9a-f]+$/i
  const hint = `digits are 0 to 9 and a to f${masked ? ', x is any of them' : ''}`
  if (!digits.test(value)) return refuse('is not hexadecimal', hint)
  if (value.length >= min && value.length <= max) return accept(value.toLowerCase())
  return refuse(`has ${value.length} digits and not ${min === max ? min : `${min} to ${max}`}`, null, 'OUT_OF_RANGE')
}

/** strtol(3) with base 0: 0x.. is hexadecimal, 0.. octal. */
function parseNumber(argument: Argument, value: string): Parsed {
  const [, sign = '', hex, octal, decimal] = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*))$/.exec(value) ?? []
  const digits = hex ?? octal ?? decimal
  if (digits === undefined) return refuse('is not a whole number', `${allowedText(argument)}, decimal, 0x.. or 0..`)
  const size = Number.parseInt(digits, hex !== undefined ? 16 : octal !== undefined ? 8 : 10)
  return inRange(argument, sign === '-' ? -size : size)
}

function parseDecimal(argument: Argument, value: string): Parsed {
  const match = /^[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))$/.exec(value)
  if (match === null) return refuse('is not a decimal number', allowedText(argument))
  const parsed = inRange(argument, Number(value))
  const digits = (match[1] ?? match[2] ?? '').length
  return parsed.ok && digits > 6
    ? { ...parsed, remark: { severity: 'warning', code: 'ROUNDED', text: 'only six decimal places are used' } }
    : parsed
}

/** Who leaves the unit out often means another one: it is always said. */
function parseAmount(argument: Argument, amount: number | null, problem: string, units: string): Parsed {
  if (amount === null) return refuse(problem, `${allowedText(argument)}; ${units}`)
  const parsed = inRange(argument, amount)
  return parsed.ok ? parsed : { ...parsed, hint: units }
}

function inRange(argument: Argument, number: number): Parsed {
  if (number >= argument.min && number <= argument.max) return accept(number)
  const endless = argument.max === UNLIMITED && number > UNLIMITED
  return refuse(endless ? 'is larger than any number here' : `is outside ${rangeText(argument)}`, null, 'OUT_OF_RANGE')
}

function parseChoice(argument: Argument, value: string): Parsed {
  const { choices, ignoreCase } = argument
  const found = ignoreCase
    ? choices.find((choice) => choice.toLowerCase() === value.toLowerCase())
    : choices.find((choice) => choice === value)
  if (found !== undefined) return accept(found)
  const near = nearest(value, choices)
  const guess = near === null ? '' : `; did you mean ${near}?`
  return refuse('is not one of the values known here', `${allowedText(argument)}${guess}`)
}

function parseBool(value: string): Parsed {
  if (/^(on|true|yes)$/.test(value)) return accept(true)
  if (/^(off|false|no)$/.test(value)) return accept(false)
  return refuse('is neither true nor false', 'allowed: on, off, true, false, yes, no (lower case); nothing means on')
}

/** People write it, and keepalived takes it. */
const UNUSED_PREFIX: Remark = { severity: 'note', code: 'ROUNDED', text: 'the prefix length is not used here' }

function parseAddress(argument: Argument, value: string): Parsed {
  const [bare = '', prefix] = value.split('/')
  const address = parseIpAddress(bare)
  const family = familyOf(argument.kind)
  if (address !== null && (family === null || family === address.family))
    return accept(address.text, prefix === undefined ? null : UNUSED_PREFIX)
  return refuse(`is not an ${family === null ? 'IP' : `IPv${family}`} address`, addressHint(value), 'INVALID_ADDRESS')
}

/** `address/length`, the length always there: the longest stands in for one that is none, as with keepalived. */
function parseNet(argument: Argument, value: string): Parsed {
  const [bare = '', prefix] = value.split('/')
  const address = parseIpAddress(bare)
  const family = familyOf(argument.kind)
  if (address === null || (family !== null && family !== address.family))
    return refuse(`is not an ${family === null ? 'IP' : `IPv${family}`} address`, addressHint(bare), 'INVALID_ADDRESS')
  const longest = longestPrefix(address.family)
  const length = prefix === undefined ? longest : /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN
  if (length <= longest) return accept(`${address.text}/${length}`)
  const text = `the prefix length must be a number from 0 to ${longest}; /${longest} is used`
  return accept(`${address.text}/${longest}`, { severity: 'error', code: 'OUT_OF_RANGE', text })
}

function parseSpan(value: string): Parsed {
  const span = parseAddressSpan(value)
  return span.ok ? accept(span.text) : refuse(span.problem, span.hint, 'INVALID_ADDRESS')
}

const NUMBER = '(0[xX][0-9a-fA-F]{1,8}|\\d{1,10})'
const REALM = '([a-zA-Z]\\w*|\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])'
/** Values of iproute2 that are more than one number. */
const FORMS = {
  time: { form: /^(\d+|\d+(\.\d+)?m?s)$/, hint: 'a time is such as 200ms, 1.5s, or a whole number without a unit' },
  mark: { form: new RegExp(`^${NUMBER}(/${NUMBER})?$`), hint: 'a mark is MARK or MARK/MASK, numbers in any base of C' },
  realms: { form: new RegExp(`^${REALM}(/${REALM})?$`), hint: 'realms are TO or FROM/TO, names or numbers up to 255' },
} as const

function parseForm(kind: keyof typeof FORMS, value: string): Parsed {
  const { form, hint } = FORMS[kind]
  return form.test(value) ? accept(value) : refuse('cannot be read', hint)
}

/** All addresses have several names. */
function parsePrefix(argument: Argument, value: string): Parsed {
  if (/^(default|any|all)$/.test(value)) return accept('default')
  return value === 'default6' ? accept('::/0') : parseNet(argument, value)
}

function familyOf(kind: ArgumentKind): 4 | 6 | null {
  return kind.endsWith('4') ? 4 : kind.endsWith('6') ? 6 : null
}

function parseRange(argument: Argument, value: string): Parsed {
  const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? []
  if (low === undefined) return refuse('is neither a number nor a range of two', allowedText(argument))
  const { min, max } = argument
  if (Number(low) > Number(high)) return refuse('ends before it begins', null, 'OUT_OF_RANGE')
  if (Number(low) < min || Number(high) > max) return refuse(`is outside ${rangeText(argument)}`, null, 'OUT_OF_RANGE')
  return accept(low === high ? low : `${low}-${high}`)
}

/** A range in words, with its unit. */
export function rangeText({ min, max, kind }: Argument): string {
  if (kind === 'size') return `${bytesText(min)} to ${bytesText(max)}`
  if (kind === 'duration') return `${secondsText(min)} to ${secondsText(max)}`
  const unit = kind === 'sec' ? ' seconds' : kind === 'msec' ? ' milliseconds' : ''
  return max === UNLIMITED ? `${min} and above${unit && ` in${unit}`}` : `${min} to ${max}${unit}`
}

/** The upper limit of what has none of its own: that of an unsigned 32-bit number. */
export const UNLIMITED = 4294967295

/** `allowed: ...` for numbers and choices; null for other kinds. */
export function allowedText(argument: Argument): string | null {
  if (argument.kind === 'enum') return `allowed: ${argument.choices.join(', ')}`
  return isNumeric(argument.kind) ? `allowed: ${rangeText(argument)}` : null
}

export function isNumeric(kind: ArgumentKind): boolean {
  return /^(int|num|named|sec|msec|size|duration|ranges)$/.test(kind)
}

/** What an argument of this kind is called. */
export const KIND_TEXTS: Readonly<Record<ArgumentKind, string>> = {
  word: 'a word',
  rest: 'a text',
  ip: 'an IP address',
  ip4: 'an IPv4 address',
  ip6: 'an IPv6 address',
  net: 'an address with an optional prefix length',
  net4: 'an IPv4 address with an optional prefix length',
  net6: 'an IPv6 address with an optional prefix length',
  prefix: 'an address with an optional prefix length, or default',
  span: 'an address or a range of addresses',
  int: 'a number',
  num: 'a number',
  named: 'a number or a name',
  sec: 'a number of seconds',
  msec: 'a number of milliseconds',
  size: 'a size',
  duration: 'a duration',
  enum: 'a value',
  bool: 'true or false',
  mac: 'a hardware address',
  hex: 'hexadecimal digits',
  hexmask: 'hexadecimal digits',
  ranges: 'a number or a range',
  time: 'a time',
  mark: 'a mark',
  realms: 'realms',
  script: 'a command',
}
