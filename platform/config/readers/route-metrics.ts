/** Numbers that go with a route: sizes, times and windows, in the units of the kernel. */
import type { Route, RouteMetric } from '#schemas/routing.ts'
import type { Use } from '../statements/entries.ts'
import type { Options } from './routing-options.ts'

/** Words of the file, in the order in which the kernel numbers them. */
const METRICS: readonly RouteMetric['name'][] = [
  'mtu',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'rto_min',
  'initrwnd',
  'quickack',
  'fastopen_no_cookie',
]

/** How many units of the kernel a millisecond has; a number without a unit is in those units. */
const PER_MS: Partial<Readonly<Record<RouteMetric['name'], number>>> = { rtt: 8, rttvar: 4, rto_min: 1 }

export function readRouteMetrics(
  options: Options,
): Pick<Route, 'metrics' | 'congestionControl' | 'explicitCongestion'> {
  const control = options.use('congctl')
  const name = control?.values[0]
  return {
    metrics: METRICS.flatMap((each) => metricOf(each, options.use(each))),
    congestionControl: typeof name === 'string' ? { name, locked: isLocked(control) } : null,
    explicitCongestion: options.value('features') === 'ecn',
  }
}

function metricOf(name: RouteMetric['name'], use: Use | undefined): RouteMetric[] {
  const value = numberOf(name, use?.values[0])
  // Zero is what the kernel has without it, and leaves out.
  return value === null || value === 0 ? [] : [{ name, value, locked: isLocked(use) }]
}

function numberOf(name: RouteMetric['name'], written: unknown): number | null {
  if (typeof written === 'number') return written
  if (typeof written !== 'string') return null
  const [, digits = '0', unit = ''] = /^([\d.]+)(m?s)?$/.exec(written) ?? []
  if (unit === '') return Number(digits)
  return Math.round(Number(digits) * (unit === 's' ? 1_000 : 1) * (PER_MS[name] ?? 1))
}

function isLocked(use: Use | undefined): boolean {
  return use?.options.get('lock') === true
}
