/**
 * Flap damping. An instance has a budget of masterships within a window of time. Once it is spent the instance preempts
 * nobody: it accepts masters of lower priority until so many masterships have left the window that it can afford one.
 * Silence and resignations make it master as ever: nothing is delayed that nobody else would do. Nor does it accept a
 * master of priority 1, which most likely cannot serve (see advertisedPriority). Owners are exempt.
 *
 * The way back from FAULT is damped by fault-return.ts, from the same window.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { DampingState } from '#schemas/control.ts'
import type { Peer } from '#schemas/vrrp.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority } from './state.ts'

export interface Damping {
  /** When it became master, and when it came back from FAULT: oldest first, and no more than count. */
  masterships: readonly Millis[]
  returns: readonly Millis[]
  /** The budget is spent until then; null: it is not. */
  spentUntil: Millis | null
  /** FAULT is over, and the way back waits; null: it does not. */
  hold: Hold | null
  /** That it waits was published in this FAULT. */
  told: boolean
  /** What the last FAULT was, in words; null: there was none. */
  fault: string | null
}

export interface Hold {
  until: Millis
  /** When a backup would take over, had nobody been heard any more. */
  aloneAt: Millis
  /** The master that was heard meanwhile. */
  heard: { peer: Peer; at: Millis; intervalMs: Millis } | null
}

type Limit = NonNullable<VrrpInstance['flapDamping']>

/** With so many returns the wait has long been at its longest. */
const MOST_RETURNS = 10
/** A master of this priority is left to run into our timer by whoever may not preempt, too. */
export const LAST_RESORT = 1

/** Whether a master of this priority is accepted, although it is lower than ours. */
export function isDamped(priority: number, at: Millis, { damping }: State): boolean {
  return damping.spentUntil !== null && at < damping.spentUntil && priority > LAST_RESORT
}

export function within(moments: readonly Millis[], windowMs: Millis, at: Millis): Millis[] {
  return moments.filter((moment) => at - moment < windowMs)
}

/** When one more mastership fits into the budget; null: it does now. */
function recoversAt(at: Millis, state: State): Millis | null {
  const limit = limitOf(state)
  if (limit === null) return null
  const recent = within(state.damping.masterships, limit.windowMs, at)
  const oldest = recent.at(-limit.masterships)
  return oldest === undefined ? null : oldest + limit.windowMs
}

/** null: nothing of it is damped. */
export function limitOf(state: State): Limit | null {
  return effectivePriority(state) === 255 ? null : state.config.flapDamping
}

/** What there is to say of the budget now that things are as in `state`. */
export function weighBudget(at: Millis, state: State): Fact[] {
  const until = recoversAt(at, state)
  const { spentUntil, masterships } = state.damping
  const { config } = state
  if (until === null || config.flapDamping === null)
    return spentUntil === null ? [] : [{ type: 'DampingEnded', at, instance: config.name, what: 'preemption' }]
  if (spentUntil !== null) return until > spentUntil ? [{ type: 'DampingProlonged', at, until }] : []
  const { windowMs } = config.flapDamping
  const count = within(masterships, windowMs, at).length
  const detail = `became MASTER ${count} times in ${windowMs / 1_000} s`
  const waitMs = Math.ceil(until - at)
  return [{ type: 'DampingBegan', at, instance: config.name, what: 'preemption', count, windowMs, waitMs, detail }]
}

/** The budget after one more mastership. */
export function spend(at: Millis, state: State): Fact[] {
  return weighBudget(at, { ...state, damping: withMastership(state.damping, at, state.config) })
}

function withMastership(damping: Damping, at: Millis, { flapDamping }: VrrpInstance): Damping {
  if (flapDamping === null) return damping
  const masterships = [...within(damping.masterships, flapDamping.windowMs, at), at].slice(-flapDamping.masterships)
  return { ...damping, masterships }
}

function withReturn(damping: Damping, at: Millis, { flapDamping }: VrrpInstance): Damping {
  if (flapDamping === null) return damping
  return { ...damping, returns: [...within(damping.returns, flapDamping.windowMs, at), at].slice(-MOST_RETURNS) }
}

type Of<Type extends Fact['type']> = Extract<Fact, { type: Type }>

/** What is known of flaps after a change of role; the wait for the way back from FAULT is over by any of them. */
export function dampingIn(
  { damping, config }: State,
  fact: Of<'BecameMaster' | 'MastershipResumed' | 'BecameBackup' | 'BecameFault' | 'InstanceStopped'>,
): Damping {
  switch (fact.type) {
    case 'BecameMaster':
      return { ...withMastership(damping, fact.at, config), hold: null, told: false }
    case 'MastershipResumed':
    case 'InstanceStopped':
      return { ...damping, hold: null, told: false }
    case 'BecameBackup': {
      const returned = fact.reason === 'fault-cleared' ? withReturn(damping, fact.at, config) : damping
      return { ...returned, hold: null, told: false }
    }
    case 'BecameFault':
      return { ...damping, hold: null, told: false, fault: [fact.reason, fact.detail].filter(Boolean).join(': ') }
  }
}

/** What is known of it after one of its own facts. */
export function evolveDamping(
  damping: Damping,
  fact: Of<'DampingBegan' | 'DampingProlonged' | 'DampingEnded' | 'ReturnHeld' | 'ReturnLost' | 'MasterOverheard'>,
): Damping {
  switch (fact.type) {
    case 'DampingBegan':
      if (fact.what === 'return') return { ...damping, told: true }
      return { ...damping, spentUntil: fact.at + fact.waitMs }
    case 'DampingProlonged':
      return { ...damping, spentUntil: fact.until }
    case 'DampingEnded':
      return fact.what === 'return' ? { ...damping, hold: null } : { ...damping, spentUntil: null }
    case 'ReturnHeld':
      return { ...damping, hold: { until: fact.until, aloneAt: fact.aloneAt, heard: null } }
    case 'ReturnLost':
      return { ...damping, hold: null }
    case 'MasterOverheard': {
      const { at, master: peer, intervalMs, aloneAt } = fact
      return damping.hold === null
        ? damping
        : { ...damping, hold: { ...damping.hold, aloneAt, heard: { peer, at, intervalMs } } }
    }
  }
}

/** When to look at it again; null: never. */
export function dampingDue({ damping: { spentUntil, hold } }: State): Millis | null {
  const moments = [spentUntil, hold === null ? null : endOf(hold)].filter((moment) => moment !== null)
  return moments.length === 0 ? null : Math.min(...moments)
}

export function endOf({ until, aloneAt }: Hold): Millis {
  return Math.min(until, aloneAt)
}

/** For people: what is left; null: nothing of it is damped. */
export function dampingState(at: Millis, state: State): DampingState | null {
  const limit = limitOf(state)
  if (limit === null) return null
  const { spentUntil, hold, masterships } = state.damping
  const until = (moment: Millis | null) => (moment === null ? null : Math.max(0, Math.ceil(moment - at)))
  return {
    instance: state.config.name,
    budget: limit.masterships,
    windowMs: limit.windowMs,
    left: Math.max(0, limit.masterships - within(masterships, limit.windowMs, at).length),
    preemptsInMs: until(spentUntil),
    returnsInMs: until(hold?.until ?? null),
  }
}
