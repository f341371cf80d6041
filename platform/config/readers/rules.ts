/** Lines of virtual_rules and static_rules, in the words of iproute2. */
import type { Rule, RuleAction } from '#schemas/routing.ts'
import type { Entry } from '../statements/entries.ts'
import { ACTIONS, type Family, familyOfLine, isForward, usesProtocol } from '../statements/routing-lines.ts'
import { OUR_PROTOCOL } from './routes.ts'
import { type Options, optionsOf, type RoutingReading, realmsOf } from './routing-options.ts'

/** Where rules without a preference begin, downwards; counted for each family by itself, as keepalived does (measured). */
const FIRST_PRIORITY = 16_384

/** Gives each rule without a preference the next number down. */
export function rulePriorities(): (family: Family) => number {
  const next = { 4: FIRST_PRIORITY, 6: FIRST_PRIORITY }
  return (family) => next[family]--
}

/** null: the line cannot be used, which has been or will be reported. */
export function readRule(entry: Entry, nextPriority: (family: Family) => number, reading: RoutingReading): Rule | null {
  const options = optionsOf(entry.uses, reading)
  const { family: said, stranger } = familyOfLine(entry)
  const family = said ?? 4
  const action = actionOf(entry, options)
  if (stranger !== null || action === null || !isForward(entry)) return null
  const uses = options.value('ipproto') === undefined ? null : options.named('ipproto', 'ipProtocol')
  // Without one of its conditions it would be about other packets.
  if (['ipproto', 'tos'].some((key) => options.has(key) && options.named(key, NAMES[key] ?? 'tos') === null))
    return null
  return {
    family,
    priority: options.number('preference') ?? nextPriority(family),
    action,
    inverted: options.has('not'),
    from: subnetOf(options.text('from'), family),
    to: subnetOf(options.text('to'), family),
    inputDevice: options.text('iif'),
    outputDevice: options.text('oif'),
    tos: options.named('tos', 'tos') ?? 0,
    mark: markOf(options.text('fwmark')),
    ipProtocol: uses,
    sourcePorts: rangeOf(options.text('sport')),
    destinationPorts: rangeOf(options.text('dport')),
    users: rangeOf(options.text('uidrange')),
    tunnelId: options.number('tunnel-id'),
    realms: realmsOf(options.use('realms'), reading),
    suppressPrefixLength: options.number('suppress_prefixlength'),
    suppressGroup: options.named('suppress_ifgroup', 'group'),
    protocol: usesProtocol(entry) ? (options.number('protocol') ?? OUR_PROTOCOL) : OUR_PROTOCOL,
    tracked: !options.has('no_track'),
  }
}

const NAMES: Readonly<Record<string, 'tos' | 'ipProtocol'>> = { tos: 'tos', ipproto: 'ipProtocol' }

/** The first action of the line: others are reported, and left out. */
function actionOf(entry: Entry, options: Options): RuleAction | null {
  const use = entry.uses.find(({ keyword }) => ACTIONS.includes(keyword.key))
  switch (use?.keyword.key) {
    case 'table': {
      const table = options.named('table', 'table')
      return table === null ? null : { type: 'table', table }
    }
    case 'goto': {
      const priority = options.number('goto')
      return priority === null ? null : { type: 'goto', priority }
    }
    case 'l3mdev':
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { type: use.keyword.key }
    default:
      return null
  }
}

/** All addresses are no condition. */
function subnetOf(value: string | null, family: Family): string | null {
  if (value === null || value === 'default') return null
  return value === (family === 4 ? '0.0.0.0/0' : '::/0') ? null : value
}

/** `MARK` or `MARK/MASK`, in any base of C. */
function markOf(text: string | null): Rule['mark'] {
  if (text === null) return null
  const [value = '0', mask] = text.split('/')
  return { value: numberOf(value), mask: mask === undefined ? null : numberOf(mask) }
}

function numberOf(text: string): number {
  return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text)
}

/** `N` or `FIRST-LAST`. */
function rangeOf(text: string | null): { first: number; last: number } | null {
  if (text === null) return null
  const [first = '0', last = first] = text.split('-')
  return { first: Number(first), last: Number(last) }
}
