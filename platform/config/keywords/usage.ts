/** What may stand behind a keyword, in words: for the reference and the manual. */

import { rangeText, UNLIMITED } from '../statements/values.ts'
import type { Argument, Keyword, Option } from './keyword-row.ts'

/** All that a keyword takes, as `host: text [port: number 1 to 65535] { ... }`; `no value` when it takes nothing. */
export function usageOf({ args, options, opens, parts: hasParts }: Keyword): string {
  const block = opens === 'block' ? ['{ ... }'] : opens === 'values' ? ['{ one entry a line }'] : []
  const optionsAt = (inFront: boolean) => options.filter((option) => option.inFront === inFront).map(optionUsage)
  const own = hasParts ? ['options of its own'] : []
  const parts = [...optionsAt(true), ...args.map(argumentUsage), ...optionsAt(false), ...own, ...block]
  return parts.length === 0 ? 'no value' : parts.join(' ')
}

function argumentUsage(argument: Argument): string {
  const { name, optional, many, kind } = argument
  const text = `${name === '' ? '' : `${name}: `}${describe(argument)}${many ? ' ...' : ''}`
  return optional || kind === 'bool' ? `[${text}]` : text
}

function optionUsage({ words, argument }: Option): string {
  return argument === null ? `[${words.join('|')}]` : `[${words[0]} ${describe(argument)}]`
}

/** The values an argument takes, with unit and range. */
export function describe(argument: Argument): string {
  const { kind, min, max, longest, choices } = argument
  switch (kind) {
    case 'int':
    case 'num':
      return numberText('number', argument)
    case 'sec':
      return numberText('seconds', argument)
    case 'msec':
      return numberText('milliseconds', argument)
    case 'named':
      return numberText('name or number', argument)
    case 'ranges':
      return numberText('number or range', argument)
    case 'size':
      return `bytes, K, M, G or T behind the number: ${rangeText(argument)}`
    case 'duration':
      return `seconds, or with s, m, h, d or w behind the number: ${rangeText(argument)}`
    case 'enum':
      return choices.join('|')
    case 'bool':
      return 'on|off'
    case 'ip':
      return 'address'
    case 'ip4':
      return 'IPv4 address'
    case 'ip6':
      return 'IPv6 address'
    case 'net':
      return 'address[/length]'
    case 'net4':
      return 'IPv4 address[/length]'
    case 'net6':
      return 'IPv6 address[/length]'
    case 'span':
      return 'address, subnet or range of addresses'
    case 'prefix':
      return 'address[/length]|default'
    case 'time':
      return 'time[ms|s]'
    case 'mark':
      return 'mark[/mask]'
    case 'realms':
      return '[from/]to'
    case 'mac':
      return 'hardware address'
    case 'hex':
      return max === UNLIMITED ? 'hexadecimal digits' : `${min === max ? min : rangeText(argument)} hexadecimal digits`
    case 'hexmask':
      return 'hexadecimal digits, x for any'
    case 'script':
      return 'command [user [group]]'
    case 'word':
    case 'rest':
      return Number.isFinite(longest) ? `text of at most ${longest} characters` : 'text'
  }
}

function numberText(what: string, argument: Argument): string {
  const { min, max } = argument
  if (max === UNLIMITED) return `${what} from ${min}`
  return `${what} ${rangeText({ ...argument, kind: 'int' })}`
}
