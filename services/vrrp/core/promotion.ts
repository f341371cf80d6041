/** Becoming master: the end of the master-down timer, and what it takes beyond that. */

import type { VrrpEvent } from '#schemas/vrrp.ts'
import { spend } from './damping.ts'
import { overtaken } from './handover.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, standingOf } from './state.ts'
import { masterDownMs } from './timing.ts'

/** Silence has lasted long enough, unless somebody's advert lies unread: a late timer proves nothing by itself. */
export function weighPromotion({ at, drained }: { at: number; drained: boolean }, state: State): Fact[] {
  if (state.role !== 'backup' || at < state.downAt) return []
  if (!drained) return [{ type: 'Hesitated', at, over: 'MasterDownExpired' }]
  if (state.group === null) return promotion(at, state)
  // The rest is for the group to say: when all of its members have come so far.
  return state.wants ? [] : [{ type: 'PromotionWanted', at }]
}

export function promotion(at: number, state: State): Fact[] {
  const previous = state.ignored ?? state.master
  const master: Fact = {
    type: 'BecameMaster',
    at,
    instance: state.config.name,
    priority: effectivePriority(state),
    reason: promotionReason(at, state),
    previousMaster: previous?.peer ?? null,
    silentMs: previous === null ? null : Math.round(at - previous.at),
  }
  return [...overtaken(at, state), master, ...spend(at, state)]
}

function promotionReason(at: number, state: State): Extract<VrrpEvent, { type: 'BecameMaster' }>['reason'] {
  const { ignored, master, config } = state
  const alive = ignored !== null && at - ignored.at < masterDownMs(standingOf(state), config.advertIntervalMs)
  if (alive) return 'preemption'
  if (state.masterLost) return 'unreachable'
  if (master?.resigned) return 'resignation'
  return effectivePriority(state) === 255 ? 'owner' : 'silence'
}
