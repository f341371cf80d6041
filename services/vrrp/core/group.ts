/**
 * A sync group: its members change their role together. Each member goes on deciding for itself what its own adverts,
 * timer and interface mean; the group sees what they came to, and tells the others to follow.
 *
 * - Nobody becomes master before all members would (S28): one whose timer has ended waits for the others.
 * - Whoever loses its mastership, or hears a better master, takes the others along, who resign with priority 0.
 * - A fault of one is a fault of all, and over only when all are clear.
 * - After a restart either all go on as master, or none.
 *
 * One thing is faster than in keepalived: when the master of one segment resigns, that of the others most likely went
 * with it (it has lost a link). A member that has not heard its own for an interval then waits its skew only.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import { GroupEvent } from '#schemas/groups.ts'
import type { Role } from './state.ts'

/** A member as its group sees it. */
export interface Member {
  name: string
  role: Role
  /** Why it cannot take part by itself, in words; null: it can. */
  fault: string | null
  /** Not started yet, and cannot be: something that it depends on is not known. */
  waiting: boolean
  /** Its own timer has ended: it would be master if it were alone. */
  wants: boolean
  /** It follows a master that it accepts. */
  follows: boolean
  /** The master that it followed has resigned. */
  resigned: boolean
  /** What is left of the shortest lifetime of its addresses; 0: one has none; null: it has no addresses. */
  leaseLeftMs: number | null
}

/** What a member has to do because of the others. `by` is the one it follows. */
export type Verdict =
  /** Start: in backup, unless it has a fault. */
  | { type: 'begin' }
  /** Start where the process before left off. */
  | { type: 'resume'; leaseLeftMs: number }
  | { type: 'promote' }
  /** Resign. */
  | { type: 'yield'; by: string }
  | { type: 'fault'; by: string; detail: string }
  /** The group is free of faults. */
  | { type: 'clear' }
  /** The master on another segment resigned. */
  | { type: 'hurry' }

export interface GroupState {
  name: string
  role: Role
  /** As they were last, by name. */
  members: ReadonlyMap<string, Member>
  /** Who began the present change. */
  by: string | null
  resuming: boolean
}

export interface GroupInput {
  type: 'MembersSeen'
  at: Millis
  members: readonly Member[]
  /** What lay unread in the members' sockets has been heard. */
  drained: boolean
}

export type GroupFact =
  | { type: 'MembersNoted'; members: readonly Member[] }
  | { type: 'MemberRuled'; member: string; verdict: Verdict }
  /** All members want to be master, but something may lie unread. */
  | { type: 'GroupHesitated' }
  | GroupEvent

export type GroupEffect = { type: 'TellMember'; member: string; verdict: Verdict } | { type: 'DrainMembers' }

export function initialGroup(name: string): GroupState {
  return { name, role: 'init', members: new Map(), by: null, resuming: false }
}

/** Pure. Nothing but verdicts as long as there are any: the group has changed when all its members have. */
export function decideGroup({ members, drained }: GroupInput, state: GroupState): GroupFact[] {
  const noted: GroupFact = { type: 'MembersNoted', members }
  const verdicts = rule(members, state)
  if (verdicts.some(({ verdict }) => verdict.type === 'promote') && !drained) return [noted, { type: 'GroupHesitated' }]
  if (verdicts.length > 0) return [noted, ...verdicts]
  return [noted, ...changed(members, state)]
}

type Ruling = Extract<GroupFact, { type: 'MemberRuled' }>

/** The first rule that has something to say. */
function rule(all: readonly Member[], state: GroupState): Ruling[] {
  const members = all.filter(({ role }) => role !== 'stopped')
  // Told together at the end; one that is stopped alone is no member any more.
  if (members.length < all.length) return []
  for (const each of [start, faults, departures, promotions, doubts]) {
    const rulings = each(members, state)
    if (rulings.length > 0) return rulings
  }
  return []
}

function tell(members: readonly Member[], verdict: Verdict): Ruling[] {
  return members.map(({ name }) => ({ type: 'MemberRuled', member: name, verdict }))
}

function start(members: readonly Member[]): Ruling[] {
  const fresh = members.filter(({ role }) => role === 'init')
  if (fresh.length === 0) return []
  const fault = faultOf(members)
  if (fault !== null) {
    const own = fresh.filter((member) => member.fault !== null)
    const others = fresh.filter((member) => member.fault === null)
    return [...tell(own, { type: 'begin' }), ...tell(others, fault)]
  }
  const leaseLeftMs = fresh.length === members.length ? leaseOf(members) : null
  if (leaseLeftMs !== null) return tell(fresh, { type: 'resume', leaseLeftMs })
  return fresh.some(({ waiting }) => waiting) ? [] : tell(fresh, { type: 'begin' })
}

