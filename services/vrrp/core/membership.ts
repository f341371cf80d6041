/** One member's side of its sync group (group.ts): what the group sees of it, and how it follows. */

import { awaitsDevice } from './device.ts'
import type { Member, Verdict } from './group.ts'
import { isYielding } from './handover.ts'
import { promotion } from './promotion.ts'
import { enter, farewell, faultOf, isInTheDark, leaseLeft } from './standing.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, standingOf, virtualAddresses } from './state.ts'
import { skewMs } from './timing.ts'

export function asMember(state: State): Member {
  const { config, role, master, wants, startAt } = state
  const fault = faultOf(state)
  return {
    name: config.name,
    role,
    fault: fault === null ? null : [fault.reason.replaceAll('-', ' '), fault.detail].filter(Boolean).join(': '),
    waiting: (role === 'init' && startAt !== null) || awaitsDevice(state) || isInTheDark(state),
    wants,
    follows: role === 'backup' && !wants && master !== null && !master.resigned,
    resigned: role === 'backup' && master?.resigned === true,
    leaseLeftMs: virtualAddresses(state).length === 0 ? null : (leaseLeft(state) ?? 0),
  }
}

/** From here on the group decides, or no longer does: then what was left to it is done alone. */
export function joinGroup(group: string | null, at: number, state: State): Fact[] {
  if (group === state.group || state.role === 'stopped') return []
  const noted: Fact = { type: 'GroupNoted', at, group }
  const released = group === null && state.role === 'fault' && faultOf(state) === null
  return released ? [noted, ...enter('fault-cleared', at, { ...state, group })] : [noted]
}

/** Verdicts that no longer fit are none of its business any more. */
export function obey(verdict: Verdict, at: number, state: State): Fact[] {
  const { role } = state
  const common = { at, instance: state.config.name, priority: effectivePriority(state) }
  switch (verdict.type) {
    case 'begin':
      return role === 'init' ? enter('start', at, state) : []
    case 'resume':
      return role === 'init' ? [{ type: 'MastershipResumed', ...common, leaseLeftMs: verdict.leaseLeftMs }] : []
    case 'promote':
      return role === 'backup' && state.wants ? promotion(at, state) : []
    case 'yield': {
      const detail = `${verdict.by} of the same sync group`
      const backup: Fact = { type: 'BecameBackup', ...common, reason: 'group', master: null, detail }
      // One that hands over waits for its own successor.
      return role === 'master' && !isYielding(state) ? [...farewell(at, state), backup] : []
    }
    case 'fault': {
      const detail = `${verdict.by} of the same sync group: ${verdict.detail}`
      const able = role === 'init' || role === 'backup' || role === 'master'
      return able ? [...farewell(at, state), { type: 'BecameFault', ...common, reason: 'group', detail }] : []
    }
    case 'clear':
      return role === 'fault' ? enter('fault-cleared', at, state) : []
    case 'hurry':
      return hurry(at, state)
  }
}

/**
 * The master of another segment resigned, and ours is most likely the same router: once an interval has passed without
 * a word from it, only the skew is left to wait. If it speaks, the whole interval begins again.
 */
function hurry(at: number, state: State): Fact[] {
  const { role, master, masterIntervalMs } = state
  if (role !== 'backup' || master === null) return []
  const silentFrom = Math.max(at, master.at + masterIntervalMs)
  const downAt = Math.min(state.downAt, silentFrom + skewMs(standingOf(state), masterIntervalMs))
  return downAt < state.downAt ? [{ type: 'MasterDoubted', at, downAt }] : []
}
