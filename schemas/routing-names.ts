/** How routes and rules are named in events and plans: in the words of `ip`, as short as tells them apart. */
import type { NextHop, Route, Rule } from './routing.ts'

const TABLE_MAIN = 254

/** `192.168.1.0/24 via 10.0.0.9 dev eth0 table 100 metric 5` */
export function routeName({ type, destination, from, nextHops, table, metric, tos }: Route): string {
  const several = nextHops.length > 1
  return words([
    ...(type === 'unicast' ? [] : [type]),
    /^(0\.0\.0\.0|::)\/0$/.test(destination) ? defaultName(destination) : bare(destination),
    ...option('from', from),
    ...nextHops.map((hop) => (several ? `nexthop ${hopWords(hop)}` : hopWords(hop))),
    ...(table === TABLE_MAIN ? [] : [`table ${table}`]),
    ...(tos === 0 ? [] : [`tos ${tos}`]),
    ...(metric === 0 ? [] : [`metric ${metric}`]),
  ])
}

function defaultName(destination: string): string {
  return destination.includes(':') ? 'inet6 default' : 'default'
}

/** A single host is named without a prefix length. */
function bare(subnet: string): string {
  return subnet.replace(subnet.includes(':') ? /\/128$/ : /\/32$/, '')
}

function hopWords({ via, device, weight }: NextHop): string {
  return words([...option('via', via), ...option('dev', device), ...(weight === 1 ? [] : [`weight ${weight}`])])
}

/** `rule 900 from 10.20.0.0/16 table 100` */
export function ruleName(rule: Rule): string {
  const { family, priority, inverted, from, to, inputDevice, outputDevice, mark, ipProtocol } = rule
  return words([
    `rule ${priority}`,
    ...(family === 6 ? ['inet6'] : []),
    ...(inverted ? ['not'] : []),
    ...option('from', from),
    ...option('to', to),
    ...option('iif', inputDevice),
    ...option('oif', outputDevice),
    ...(mark === null ? [] : [`fwmark ${mark.mask === null ? mark.value : `${mark.value}/${mark.mask}`}`]),
    ...(ipProtocol === null ? [] : [`ipproto ${ipProtocol}`]),
    ...range('sport', rule.sourcePorts),
    ...range('dport', rule.destinationPorts),
    ...range('uidrange', rule.users),
    actionWords(rule),
  ])
}

function actionWords({ action }: Rule): string {
  switch (action.type) {
    case 'table':
      return `table ${action.table}`
    case 'goto':
      return `goto ${action.priority}`
    case 'l3mdev':
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return action.type
  }
}

function range(name: string, limits: { first: number; last: number } | null): string[] {
  if (limits === null) return []
  const { first, last } = limits
  return [`${name} ${first === last ? first : `${first}-${last}`}`]
}

function option(name: string, value: string | null): string[] {
  return value === null ? [] : [`${name} ${value}`]
}

function words(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}
