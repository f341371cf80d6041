import { createLoop } from '#platform/loop.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import { decideWatch, evolveWatch, NOTHING_WATCHED, type WatchFact, type WatchInput } from '../core/security.ts'
import type { RouterPorts } from '../router.ts'

/** Watches who sends what beside the election, which knows nothing of it. */
export interface Sentry {
  take(input: WatchInput): void
}

export function createSentry({ publish, log }: Pick<RouterPorts, 'publish' | 'log'>): Sentry {
  const core = { decide: decideWatch, evolve: evolveWatch, react: () => [] }
  const loop = createLoop({ core, initial: NOTHING_WATCHED, order: 'act-first', act() {}, toEvent, publish, log })
  return { take: loop.dispatch }
}

function toEvent(fact: WatchFact): EventDraft | null {
  if (fact.type === 'AdvertTallied' || fact.type === 'RouterKnown') return null
  const { at: _at, ...data } = fact
  return { service: 'vrrp', entity: fact.instance, data }
}