/** What is left of the shortest lease of all members; null when one of them has none. */
function leaseOf(members: readonly Member[]): number | null {
  const leases = members.flatMap(({ leaseLeftMs }) => leaseLeftMs ?? [])
  const shortest = Math.min(...leases)
  return leases.length > 0 && shortest > 0 ? shortest : null
}

function faults(members: readonly Member[]): Ruling[] {
  const fault = faultOf(members)
  if (fault === null) {
    const waiting = members.filter(({ role }) => role === 'fault')
    return members.some((member) => member.waiting) ? [] : tell(waiting, { type: 'clear' })
  }
  return tell(
    members.filter((member) => member.fault === null && member.role !== 'fault'),
    fault,
  )
}

function faultOf(members: readonly Member[]): Extract<Verdict, { type: 'fault' }> | null {
  const faulty = members.find(({ fault }) => fault !== null)
  return faulty?.fault == null ? null : { type: 'fault', by: faulty.name, detail: faulty.fault }
}

/** One that has just joined a group of masters does not drag them down, as long as it hears nobody better. */
function departures(members: readonly Member[], { members: before }: GroupState): Ruling[] {
  const masters = members.filter(({ role }) => role === 'master')
  const gone = members.find(
    ({ name, role, follows }) => role === 'backup' && (before.get(name)?.role === 'master' || follows),
  )
  return gone === undefined ? [] : tell(masters, { type: 'yield', by: gone.name })
}

function promotions(members: readonly Member[]): Ruling[] {
  const able = members.every(({ role, wants }) => role === 'master' || (role === 'backup' && wants))
  return able
    ? tell(
        members.filter(({ role }) => role === 'backup'),
        { type: 'promote' },
      )
    : []
}

function doubts(members: readonly Member[], { members: before }: GroupState): Ruling[] {
  const news = members.some(({ name, resigned }) => resigned && before.get(name)?.resigned === false)
  if (!news) return []
  return tell(
    members.filter(({ role, follows }) => role === 'backup' && follows),
    { type: 'hurry' },
  )
}

/** The role that all members have come to. */
function changed(members: readonly Member[], state: GroupState): GroupEvent[] {
  const [first] = members
  const role = first?.role
  if (role === undefined || role === state.role || members.some((member) => member.role !== role)) return []
  const { name: group, by } = state
  const names = members.map(({ name }) => name)
  switch (role) {
    case 'init':
      return []
    case 'master':
      return [{ type: state.resuming ? 'GroupResumed' : 'GroupBecameMaster', group, members: names }]
    case 'backup':
      return [{ type: 'GroupBecameBackup', group, members: names, by }]
    case 'fault':
      return [{ type: 'GroupBecameFault', group, members: names, by }]
    case 'stopped':
      return [{ type: 'GroupStopped', group, members: names }]
  }
}

export function evolveGroup(state: GroupState, fact: GroupFact): GroupState {
  switch (fact.type) {
    case 'MembersNoted':
      return { ...state, members: new Map(fact.members.map((member) => [member.name, member])) }
    case 'MemberRuled': {
      const by = 'by' in fact.verdict ? fact.verdict.by : null
      return { ...state, by, resuming: fact.verdict.type === 'resume' }
    }
    case 'GroupHesitated':
      return state
    case 'GroupBecameMaster':
    case 'GroupResumed':
      return { ...state, role: 'master', by: null, resuming: false }
    case 'GroupBecameBackup':
      return { ...state, role: 'backup', by: null }
    case 'GroupBecameFault':
      return { ...state, role: 'fault', by: null }
    case 'GroupStopped':
      return { ...state, role: 'stopped', by: null }
  }
}

export function reactGroup(fact: GroupFact): GroupEffect[] {
  switch (fact.type) {
    case 'MemberRuled':
      return [{ type: 'TellMember', member: fact.member, verdict: fact.verdict }]
    case 'GroupHesitated':
      return [{ type: 'DrainMembers' }]
    case 'MembersNoted':
    case 'GroupBecameMaster':
    case 'GroupBecameBackup':
    case 'GroupBecameFault':
    case 'GroupResumed':
    case 'GroupStopped':
      return []
  }
}

const EVENTS: ReadonlySet<string> = new Set(GroupEvent.options.map(({ shape }) => shape.type.value))

export function groupEvent(fact: GroupFact): EventDraft | null {
  return isEvent(fact) ? { service: 'vrrp', entity: fact.group, data: fact } : null
}

function isEvent(fact: GroupFact): fact is GroupEvent {
  return EVENTS.has(fact.type)
}
