/**
 * RTA_METRICS of a route (linux/rtnetlink.h): one u32 for each RTAX_* number, RTAX_LOCK as a set of the numbers that
 * are locked, RTAX_CC_ALGO as text.
 */
import type { Route, RouteMetric } from '#schemas/routing.ts'
import { attributeText, attributeU32 } from './attributes.ts'

const RTAX_LOCK = 1
const RTAX_FEATURES = 12
const RTAX_CC_ALGO = 16
const RTAX_FEATURE_ECN = 1

const NUMBERS: Readonly<Record<RouteMetric['name'], number>> = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  fastopen_no_cookie: 17,
}

type Source = Pick<Route, 'metrics' | 'congestionControl' | 'explicitCongestion'>

/** What stands inside RTA_METRICS; empty: the route has none. */
export function encodeMetrics({ metrics, congestionControl, explicitCongestion }: Source): Buffer[] {
  const locked = metrics.filter((metric) => metric.locked).map(({ name }) => NUMBERS[name])
  if (congestionControl?.locked === true) locked.push(RTAX_CC_ALGO)
  const parts = metrics.map(({ name, value }) => attributeU32(NUMBERS[name], value))
  if (locked.length > 0)
    parts.unshift(
      attributeU32(
        RTAX_LOCK,
        locked.reduce((set, number) => set | (1 << number), 0),
      ),
    )
  if (explicitCongestion) parts.push(attributeU32(RTAX_FEATURES, RTAX_FEATURE_ECN))
  if (congestionControl !== null) parts.push(attributeText(RTAX_CC_ALGO, congestionControl.name))
  return parts
}
