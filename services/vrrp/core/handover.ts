/**
 * A planned hand-over, make before break: the event goes out, so that services/ipvs knows; then priority 0, while the
 * addresses stay and are answered for; and only the first advert of the successor makes us let go. If nobody comes, we
 * go on as if nothing had been asked. Afterwards this router stays backup, and accepts masters of lower priority, until
 * the time is over or somebody ends it; when no master is heard any more it takes over like any other backup.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { Peer } from '#schemas/vrrp.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority } from './state.ts'

export interface Handover {
  /** announced: services/ipvs is being told; yielding: priority 0 was sent, the addresses are still here. */
  phase: 'announced' | 'yielding' | 'aside'
  /** End of the phases before aside. */
  due: Millis
  /** End of standing aside; null: when somebody ends it. */
  endsAt: Millis | null
}

export interface HandoverRequest {
  actor: string
  reason: string
  /** null: until it is ended. */
  forMs: number | null
}

/** A message between two processes of this machine takes less than a millisecond; loaded, some. */
const ANNOUNCE_MS = 50
/** What the successor's advert and a loaded machine may take beyond its skew. */
const SLACK_MS = 200

/** How long a successor may take: the longest skew there is, and an interval. The lease must not end before. */
function yieldMs({ version, advertIntervalMs, leaseMs }: VrrpInstance): number {
  const longestSkewMs = version === 2 ? 1_000 : advertIntervalMs
  return Math.min(longestSkewMs + advertIntervalMs + SLACK_MS, leaseMs - 1_000)
}

/** Why this router cannot hand over, in words; null: it can. `force`: also when nobody was ever heard. */
export function handoverRefusal(force: boolean, { role, config, heardAt, handover }: State): string | null {
  if (role !== 'master') return `${config.name} is ${role.toUpperCase()} here: there is nothing to hand over`
  if (handover !== null) return `${config.name} is being handed over already`
  if (heardAt !== null || force) return null
  return `no other router was ever heard on ${config.name}: perhaps nobody would come (--force tries all the same)`
}

export function beginHandover(request: HandoverRequest, at: number, state: State): Fact[] {
  if (handoverRefusal(true, state) !== null) return []
  const holdMs = ANNOUNCE_MS + yieldMs(state.config)
  // One more advert: the lease shall be as long as it can be.
  return [
    { type: 'HandoverBegan', at, instance: state.config.name, ...request, holdMs },
    { type: 'AdvertOwed', at },
  ]
}

/** One of its three times is over. */
export function handoverDue({ at, drained }: { at: number; drained: boolean }, state: State): Fact[] {
  const { handover } = state
  if (handover === null) return []
  switch (handover.phase) {
    case 'announced':
      if (state.role !== 'master' || at < handover.due) return []
      return [
        { type: 'LastWord', at, priority: 0 },
        { type: 'Yielding', at, until: at + yieldMs(state.config) },
      ]
    case 'yielding':
      if (state.role !== 'master' || at < handover.due) return []
      if (!drained) return [{ type: 'Hesitated', at, over: 'HandoverExpired' }]
      return [ended('nobody-came', null, at, state), { type: 'AdvertOwed', at }]
    case 'aside':
      return handover.endsAt === null || at < handover.endsAt ? [] : [ended('time-over', null, at, state)]
  }
}

export function endHandover(actor: string, at: number, state: State): Fact[] {
  if (state.handover === null) return []
  const resumed: Fact[] = isYielding(state) ? [{ type: 'AdvertOwed', at }] : []
  return [ended('asked', actor, at, state), ...resumed]
}

/** The log tells of one that was not over when the process before this one ended. */
export function recallHandover(endsAt: number | null, at: number, state: State): Fact[] {
  if (state.role === 'stopped' || state.handover !== null) return []
  if (state.role === 'master') return [ended('master-gone', null, at, state)]
  return [{ type: 'HandoverRecalled', at, endsAt }]
}

export function isYielding({ role, handover }: State): boolean {
  return role === 'master' && handover?.phase === 'yielding'
}

/** The first word of the successor; somebody else's resignation is none. */
export function succeeded(master: Peer, at: number, state: State): Fact[] {
  if (master.priority === 0) return []
  const priority = effectivePriority(state)
  const { name: instance } = state.config
  return [{ type: 'BecameBackup', at, instance, priority, reason: 'handover', master, detail: null }]
}

/** Whoever becomes master again does so because nobody else is. */
export function overtaken(at: number, state: State): Fact[] {
  return state.handover === null ? [] : [ended('master-gone', null, at, state)]
}

type Ended = Extract<Fact, { type: 'HandoverEnded' }>

function ended(reason: Ended['reason'], actor: string | null, at: number, state: State): Ended {
  return { type: 'HandoverEnded', at, instance: state.config.name, reason, actor }
}

export function evolveHandover(
  before: Handover | null,
  fact: Extract<Fact, { type: 'HandoverBegan' | 'Yielding' | 'HandoverRecalled' | 'HandoverEnded' }>,
): Handover | null {
  switch (fact.type) {
    case 'HandoverBegan':
      return {
        phase: 'announced',
        due: fact.at + ANNOUNCE_MS,
        endsAt: fact.forMs === null ? null : fact.at + fact.forMs,
      }
    case 'Yielding':
      return before === null ? null : { ...before, phase: 'yielding', due: fact.until }
    case 'HandoverRecalled':
      return { phase: 'aside', due: fact.at, endsAt: fact.endsAt }
    case 'HandoverEnded':
      return null
  }
}

/** It is no longer master. */
export function stoodAside(handover: Handover | null): Handover | null {
  return handover === null ? null : { ...handover, phase: 'aside' }
}

/** When to look at it again; null: never. */
export function nextDue({ handover }: State): Millis | null {
  if (handover === null) return null
  return handover.phase === 'aside' ? handover.endsAt : handover.due
}
