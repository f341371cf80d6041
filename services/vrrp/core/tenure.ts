/**
 * Being master, and when to stop being it without a better one in sight.
 *
 * A master must be able to do two things: send its adverts in time, and hold its addresses. Whoever was frozen for
 * longer than a master-down interval has been replaced and must not say a word more (it would pull the clients back).
 * Whoever lacks an address (services/ipvs dead or hung, or somebody removed it) resigns, so that another one serves.
 *
 * What comes after such a resignation differs from keepalived, which waits for its skew only and tries again, whether
 * or not it could hold the address: with a dead services/ipvs that would be a flapping black hole, and a higher
 * priority would keep any other router from ever taking over. Here the router waits a whole master-down interval, in
 * which every living backup comes first, and then stays out, accepting masters of lower priority, until services/ipvs
 * was seen alive; from the second mishap in a row on, additionally for a quiet time that doubles. Only when nobody came
 * when we stepped aside nobody could serve instead: then want of an address does not end the next mastership until its
 * patience is over. That ends too, because a backup that was started meanwhile keeps quiet and cannot be heard.
 */
import { isYielding } from './handover.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, missingAddresses, standingOf, trackedAddresses, virtualAddresses } from './state.ts'
import { backoffMs, masterDownMs } from './timing.ts'

/** Nothing of ours left the interface for so long that a backup has taken over. */
export function isStalled(at: number, state: State): boolean {
  const own = standingOf(state)
  const backup = { ...own, priority: state.config.stallPriority ?? own.priority }
  return at - state.sentAt > masterDownMs(backup, state.config.advertIntervalMs)
}

export function stall(at: number, state: State): Fact[] {
  const silence = `no advert left for ${Math.round(at - state.sentAt)} ms`
  const detail = state.sendError === null ? silence : `${silence}: ${state.sendError}`
  return [becameBackup('stalled', detail, at, state)]
}

/** The advert timer: the next advert, unless it comes too late to be sent at all. */
export function keepOffice(at: number, state: State): Fact[] {
  if (state.role !== 'master' || at < state.advertAt || isYielding(state)) return []
  if (isStalled(at, state)) return stall(at, state)
  return [{ type: 'AdvertOwed', at }]
}

/** The time for addresses to be there is over. */
export function weighCommit({ at, drained }: { at: number; drained: boolean }, state: State): Fact[] {
  if (state.role !== 'master' || state.addresses === 'held' || at < state.commitBy) return []
  if (!drained) return [{ type: 'Hesitated', at, over: 'CommitExpired' }]
  const stays = isAlone(state) && state.addresses === 'awaited' && !state.overdue
  if (!stays) return giveUpAddresses(at, state)
  const patienceMs = backoffMs(state.mishaps, 30_000, 3_600_000)
  const missing = missingAddresses(state)
  return [{ type: 'CommitOverdue', at, instance: state.config.name, missing, patienceMs }]
}

/** We stepped aside for others, and nobody came: backups keep quiet, so nothing less proves it. */
function isAlone({ asideAt, heardAt }: State): boolean {
  return asideAt !== null && (heardAt === null || heardAt < asideAt)
}

/** Resigns for want of an address. */
export function giveUpAddresses(at: number, state: State): Fact[] {
  const reason = state.addresses === 'missing' ? 'address-lost' : 'commit-failed'
  const detail = `not in the kernel: ${missingAddresses(state).join(', ')}`
  return [{ type: 'LastWord', at, priority: 0 }, becameBackup(reason, detail, at, state)]
}

/** An address of ours is in the kernel. Refreshes of one that is known to be there say nothing new. */
export function seeAddress(
  { at, address, remainingMs }: { at: number; address: string; remainingMs: number | null },
  state: State,
): Fact[] {
  const known = state.present.has(address)
  if ((known && state.role !== 'init') || !virtualAddresses(state).includes(address)) return []
  const noted: Fact = { type: 'AddressNoted', at, address, remainingMs }
  const wanted = state.role === 'master' && state.addresses !== 'held'
  const complete = wanted && missingAddresses(state).every((missing) => missing === address)
  return complete ? [noted, { type: 'Committed', at }] : [noted]
}

export function loseAddress({ at, address }: { at: number; address: string }, state: State): Fact[] {
  // no_track: nobody minds, and it may come and go.
  return state.present.has(address) && trackedAddresses(state).includes(address)
    ? [{ type: 'AddressMissed', at, address }]
    : []
}

type GivenUp = 'stalled' | 'address-lost' | 'commit-failed'

function becameBackup(reason: GivenUp, detail: string, at: number, state: State): Fact {
  const { name } = state.config
  return { type: 'BecameBackup', at, instance: name, priority: effectivePriority(state), reason, master: null, detail }
}
