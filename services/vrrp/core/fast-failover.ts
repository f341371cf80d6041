/** What a router makes of the news that fast detection has of its master. */
import type { Fact, State } from './state.ts'
import { standingOf } from './state.ts'
import { masterDownMs, skewMs } from './timing.ts'

type News = { at: number; address: string }

/** The master is gone for sure, and could not resign: only the skew is left to wait, as if it had. */
export function loseMaster({ at, address }: News, state: State): Fact[] {
  if (!isFollowed(address, state) || state.config.fastDetection === null) return []
  const downAt = at + skewMs(standingOf(state), state.masterIntervalMs)
  return downAt < state.downAt ? [{ type: 'MasterLost', at, downAt }] : []
}

/** It answers after all: what counts is its last advert, as if nothing had been said. */
export function findMaster({ at, address }: News, state: State): Fact[] {
  if (!isFollowed(address, state) || !state.masterLost || state.master === null) return []
  return [
    { type: 'MasterFound', at, downAt: state.master.at + masterDownMs(standingOf(state), state.masterIntervalMs) },
  ]
}

function isFollowed(address: string, { role, master }: State): boolean {
  return role === 'backup' && master?.peer.address === address
}
