/** When this node holds an instance's addresses: events of vrrp, its adverts on the wire, and the passing of time. */
import type { Millis } from '#platform/clock-port.ts'
import type { SeenAdvert } from '../ports.ts'
import { announceAgain, plannedDue } from './announcing.ts'
import { isFresh, isSuperseded, leftSince, lossEndsAfter, refreshSpacingMs } from './evidence.ts'
import {
  allAddresses,
  cidrOf,
  type Fact,
  holdsNothing,
  type Input,
  type Instance,
  presentAddresses,
  type RemovalReason,
  type State,
  type Trigger,
} from './state.ts'

type Heard = Extract<Input, { type: 'VrrpHeard' }>

/** An event of vrrp. What happened before we could hear it is only remembered: adverts tell how things are now. */
export function decideMastership({ event, phase, happenedAt, at }: Heard, state: State): Fact[] {
  const instance = state.instances[event.instance]
  if (instance === undefined) return []
  switch (event.type) {
    case 'BecameMaster':
    case 'MastershipResumed': {
      const heard: Fact = { type: 'RoleHeard', instance: event.instance, role: 'master', happenedAt }
      if (phase === 'replay') return [heard]
      return [heard, ...tellOf(instance), ...takeOver(instance, happenedAt, at)]
    }
    case 'BecameBackup':
    case 'BecameFault':
    case 'InstanceStopped': {
      const heard: Fact = { type: 'RoleHeard', instance: event.instance, role: 'other', happenedAt }
      const old = phase === 'replay' || isSuperseded(instance, happenedAt)
      return old ? [heard] : [heard, ...tellOf(instance), ...leave(instance, 'not-master', at)]
    }
    case 'RivalHeard':
    case 'RivalSilenced': {
      const news = event.type === 'RivalHeard' ? 'heard' : 'silenced'
      return phase === 'replay' || !isFresh(instance.config, happenedAt, at) ? [] : announceAgain(news, instance, at)
    }
    case 'CommitOverdue':
      return phase === 'replay' ? [] : hurry(instance, happenedAt, at)
    case 'InstanceRenamed': {
      const role = event.role === 'master' ? 'master' : 'other'
      return [{ type: 'RoleHeard', instance: event.instance, role, happenedAt }]
    }
    case 'HandoverBegan':
      return phase === 'replay'
        ? []
        : [{ type: 'YieldAllowed', instance: event.instance, until: happenedAt + event.holdMs }]
    case 'HandoverEnded':
      return [{ type: 'YieldAllowed', instance: event.instance, until: happenedAt }]
    case 'StartHeld':
    case 'TwoMasters':
    case 'AdvertRejected':
    case 'PriorityChanged':
    case 'DampingBegan':
    case 'DampingEnded':
      return []
  }
}

function takeOver(instance: Instance, happenedAt: Millis, at: Millis): Fact[] {
  const { config, hold } = instance
  if (holdsNothing(config)) return []
  // An old event was held back, by a bus that was down or because we were stopped: our adverts decide.
  if (hold.phase === 'held' || !isFresh(config, happenedAt, at)) return []
  if (hold.phase === 'lost' && happenedAt <= hold.since) return []
  return [began(instance, 'event', happenedAt, at)]
}

/** vrrp is master and misses its addresses: either we have not understood that yet, or they went unnoticed. */
function hurry(instance: Instance, happenedAt: Millis, at: Millis): Fact[] {
  if (instance.hold.phase === 'held') return [{ type: 'HoldDoubted', instance: instance.config.name }]
  return takeOver(instance, happenedAt, at)
}

function began({ config }: Instance, trigger: Trigger, grantedAt: Millis, at: Millis): Fact {
  return { type: 'HoldBegan', instance: config.name, trigger, grantedAt, startedAt: at, deadline: at + config.leaseMs }
}

function leave({ config, hold }: Instance, reason: RemovalReason, at: Millis): Fact[] {
  switch (hold.phase) {
    case 'held':
    case 'lost':
      return [{ type: 'HoldEnded', instance: config.name, at, reason }]
    case 'left-over':
      return [{ type: 'HoldEnded', instance: config.name, at, reason: 'left-over' }]
    case 'idle':
      return []
  }
}

/** Addresses that came with an advert are told now: with their event as the cause, or before what ends them. */
export function tellOf({ untold }: Instance): Fact[] {
  return untold === null ? [] : [untold.event]
}

/**
 * An own advert left this machine. Priority 0 is the resignation; any other one says that vrrp is master, then. The
 * first one of a mastership brings the addresses at once, bus or no bus: it is here before its event, and clients wait.
 */
