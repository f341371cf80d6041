/** Lines of virtual_routes and static_routes, in the words of iproute2. */
import type { Encapsulation, NextHop, Route } from '#schemas/routing.ts'
import { ipBytes, ipText } from '../../native/ip.ts'
import { wordPosition } from '../language/text.ts'
import type { Entry, Use } from '../statements/entries.ts'
import { type Family, familyOfLine, usesProtocol } from '../statements/routing-lines.ts'
import type { Value } from '../statements/values.ts'
import { readRouteMetrics } from './route-metrics.ts'
import { namedNumber, type Options, optionsOf, type RoutingReading, realmsOf } from './routing-options.ts'

/** What keepalived marks its routes and rules with, and we do: rt_protos has the name. */
export const OUR_PROTOCOL = 18
const TABLE_MAIN = 254
/** Scopes of types that make sense only near by; keepalived leaves them at global, and the kernel refuses. */
const SCOPES: Partial<Readonly<Record<Route['type'], number>>> = { local: 254, nat: 254, broadcast: 253 }

/** null: the line cannot be used, which has been or will be reported. */
export function readRoute(entry: Entry, reading: RoutingReading): Route | null {
  const options = optionsOf(entry.uses, reading)
  const { family: said, stranger } = familyOfLine(entry)
  const family = said ?? 4
  const type = (entry.values[0] ?? 'unicast') as Route['type']
  if (stranger !== null) return null
  const destination = subnetOf(entry.values[1], family, entry, reading)
  const nextHops = nextHopsOf(entry, options, reading)
  if (destination === null || nextHops === null) return null
  const table = options.named('table', 'table')
  // Elsewhere it would do what it is not meant to.
  if (options.has('table') && table === null) return null
  return {
    family,
    type,
    destination,
    table: table === null || table === 0 ? TABLE_MAIN : table,
    metric: options.number('metric') ?? 0,
    tos: options.named('tos', 'tos') ?? 0,
    protocol: usesProtocol(entry) ? (options.named('protocol', 'protocol') ?? OUR_PROTOCOL) : OUR_PROTOCOL,
    scope: options.named('scope', 'scope') ?? (family === 4 ? (SCOPES[type] ?? 0) : 0),
    source: options.text('src'),
    from: options.text('from'),
    nextHops,
    ...readRouteMetrics(options),
    expiresS: family === 6 ? options.number('expires') : null,
    preference: family === 6 ? preferenceOf(options) : null,
    ttlPropagate: options.has('ttl-propagate') ? options.value('ttl-propagate') === 'enabled' : null,
    placing: placingOf(options),
    tracked: !options.has('no_track'),
  }
}

/** The kernel refuses host bits: they are cleared, which is said. */
function subnetOf(value: Value | undefined, family: Family, entry: Entry, { findings }: RoutingReading): string | null {
  if (value === 'default') return family === 4 ? '0.0.0.0/0' : '::/0'
  if (typeof value !== 'string') return null
  const [address = '', length = ''] = value.split('/')
  const network = `${ipText(masked(ipBytes(address), Number(length)))}/${length}`
  if (network !== value) {
    const message = `${value}: the address has bits behind the prefix length; ${network} is used`
    findings.warning({ code: 'ROUNDED', at: wordPosition(entry.statement.keyword), keyword: 'route', message })
  }
  return network
}

function masked(bytes: Buffer, prefix: number): Buffer {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - 8 * index))
    return byte & (0xff00 >> kept) & 0xff
  }) as Buffer
}

function placingOf(options: Options): Route['placing'] {
  if (options.has('add')) return 'exclusive'
  return options.has('append') ? 'append' : 'prepend'
}

function preferenceOf(options: Options): Route['preference'] {
  const value = options.value('pref')
  return value === 'low' || value === 'medium' || value === 'high' ? value : null
}

/** The ways out; null where one of them cannot be used. */
function nextHopsOf(entry: Entry, options: Options, reading: RoutingReading): NextHop[] | null {
  const own = nextHopOf(options, reading)
  const others = options.all('nexthop').map(({ uses }) => nextHopOf(optionsOf(uses, reading), reading))
  const second = options.text('or')
  const hops = [...(own === undefined ? [] : [own]), ...others]
  if (hops.includes(null)) return null
  const usable = hops.flatMap((hop) => hop ?? [])
  const [first] = usable
  if (second !== null && first !== undefined) return [first, { ...first, via: second }]
  if (usable.length === 0 && ['unicast', 'broadcast', 'multicast'].includes(String(entry.values[0] ?? 'unicast'))) {
    const message = 'a route that does not say where packets leave; it is left out'
    const at = wordPosition(entry.statement.keyword)
    reading.findings.error({ code: 'INCOMPLETE', at, keyword: 'route', message, hint: 'via ADDRESS or dev INTERFACE' })
    return null
  }
  return usable
}

/** undefined: nothing of it is said; null: a tunnel that cannot be used. */
function nextHopOf(options: Options, reading: RoutingReading): NextHop | null | undefined {
  const via = options.use('via')?.values[1] ?? options.text('gw')
  const device = options.text('dev')
  const encap = options.use('encap')
  const encapsulation = encap === undefined ? null : readEncapsulation(encap, reading)
  if (encap !== undefined && encapsulation === null) return null
  if (via === null && device === null && encapsulation === null) return undefined
  return {
    via: typeof via === 'string' ? via : null,
    device,
    weight: options.number('weight') ?? 1,
    onlink: options.has('onlink'),
    encapsulation,
    realms: realmsOf(options.use('realms'), reading),
  }
}

function readEncapsulation(use: Use, reading: RoutingReading): Encapsulation | null {
  const [type, target] = use.values
  const text = typeof target === 'string' ? target : ''
  switch (type) {
    case 'mpls': {
      const labels = text.split('/').map(Number)
      const fits = /^\d+(\/\d+)*$/.test(text) && labels.every((label) => label <= 0xf_ffff)
      return fits
        ? { type, labels }
        : refuse(use, `${text} is no stack of labels`, 'labels are such as 100/200', reading)
    }
    case 'ila': {
      const fits = /^[\da-f]{1,4}(:[\da-f]{1,4}){3}$/i.test(text)
      return fits ? { type, locator: text } : refuse(use, `${text} is no locator`, 'such as 2001:db8:1:2', reading)
    }
    case 'ip':
    case 'ip6':
      return { type, ...tunnelOf(use, reading) }
    default:
      return null
  }
}

function tunnelOf(use: Use, { names, findings }: RoutingReading) {
  const { options } = use
  const number = (name: string): number | null => {
    const value = options.get(name)
    return typeof value === 'number' ? value : null
  }
  const text = (name: string): string | null => {
    const value = options.get(name)
    return typeof value === 'string' ? value : null
  }
  const tos = options.get('tos') ?? options.get('dsfield') ?? options.get('tc')
  return {
    id: number('id'),
    destination: text('dst'),
    source: text('src'),
    tos: namedNumber(use, tos, 'tos', names, findings),
    ttl: number('ttl') ?? number('hoplimit'),
    flags: number('flags'),
  }
}

function refuse({ word }: Use, problem: string, hint: string, { findings }: RoutingReading): null {
  const message = `encap: ${problem}; the line is left out`
  findings.error({ code: 'INVALID', at: wordPosition(word), keyword: word.value, message, hint })
  return null
}
