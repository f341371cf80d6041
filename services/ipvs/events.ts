/** Events in and out: what of the log is news to the core, and which facts become events. */
import type { Clock } from '#platform/clock-port.ts'
import { CheckerEvent } from '#schemas/checker.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import { IpvsEvent, VirtualServerProgrammed } from '#schemas/ipvs.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import type { Fact, Input } from './core/state.ts'

type Phase = 'replay' | 'live'

/** What an event of vrrp or checker means to the core; null for a kind that this version does not know. */
export function inputOf({ type, data, time }: Envelope, phase: Phase, clock: Clock): Input | null {
  const at = clock.now()
  if (type.startsWith('failoverd.vrrp.')) {
    const parsed = VrrpEvent.safeParse(data)
    // The producer runs on this machine: its wall clock is ours.
    const happenedAt = at - Math.max(0, clock.wall() - Date.parse(time))
    return parsed.success ? { type: 'VrrpHeard', event: parsed.data, phase, happenedAt, at } : null
  }
  const parsed = CheckerEvent.safeParse(data)
  return parsed.success ? { type: 'CheckerHeard', event: parsed.data, phase, at } : null
}

/** Own events that a restart has to know again: which services of the kernel are ours. */
export function recalledFact({ data }: Envelope): Fact | null {
  const parsed = VirtualServerProgrammed.safeParse(data)
  return parsed.success ? parsed.data : null
}

const EVENT_TYPES = new Set<string>(IpvsEvent.options.map((event) => event.shape.type.value))

function isEvent(fact: Fact): fact is IpvsEvent {
  return EVENT_TYPES.has(fact.type)
}

export function eventOf(fact: Fact): EventDraft | null {
  return isEvent(fact) ? { service: 'ipvs', entity: entityOf(fact), data: fact } : null
}

function entityOf(event: IpvsEvent): string {
  switch (event.type) {
    case 'AddressesAdded':
    case 'AddressesRemoved':
    case 'AddressesLost':
    case 'AddressesKept':
    case 'AddressConflict':
    case 'AddressConflictEnded':
      return event.instance
    case 'DeviceAdded':
    case 'DeviceRemoved':
      return event.device
    case 'RoutingAdded':
    case 'RoutingRemoved':
    case 'RoutingLost':
      return event.instance ?? 'static'
    case 'KernelRefused':
      return event.entity
    case 'VirtualServerProgrammed':
      return event.virtualServer
  }
}