export function decideAdvert({ advert, at }: Extract<Input, { type: 'OwnAdvertSeen' }>, state: State): Fact[] {
  const instance = Object.values(state.instances).find((each) => belongs(advert, each, state.busConnected))
  if (instance === undefined || holdsNothing(instance.config)) return []
  if (advert.priority === 0) return resigned(instance, advert.sentAt, at, state.busConnected)
  const noted: Fact = { type: 'OwnAdvertNoted', instance: instance.config.name, sentAt: advert.sentAt }
  return [noted, ...advertised(instance, advert.sentAt, at, state.busConnected)]
}

function belongs(advert: SeenAdvert, { config }: Instance, busConnected: boolean): boolean {
  if (advert.interface !== config.interface || advert.virtualRouterId !== config.virtualRouterId) return false
  // A router that may be cut off (dont_track_primary) gives the sign of life of unicast ones while it is.
  const isExpected = advert.unicast ? config.unicast !== null || !config.trackPrimary : config.unicast === null
  if (!isExpected) {
    // vrrp says past the bus that it lets go; with the bus its event says that, and why.
    if (!advert.unicast || advert.priority !== 0 || busConnected) return false
  }
  // The same number may be in use once for each family (RFC 9568 section 1.3).
  const family = config.addresses[0]?.family
  return family === undefined || family === advert.family
}

function resigned(instance: Instance, sentAt: Millis, at: Millis, busConnected: boolean): Fact[] {
  const { config, hold } = instance
  const noted: Fact = { type: 'ResignationNoted', instance: config.name, sentAt }
  // Read late: what let us hold the addresses came after it.
  if (hold.phase === 'held' && sentAt < hold.grantedAt) return [noted]
  // Handed over: the addresses are to stay until vrrp says that the successor is there; without a bus it could not.
  if (hold.phase === 'held' && sentAt < instance.yieldUntil && busConnected) return [noted]
  return [noted, ...tellOf(instance), ...leave(instance, 'resigned', at)]
}

function advertised(instance: Instance, sentAt: Millis, at: Millis, busConnected: boolean): Fact[] {
  const { config, hold, notBefore } = instance
  if (hold.phase === 'held') return keep(instance, sentAt, at)
  if (!isFresh(config, sentAt, at) || !leftSince(sentAt, notBefore)) return []
  switch (hold.phase) {
    case 'idle':
    case 'left-over':
      return [began(instance, 'advert', sentAt, at)]
    case 'lost':
      return sentAt > lossEndsAfter(config, hold.since, busConnected) ? [began(instance, 'advert', sentAt, at)] : []
  }
}

/** Refreshes the lease, or finds that it has run out while nobody looked. */
function keep(instance: Instance, sentAt: Millis, at: Millis): Fact[] {
  const { config, hold } = instance
  if (hold.phase !== 'held') return []
  if (at > hold.deadline)
    return [...tellOf(instance), ...expired(config.name, presentAddresses(instance).map(cidrOf), at)]
  if (!isFresh(config, sentAt, at) || at - hold.refreshedAt < refreshSpacingMs(config)) return []
  const deadline = at + config.leaseMs
  return [{ type: 'LeaseExtended', instance: config.name, at, before: hold.deadline, deadline }]
}

/** The lease is over: tell it, and take away what the kernel has not removed yet. */
export function expired(instance: string, addresses: string[], at: Millis): Fact[] {
  const lost: Fact = { type: 'HoldLost', instance, at, clear: true }
  // One that has only routes tells of those.
  return addresses.length === 0
    ? [lost]
    : [lost, { type: 'AddressesLost', instance, addresses, reason: 'lease-expired' }]
}

/** Whatever of the instances is due by now. */
export function decideTimeouts(at: Millis, state: State): Fact[] {
  return Object.values(state.instances).flatMap((instance) => timedOut(instance, at, state))
}

function timedOut(instance: Instance, at: Millis, state: State): Fact[] {
  const { config, hold, untold } = instance
  const told = untold !== null && untold.due <= at ? tellOf(instance) : []
  switch (hold.phase) {
    case 'held':
      return [...told, ...plannedDue(instance, at, state), ...overdue(instance, at)]
    case 'left-over':
      return hold.until > at ? told : [...told, { type: 'HoldEnded', instance: config.name, at, reason: 'left-over' }]
    case 'idle':
    case 'lost':
      return told
  }
}

/** The kernel ends a lease by itself, but only that of an address. */
function overdue({ config, hold }: Instance, at: Millis): Fact[] {
  const late = hold.phase === 'held' && at > hold.deadline && allAddresses(config).length === 0
  return late ? expired(config.name, [], at) : []
}
