/** Options of a line of routes or rules by their names, and what of them is a name for a number. */
import type { Realms } from '#schemas/routing.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { nearest } from '../keywords/suggestion.ts'
import { wordPosition } from '../language/text.ts'
import type { Use } from '../statements/entries.ts'
import type { Value } from '../statements/values.ts'
import type { NameKind, NumberNames } from './number-names.ts'

export interface RoutingReading {
  names: NumberNames
  findings: Findings
}

/** The options of one line, or of one nexthop of it. */
export interface Options {
  has(key: string): boolean
  /** First value of the last use; undefined where there is none. */
  value(key: string): Value | undefined
  text(key: string): string | null
  number(key: string): number | null
  /** A number, or the number that a name stands for; null where there is none, or nobody knows the name. */
  named(key: string, kind: NameKind): number | null
  /** The last use. */
  use(key: string): Use | undefined
  all(key: string): readonly Use[]
}

export function optionsOf(uses: readonly Use[], { names, findings }: RoutingReading): Options {
  const use = (key: string) => uses.findLast(({ keyword }) => keyword.key === key)
  const value = (key: string) => use(key)?.values[0]
  return {
    has: (key) => use(key) !== undefined,
    value,
    text(key) {
      const found = value(key)
      return typeof found === 'string' ? found : null
    },
    number(key) {
      const found = value(key)
      return typeof found === 'number' ? found : null
    },
    named(key, kind) {
      const found = use(key)
      return found === undefined ? null : namedNumber(found, found.values[0], kind, names, findings)
    },
    use,
    all: (key) => uses.filter(({ keyword }) => keyword.key === key),
  }
}

/** The number of a value; an unknown name is reported, and its option is not used. */
export function namedNumber(
  { word }: Pick<Use, 'word'>,
  value: Value | undefined,
  kind: NameKind,
  names: NumberNames,
  findings: Findings,
): number | null {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return null
  const number = names.numberOf(kind, value)
  if (number !== null) return number
  const near = nearest(value, names.known(kind))
  const hint = near === null ? `write a number, or define the name in ${FILES[kind]}` : `did you mean ${near}?`
  const message = `${word.value}: ${value} is a name that nobody knows; it is not used`
  findings.error({ code: 'UNKNOWN_NAME', at: wordPosition(word), keyword: word.value, message, hint })
  return null
}

/** Where the administrator defines names. */
const FILES: Readonly<Record<NameKind, string>> = {
  table: '/etc/iproute2/rt_tables',
  protocol: '/etc/iproute2/rt_protos',
  scope: '/etc/iproute2/rt_scopes',
  tos: '/etc/iproute2/rt_dsfield',
  realm: '/etc/iproute2/rt_realms',
  group: '/etc/iproute2/group',
  ipProtocol: '/etc/protocols',
}

/** `TO` or `FROM/TO`, numbers or names. */
export function realmsOf(use: Use | undefined, { names, findings }: RoutingReading): Realms | null {
  const text = use?.values[0]
  if (use === undefined || typeof text !== 'string') return null
  const numbers = text.split('/').map((part) => {
    if (/^\d+$/.test(part)) return Number(part)
    return namedNumber(use, part, 'realm', names, findings)
  })
  const [first, second] = numbers
  if (first === undefined || numbers.includes(null)) return null
  return second === undefined ? { from: 0, to: first ?? 0 } : { from: first ?? 0, to: second ?? 0 }
}
