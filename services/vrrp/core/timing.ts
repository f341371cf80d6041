/** The arithmetic of RFC 3768 6.1 (VRRPv2) and RFC 9568 6.1 (VRRPv3). Everything in milliseconds, with fractions. */

/** What the two formulas need of an instance. */
export interface Standing {
  version: 2 | 3
  /** 1 to 255 */
  priority: number
  /** Adverts that are waited for; the RFCs have 3. */
  downTimerAdverts: number
}

/**
 * How much longer than those intervals a backup waits, so that the best of several is first.
 * VRRPv2 counts it in 256ths of a second, whatever the interval; VRRPv3 in 256ths of the master's interval.
 */
export function skewMs({ version, priority }: Omit<Standing, 'downTimerAdverts'>, intervalMs: number): number {
  return ((256 - priority) * (version === 2 ? 1_000 : intervalMs)) / 256
}

/** Silence after which a backup takes over; `intervalMs` is the master's, learned from its adverts (VRRPv3). */
export function masterDownMs(standing: Standing, intervalMs: number): number {
  return standing.downTimerAdverts * intervalMs + skewMs(standing, intervalMs)
}

/** How long the addresses may take to show up in the kernel after this node has become master. */
export function commitTimeoutMs(intervalMs: number): number {
  return Math.max(intervalMs, 1_000)
}

/**
 * An address that vanished gets this long to return before the master resigns: a reload that drops an address may
 * reach services/ipvs a moment before it reaches us.
 */
export const LOSS_GRACE_MS = 50

/** The wait before the n-th repetition: none before the first, then doubling from `firstMs` up to `capMs`. */
export function backoffMs(repetition: number, firstMs: number, capMs: number): number {
  return repetition < 1 ? 0 : Math.min(capMs, firstMs * 2 ** Math.min(repetition - 1, 30))
}
