/** What we know after a fact. */
import type { VrrpInstance } from '#schemas/config.ts'
import { dampingIn, evolveDamping } from './damping.ts'
import { evolveHandover, stoodAside } from './handover.ts'
import { afterAlarm, afterSilence, debtAfter, misfitAfter, type Rival, rivalAfter } from './rivals.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, missingAddresses, patienceMs, standingOf } from './state.ts'
import { backoffMs, commitTimeoutMs, LOSS_GRACE_MS, masterDownMs, skewMs } from './timing.ts'
import { trackerKey } from './tracking.ts'

/** A mastership that lasted this long forgives earlier mishaps. */
const PROVEN_MS = 60_000

type Of<Type extends Fact['type']> = Extract<Fact, { type: Type }>

export function evolve(state: State, fact: Fact): State {
  return retimed(state, after(state, fact))
}

/** A backup that waits takes the skew of its new priority instead of the one it had. */
function retimed(before: State, next: State): State {
  const waits = before.role === 'backup' && next.role === 'backup' && before.downAt === next.downAt
  if (!waits || effectivePriority(before) === effectivePriority(next)) return next
  const intervalMs = next.masterIntervalMs
  const later = skewMs(standingOf(next), intervalMs) - skewMs(standingOf(before), intervalMs)
  return { ...next, downAt: next.downAt + later }
}

function after(state: State, fact: Fact): State {
  switch (fact.type) {
    case 'BecameMaster':
    case 'MastershipResumed':
      return intoOffice(state, fact)
    case 'BecameBackup':
      return intoBackup(state, fact)
    case 'BecameFault':
    case 'InstanceStopped':
      return left(state, fact)
    case 'MasterAlive':
    case 'MasterResigned':
      return follow(state, fact)
    case 'HandoverBegan':
    case 'Yielding':
    case 'HandoverRecalled':
    case 'HandoverEnded':
      return { ...state, handover: evolveHandover(state.handover, fact) }
    case 'DampingBegan':
    case 'DampingProlonged':
    case 'DampingEnded':
    case 'ReturnHeld':
    case 'ReturnLost':
    case 'MasterOverheard':
      return { ...state, damping: evolveDamping(state.damping, fact) }
    case 'PromotionWanted':
      return { ...state, wants: true }
    case 'MasterDoubted':
      return { ...state, downAt: fact.downAt }
    case 'GroupNoted':
      return { ...state, group: fact.group, wants: false }
    case 'MasterLost':
    case 'MasterFound':
      return { ...state, masterLost: fact.type === 'MasterLost', downAt: fact.downAt, wants: false }
    case 'LowerIgnored':
      return { ...state, ignored: { peer: fact.rival, at: fact.at }, heardAt: fact.at }
    case 'LowerFirstHeard':
      return { ...state, lowerSince: fact.at }
    case 'TrustRegained':
      return { ...state, distrustUntil: null, downAt: state.downAt - state.masterIntervalMs }
    case 'AdvertOwed':
      return { ...state, ...advertSent(state, fact.at) }
    case 'AdvertUnsent':
      return unsent(state, fact.code)
    case 'AdvertHastened':
      return { ...state, advertAt: Math.min(state.advertAt, fact.when) }
    case 'RivalNoted':
      return { ...state, rival: rivalAfter(state.rival, fact), heardAt: fact.at }
    case 'MisfitNoted':
      return { ...state, misfit: misfitAfter(state.misfit, fact), heardAt: fact.at }
    case 'RivalHeard':
      return { ...state, rival: published(state.rival), rivalDebt: debtAfter(state, fact.at) }
    case 'TwoMasters':
      return { ...state, ...afterAlarm(state, fact.rival.address) }
    case 'RivalSilenced':
      return { ...state, ...afterSilence(state, fact.rival.address, fact.at) }
    case 'CommitOverdue':
      return { ...state, overdue: true, commitBy: fact.at + fact.patienceMs }
    case 'AddressNoted':
      return { ...state, present: new Map(state.present).set(fact.address, fact.remainingMs) }
    case 'AddressMissed':
      return missed(state, fact)
    case 'Committed':
      return { ...state, addresses: 'held' }
    case 'StartDeferred':
      return { ...state, startAt: fact.until }
    case 'StartDue':
      return { ...state, startAt: null }
    case 'LinkNoted':
      return { ...state, link: fact.link }
    case 'TrackerNoted':
      return { ...state, reports: new Map(state.reports).set(trackerKey(fact.report), fact.report) }
    case 'DeviceAwaited':
      // A sync group lets its members begin by itself.
      return { ...state, waiting: state.group === null, devicePatience: 'left' }
    case 'DeviceOverdue':
      return { ...state, devicePatience: 'over' }
    case 'StartPutOff':
      return { ...state, waiting: true }
    case 'ConfigTaken':
      return configured(state, fact.config, fact.at)
    case 'AdvertCounted':
      return { ...state, rejected: { ...state.rejected, [fact.reason]: (state.rejected[fact.reason] ?? 0) + 1 } }
    case 'AdvertRejected':
      return { ...state, reported: [...state.reported, fact.reason] }
    case 'StartHeld':
    case 'PriorityChanged':
    case 'Hesitated':
    case 'LastWord':
    case 'InstanceRenamed':
      return state
  }
}

