/** RFC 3768 6.4 and RFC 9568 6.4, with the safety that leases give: what an input means, given what we know. */
import { hear } from './hearing.ts'
import { reconfigure, stop, watchLink, watchTracker } from './standing.ts'
import { start } from './startup.ts'
import type { Fact, Input, State } from './state.ts'
import { effectivePriority, standingOf } from './state.ts'
import { keepOffice, loseAddress, seeAddress, weighCommit } from './tenure.ts'
import { masterDownMs } from './timing.ts'

/** Pure: time arrives as `input.at`. */
export function decide(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'Started':
      return start(input, state)
    case 'AdvertHeard':
      return hear(input.advert, input.at, state)
    case 'AdvertDropped':
      return reject(input, state)
    case 'MasterDownExpired':
      return weighPromotion(input, state)
    case 'AdvertTimerExpired':
      return keepOffice(input.at, state)
    case 'CommitExpired':
      return weighCommit(input, state)
    case 'SendFailed':
      return state.role === 'master' ? [{ type: 'AdvertUnsent', at: input.at, code: input.code }] : []
    case 'LinkChanged':
      return watchLink(input.link, input.at, state)
    case 'AddressPresent':
      return seeAddress(input, state)
    case 'AddressGone':
      return loseAddress(input, state)
    case 'IpvsAlive':
      return trust(input.at, state)
    case 'TrackerReported':
      return watchTracker(input.report, input.at, state)
    case 'Reconfigured':
      return reconfigure(input.config, input.at, state)
    case 'StopRequested':
      return stop(input.at, state)
  }
}

/** Silence has lasted long enough, unless somebody's advert lies unread: a late timer proves nothing by itself. */
function weighPromotion({ at, drained }: { at: number; drained: boolean }, state: State): Fact[] {
  if (state.role !== 'backup' || at < state.downAt) return []
  if (!drained) return [{ type: 'Hesitated', at, over: 'MasterDownExpired' }]
  const previous = state.ignored ?? state.master
  return [
    {
      type: 'BecameMaster',
      at,
      instance: state.config.name,
      priority: effectivePriority(state),
      reason: promotionReason(at, state),
      previousMaster: previous?.peer ?? null,
      silentMs: previous === null ? null : Math.round(at - previous.at),
    },
  ]
}

function promotionReason(at: number, state: State): 'silence' | 'resignation' | 'preemption' {
  const { ignored, master, config } = state
  const alive = ignored !== null && at - ignored.at < masterDownMs(standingOf(state), config.advertIntervalMs)
  if (alive) return 'preemption'
  return master?.resigned ? 'resignation' : 'silence'
}

/** A dropped advert is counted and changes nothing else; the first of a reason in a state becomes an event. */
function reject({ at, reason, source }: { at: number; reason: string; source: string }, state: State): Fact[] {
  if (state.role === 'init' || state.role === 'stopped') return []
  const counted: Fact = { type: 'AdvertCounted', at, reason }
  if (state.reported.includes(reason)) return [counted]
  return [counted, { type: 'AdvertRejected', at, instance: state.config.name, reason, source }]
}

/** services/ipvs lives: after an address went missing we compete again, once its quiet time is over. */
function trust(at: number, { distrustUntil }: State): Fact[] {
  return distrustUntil !== null && at >= distrustUntil ? [{ type: 'TrustRegained', at }] : []
}
