/** What an advert of another router means in each role. */
import type { Peer } from '#schemas/vrrp.ts'
import { isDamped } from './damping.ts'
import { overhear } from './fault-return.ts'
import { isYielding, succeeded } from './handover.ts'
import { meetResignation, meetRival, overlapBefore } from './rivals.ts'
import type { Fact, HeardAdvert, State } from './state.ts'
import { effectivePriority, patienceMs, standingOf } from './state.ts'
import { giveUpAddresses, isStalled, stall } from './tenure.ts'
import { skewMs } from './timing.ts'

export function hear(advert: HeardAdvert, at: number, state: State): Fact[] {
  switch (state.role) {
    case 'init':
    case 'stopped':
      return []
    case 'fault':
      return overhear(advert, at, state)
    case 'backup':
      return asBackup(advert, at, state)
    case 'master':
      return asMaster(advert, at, state)
  }
}

function asBackup(advert: HeardAdvert, at: number, state: State): Fact[] {
  // Priority 0 is a resignation: only the skew is left to wait (RFC 9568 6.4.2).
  if (advert.priority === 0) {
    const skew = skewMs(standingOf(state), state.masterIntervalMs)
    return [{ type: 'MasterResigned', at, master: peerOf(advert), downAt: at + skew }]
  }
  if (advert.priority >= effectivePriority(state)) return [follow(advert, at, state)]
  if (preempts(advert, at, state)) return [{ type: 'LowerIgnored', at, rival: peerOf(advert) }]
  const first: Fact[] = state.lowerSince === null ? [{ type: 'LowerFirstHeard', at }] : []
  return [...first, follow(advert, at, state)]
}

/**
 * Whether a master of lower priority is left to run into our timer. Never while services/ipvs has not shown itself
 * alive since it failed us: a router that cannot hold the addresses must not take them from one that can. Nor while it
 * stands aside after a hand-over, or has spent its budget of masterships.
 */
function preempts({ priority }: HeardAdvert, at: number, state: State): boolean {
  const { config, distrustUntil, lowerSince, handover } = state
  if (distrustUntil !== null || handover !== null) return false
  if (effectivePriority(state) === 255) return true
  if (!config.preempt || isDamped(priority, at, state)) return false
  return config.preemptDelayMs === 0 || (lowerSince !== null && at >= lowerSince + config.preemptDelayMs)
}

function asMaster(advert: HeardAdvert, at: number, state: State): Fact[] {
  if (isYielding(state)) {
    const master = peerOf(advert)
    const successor = succeeded(master, at, state)
    return successor.length === 0 ? [] : [...successor, follow(advert, at, state)]
  }
  if (isStalled(at, state)) return stall(at, state)
  if (advert.priority === 0) return meetResignation(advert.source, at, state)
  const priority = effectivePriority(state)
  const higher = advert.priority > priority
  // Between equals the greater address wins (RFC 9568 6.4.3).
  const greater = advert.priority === priority && advert.comparedToOurs > 0
  // RFC 9568 6.4.3 has no say for others where we own the addresses, and are told so.
  const deaf = priority === 255 && state.config.ownerIgnoresAdverts
  if ((higher || greater) && !deaf) return yieldTo(advert, higher ? 'higher-priority' : 'equal-priority', at, state)
  // Somebody else could serve, and we hold nothing.
  if (state.overdue && state.addresses !== 'held') return giveUpAddresses(at, state)
  return meetRival(advert, at, state)
}

function yieldTo(advert: HeardAdvert, reason: 'higher-priority' | 'equal-priority', at: number, state: State): Fact[] {
  const priority = effectivePriority(state)
  const lastWord: Fact[] = state.config.higherPriorityAdvert ? [{ type: 'LastWord', at, priority }] : []
  const master = peerOf(advert)
  const detail = overlapBefore(advert, at, state)
  return [
    ...lastWord,
    { type: 'BecameBackup', at, instance: state.config.name, priority, reason, master, detail },
    follow(advert, at, state),
  ]
}

function follow(advert: HeardAdvert, at: number, state: State): Fact {
  const downAt = at + patienceMs(state, advert.intervalMs)
  return { type: 'MasterAlive', at, master: peerOf(advert), intervalMs: advert.intervalMs, downAt }
}

function peerOf({ source, priority }: HeardAdvert): Peer {
  return { address: source, priority }
}