/** What no change of role carries over. */
const FRESH = {
  masterLost: false,
  waiting: false,
  wants: false,
  ignored: null,
  lowerSince: null,
  rival: null,
  misfit: null,
  rivalDebt: 0,
  reported: [],
} as const

function left(state: State, fact: Of<'BecameFault'> | Of<'InstanceStopped'>): State {
  const role = fact.type === 'BecameFault' ? 'fault' : 'stopped'
  return { ...state, ...FRESH, role, handover: stoodAside(state.handover), damping: dampingIn(state, fact) }
}

function intoOffice(state: State, fact: Of<'BecameMaster'> | Of<'MastershipResumed'>): State {
  const { at } = fact
  const { advertIntervalMs } = state.config
  // An owner has not waited for anybody: services/ipvs may still be starting.
  const atOnce = fact.type === 'BecameMaster' && fact.reason === 'owner'
  return {
    ...state,
    ...FRESH,
    // It is what this mastership begins beside.
    misfit: state.misfit,
    role: 'master',
    damping: dampingIn(state, fact),
    masterSince: at,
    sentAt: at,
    sentBefore: at,
    sendError: null,
    advertAt: at + advertIntervalMs,
    addresses: missingAddresses(state).length === 0 ? 'held' : 'awaited',
    commitBy: at + (atOnce ? masterDownMs(standingOf(state), advertIntervalMs) : commitTimeoutMs(advertIntervalMs)),
    overdue: false,
  }
}

/** A full master-down interval of our own: what was learned from an earlier master is forgotten. */
function intoBackup(state: State, fact: Of<'BecameBackup'>): State {
  const { at, reason, master } = fact
  const { advertIntervalMs } = state.config
  const backup: State = {
    ...state,
    ...FRESH,
    role: 'backup',
    damping: dampingIn(state, fact),
    handover: stoodAside(state.handover),
    masterIntervalMs: advertIntervalMs,
    downAt: at + masterDownMs(standingOf(state), advertIntervalMs),
    master: master === null ? null : { peer: master, at, resigned: false },
  }
  if (reason !== 'address-lost' && reason !== 'commit-failed') return backup
  const mishaps = at - state.masterSince > PROVEN_MS ? 1 : state.mishaps + 1
  const distrustful = { ...backup, asideAt: at, mishaps, distrustUntil: at + backoffMs(mishaps - 1, 10_000, 300_000) }
  return { ...distrustful, downAt: at + patienceMs(distrustful, advertIntervalMs) }
}

function follow(state: State, fact: Of<'MasterAlive'> | Of<'MasterResigned'>): State {
  const { at, master: peer, downAt } = fact
  const next = { ...state, downAt, wants: false, masterLost: false, ignored: null, heardAt: at }
  if (fact.type === 'MasterResigned') return { ...next, master: { peer, at, resigned: true } }
  const lowerSince = peer.priority < effectivePriority(state) ? state.lowerSince : null
  return { ...next, master: { peer, at, resigned: false }, masterIntervalMs: fact.intervalMs, lowerSince }
}

function advertSent({ sentAt, config }: State, at: number): Partial<State> {
  return { sentBefore: sentAt, sentAt: at, sendError: null, advertAt: at + config.advertIntervalMs }
}

/** With dont_track_primary a link that is down is nothing to step back for: the advert counts as sent. */
function unsent(state: State, sendError: string): State {
  const linked = state.link?.adminUp === true && state.link.carrier
  return state.config.trackPrimary || linked ? { ...state, sentAt: state.sentBefore, sendError } : state
}

function published(rival: Rival | null): Rival | null {
  return rival === null ? null : { ...rival, published: true }
}

function missed(state: State, { at, address }: Of<'AddressMissed'>): State {
  const present = new Map(state.present)
  present.delete(address)
  if (state.role !== 'master' || state.addresses !== 'held') return { ...state, present }
  return { ...state, present, addresses: 'missing', commitBy: at + LOSS_GRACE_MS }
}

function configured(before: State, config: VrrpInstance, at: number): State {
  const known = new Set(config.tracked.map(trackerKey))
  const reports = new Map([...before.reports].filter(([key]) => known.has(key)))
  const state = {
    ...before,
    config,
    reports,
    advertAt: Math.min(before.advertAt, before.sentAt + config.advertIntervalMs),
  }
  // VRRPv2 has no interval to learn; in VRRPv3 ours counts until a master is heard.
  if (config.version === 2 || state.master === null) state.masterIntervalMs = config.advertIntervalMs
  if (state.role !== 'master') return state
  if (missingAddresses(state).length === 0) return { ...state, addresses: 'held' }
  return { ...state, addresses: 'awaited', commitBy: at + commitTimeoutMs(config.advertIntervalMs) }
}
