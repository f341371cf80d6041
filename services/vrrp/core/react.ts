/** What has to be done because of a fact; `state` is the one after it. */
import type { EventDraft } from '#schemas/envelope.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { dampingDue } from './damping.ts'
import { nextDue } from './handover.ts'
import { nextSilence } from './rivals.ts'
import type { Effect, Fact, State } from './state.ts'
import { advertisedPriority } from './state.ts'

export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'BecameMaster':
    case 'MastershipResumed':
      return [...sendAdvert(state), ...watchCommit(state)]
    case 'DeviceAwaited':
      return [{ type: 'SetAlarm', alarm: 'device', when: fact.until }]
    case 'AdvertOwed':
      return sendAdvert(state)
    case 'AdvertHastened':
      return [advertAlarm(state)]
    case 'RivalNoted':
    case 'MisfitNoted':
    case 'TwoMasters':
    case 'RivalSilenced':
      return awaitRivals(state)
    case 'LastWord':
      return [{ type: 'SendAdvert', priority: fact.priority }]
    case 'BecameBackup':
      return [...letGo(fact), masterDownAlarm(state), ...handoverAlarm(state)]
    case 'BecameFault':
    case 'HandoverBegan':
    case 'Yielding':
    case 'HandoverRecalled':
      return handoverAlarm(state)
    case 'MasterAlive':
    case 'MasterResigned':
    case 'MasterDoubted':
    case 'MasterLost':
    case 'MasterFound':
      return [masterDownAlarm(state)]
    // A timer that has ended in a group that is no more is to be asked again.
    case 'GroupNoted':
    case 'PriorityChanged':
    case 'TrustRegained':
      return state.role === 'backup' ? [masterDownAlarm(state)] : []
    case 'Hesitated':
      return [{ type: 'Drain', askAgain: fact.over }]
    case 'AddressMissed':
    case 'CommitOverdue':
      return watchCommit(state)
    case 'ConfigTaken':
      return state.role === 'master' ? [advertAlarm(state), ...watchCommit(state)] : []
    case 'StartDeferred':
      return [{ type: 'SetAlarm', alarm: 'start', when: fact.until }]
    case 'DampingBegan':
    case 'DampingProlonged':
    case 'DampingEnded':
    case 'ReturnHeld':
    case 'ReturnLost':
    case 'MasterOverheard':
      return dampingAlarm(state)
    case 'HandoverEnded':
    case 'InstanceStopped':
    case 'AdvertRejected':
    case 'AdvertCounted':
    case 'AdvertUnsent':
    case 'RivalHeard':
    case 'PromotionWanted':
    case 'LowerIgnored':
    case 'LowerFirstHeard':
    case 'LinkNoted':
    case 'TrackerNoted':
    case 'DeviceOverdue':
    case 'StartPutOff':
    case 'AddressNoted':
    case 'Committed':
    case 'StartDue':
    case 'StartHeld':
    case 'InstanceRenamed':
      return []
  }
}

function handoverAlarm(state: State): Effect[] {
  const when = nextDue(state)
  return when === null ? [] : [{ type: 'SetAlarm', alarm: 'handover', when }]
}

function dampingAlarm(state: State): Effect[] {
  const when = dampingDue(state)
  return when === null ? [] : [{ type: 'SetAlarm', alarm: 'damping', when }]
}

/** Who was master, and has not said so to all by an advert of priority 0, still says it to services/ipvs. */
function letGo({ reason }: Extract<Fact, { type: 'BecameBackup' }>): Effect[] {
  return reason === 'start' || reason === 'fault-cleared' ? [] : [{ type: 'LetGo' }]
}

function sendAdvert(state: State): Effect[] {
  return [{ type: 'SendAdvert', priority: advertisedPriority(state) }, advertAlarm(state)]
}

function masterDownAlarm({ downAt }: State): Effect {
  return { type: 'SetAlarm', alarm: 'masterDown', when: downAt }
}

function advertAlarm({ advertAt }: State): Effect {
  return { type: 'SetAlarm', alarm: 'advert', when: advertAt }
}

function awaitRivals(state: State): Effect[] {
  const when = nextSilence(state)
  return when === null ? [] : [{ type: 'SetAlarm', alarm: 'rival', when }]
}

function watchCommit({ role, addresses, commitBy }: State): Effect[] {
  return role === 'master' && addresses !== 'held' ? [{ type: 'SetAlarm', alarm: 'commit', when: commitBy }] : []
}

const EVENTS: ReadonlySet<string> = new Set(VrrpEvent.options.map(({ shape }) => shape.type.value))

/** The event that others need of a fact; null for what stays inside. */
export function toEvent(fact: Fact): EventDraft | null {
  if (!isEvent(fact)) return null
  const { at: _at, ...data } = fact
  return { service: 'vrrp', entity: fact.instance, data }
}

function isEvent(fact: Fact): fact is Extract<Fact, VrrpEvent> {
  return EVENTS.has(fact.type)
}
