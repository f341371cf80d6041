/** What has to be done because of a fact; the state is already the one after it. */

import type { Millis } from '#platform/clock-port.ts'
import type { VipAddress } from '#schemas/config.ts'
import { refusingFor, refusingFromNow } from './acceptance.ts'
import { extraAddresses, wakeForPlan } from './announcing.ts'
import { watchingNeighbours } from './conflicts.ts'
import { devicesOf, lowering, raising } from './devices.ts'
import type { AddAddresses, Effect } from './effect.ts'
import { reactRouting, routingAway, routingFor } from './routing-react.ts'
import { allAddresses, type Fact, type Instance, presentAddresses, type RemovalReason, type State } from './state.ts'
import { START_PATIENCE_MS } from './table.ts'

/** After these an instance's addresses are there, or on their way. */
const COMING: readonly string[] = ['HoldBegan', 'HoldAdopted', 'HoldWidened']

export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'Begun':
      return [
        watching(state),
        pacing(state),
        settling(state),
        watchingNeighbours(state),
        ...promotion(state),
        ...refusingFromNow(state),
        { type: 'WakeAt', when: fact.at + START_PATIENCE_MS },
      ]
    case 'ConfigurationTaken':
      return [
        watching(state),
        pacing(state),
        watchingNeighbours(state),
        settling(state),
        ...promotion(state),
        ...refusingFromNow(state),
      ]
    case 'DevicesNeeded':
      return [settling(state)]
    case 'DevicesDropped':
      return [{ type: 'SettleDevices', devices: [] }]
    case 'DevicesAtRest':
      return [{ type: 'LowerDevices', devices: fact.devices }]
    case 'DevicesWoken':
      return [{ type: 'RaiseDevices', devices: fact.devices }]
    case 'RoutingDue':
    case 'RoutingDoubted':
    case 'RoutingKnown':
    case 'RoutingUnwanted':
    case 'TidyingPlanned':
    case 'RoutingTold':
    case 'RoutingTidied':
      return reactRouting(fact, state)
    case 'TableNeeded':
      return tableNeeded(fact, state)
    case 'ChangesDue':
      return [{ type: 'WriteTable', changes: fact.changes, reason: fact.reason }]
    case 'HoldNarrowed':
      return [
        { type: 'RemoveAddresses', instance: fact.instance, addresses: fact.addresses, reason: 'reload' },
        ...refusingFromNow(state),
      ]
    case 'LeftOverFound':
      return [{ type: 'WakeAt', when: fact.until }]
    case 'AdditionNoted':
      return [{ type: 'WakeAt', when: fact.untold.due }]
    case 'HoldBegan':
    case 'HoldAdopted':
    case 'HoldWidened':
    case 'HoldLost':
    case 'HoldEnded':
    case 'HoldDoubted':
    case 'LeaseExtended':
    case 'RepairDue':
    case 'ProbeDue':
    case 'ProbePlanned':
    case 'DefenceDue':
    case 'AnnouncementDue': {
      const instance = state.instances[fact.instance]
      if (instance === undefined) return []
      // Its interface may have come since the start.
      const promoting = fact.type === 'HoldBegan' && instance.config.promoteSecondaries ? promotion(state) : []
      const effects = [...promoting, ...forInstance(fact, instance)]
      // Nothing gets in before the addresses come, nor until they have gone.
      if (COMING.includes(fact.type)) return [...refusingFor(instance, state), ...effects]
      return fact.type === 'HoldEnded' ? [...effects, ...refusingFor(instance, state)] : effects
    }
    case 'AddressesInPlace': {
      const instance = state.instances[fact.write.instance]
      return instance === undefined ? [] : inPlace(fact, instance)
    }
    case 'StopBegun':
      return [{ type: 'PromoteSecondaries', devices: [] }]
    case 'BusChanged':
    case 'RoleHeard':
    case 'OwnAdvertNoted':
    case 'YieldAllowed':
    case 'ResignationNoted':
    case 'HoldFailed':
    case 'LeaseNotExtended':
    case 'AbsenceNoted':
    case 'ServerFailed':
    case 'ServerReturned':
    case 'TableKnown':
    case 'RefusalNoted':
    case 'RefusalOver':
    case 'DeviceAdded':
    case 'DeviceRemoved':
    case 'AddressesAdded':
    case 'AddressesRemoved':
    case 'AddressesLost':
    case 'AddressesKept':
    case 'RoutingAdded':
    case 'RoutingRemoved':
    case 'RoutingLost':
    case 'AddressConflict':
    case 'AddressConflictEnded':
    case 'ClaimNoted':
    case 'ClaimGone':
    case 'KernelRefused':
    case 'VirtualServerProgrammed':
      return []
  }
}

type Of<T extends Fact['type']> = Extract<Fact, { type: T }>

type InstanceFact = Extract<
  Fact,
  {
    type:
      | 'HoldBegan'
      | 'HoldAdopted'
      | 'HoldWidened'
      | 'HoldLost'
      | 'HoldEnded'
      | 'HoldDoubted'
      | 'LeaseExtended'
      | 'RepairDue'
      | 'ProbeDue'
      | 'ProbePlanned'
      | 'DefenceDue'
      | 'AnnouncementDue'
  }
>

function forInstance(fact: InstanceFact, instance: Instance): Effect[] {
  const { name, leaseMs } = instance.config
  const addresses = allAddresses(instance.config)
  switch (fact.type) {
    case 'HoldBegan':
      // Routes follow their addresses; where there are none nothing else would bring them, nor end them in time.
      return addresses.length > 0
        ? [...raising(instance), write(instance, fact)]
        : [...raising(instance), ...routingFor(instance, 'master', fact.startedAt), wake(fact.deadline + 1)]
    case 'HoldWidened':
      return [...raising(instance), write(instance, fact)]
    case 'HoldAdopted':
      return [...routingFor(instance, 'start', fact.at), ...wakeForPlan(instance.hold)]
    case 'HoldLost':
      return fact.clear
        ? [...routingAway(instance, 'addresses-lost'), removal(instance, null), ...lowering(instance)]
        : [{ type: 'CancelAnnouncements', instance: name, addresses }]
    case 'HoldEnded':
      return [...routingAway(instance, fact.reason), removal(instance, fact.reason), ...lowering(instance)]
    case 'HoldDoubted':
      return [{ type: 'ListAddresses', devices: [...new Set(addresses.map(({ device }) => device))] }]
    case 'RepairDue':
      return [repair(fact)]
    case 'LeaseExtended': {
      if (addresses.length === 0) return [wake(fact.deadline + 1)]
      const present = presentAddresses(instance)
      return [{ type: 'RefreshAddresses', instance: name, addresses: present, leaseMs, deadline: fact.before }]
    }
    case 'ProbeDue':
      return [{ type: 'AskForAddresses', addresses: presentAddresses(instance) }, ...wakeForPlan(instance.hold)]
    case 'ProbePlanned':
      return wakeForPlan(instance.hold)
    case 'DefenceDue':
      return [announcement(instance, [fact.address], 1)]
    case 'AnnouncementDue':
      return [announcing(fact, instance), ...wakeForPlan(instance.hold)]
  }
}

function wake(when: Millis): Effect {
  return { type: 'WakeAt', when }
}

function settling({ config }: State): Effect {
  return { type: 'SettleDevices', devices: devicesOf(config) }
}

function watching({ config }: State): Effect {
  const interfaces = config.instances.flatMap((instance) =>
    instance.unicast === null ? [instance.interface, 'lo'] : ['lo'],
  )
  return { type: 'WatchInterfaces', interfaces: [...new Set(interfaces)] }
}

function write({ config, hold }: Instance, fact: Of<'HoldBegan' | 'HoldWidened'>): AddAddresses {
  const { name: instance, leaseMs } = config
  if (fact.type === 'HoldBegan') {
    const { trigger, startedAt, deadline } = fact
    return { type: 'AddAddresses', instance, addresses: allAddresses(config), leaseMs, deadline, trigger, startedAt }
  }
  const deadline = hold.phase === 'held' ? hold.deadline : fact.at
  return {
    type: 'AddAddresses',
    instance,
    addresses: fact.addresses,
    leaseMs,
    deadline,
    trigger: 'event',
    startedAt: fact.at,
  }
}

/** With what is left of the lease, so that nothing is there for longer than our own adverts allow. */
function repair({ instance, addresses, lifetimeMs, at, deadline }: Of<'RepairDue'>): AddAddresses {
  return {
    ...{ type: 'AddAddresses', instance, addresses, deadline },
    ...{ leaseMs: lifetimeMs, trigger: 'repair', startedAt: at },
  }
}

function pacing({ config }: State): Effect {
  return { type: 'PaceAnnouncements', pacing: config.announcementPacing }
}

function promotion({ config }: State): Effect[] {
  const instances = config.instances.filter(({ promoteSecondaries }) => promoteSecondaries)
  const addresses = instances.flatMap(allAddresses).filter(({ family }) => family === 4)
  return [{ type: 'PromoteSecondaries', devices: [...new Set(addresses.map(({ device }) => device))] }]
}

/** In reverse order, as keepalived does: what was added last leaves first. */
function removal({ config }: Instance, reason: RemovalReason | null): Effect {
  return { type: 'RemoveAddresses', instance: config.name, addresses: allAddresses(config).reverse(), reason }
}

/** As in keepalived nobody is told where the addresses are before packets to them find their routes. */
function inPlace({ write, addresses, at }: Of<'AddressesInPlace'>, instance: Instance): Effect[] {
  const { config, hold } = instance
  const { repeat } = config.announcement
  const { deadline } = write
  return [
    ...routingFor(instance, write.trigger === 'repair' ? 'repair' : 'master', at),
    { type: 'Announce', instance: config.name, addresses, repeat, deadline, write, writtenAt: at },
    ...wakeForPlan(hold),
  ]
}

function announcing({ reach, repeat }: Of<'AnnouncementDue'>, instance: Instance): Effect {
  return announcement(instance, reach === 'all' ? presentAddresses(instance) : extraAddresses(instance), repeat)
}

function announcement({ config, hold }: Instance, addresses: VipAddress[], repeat: number): Effect {
  const deadline = hold.phase === 'held' ? hold.deadline : 0
  return { type: 'Announce', instance: config.name, addresses, repeat, deadline, write: null, writtenAt: 0 }
}

/** A node without virtual servers does not need IP_VS in its kernel. */
function tableNeeded({ reason, repairDue }: Of<'TableNeeded'>, { config, table }: State): Effect[] {
  const next: Effect = { type: 'WakeAt', when: repairDue }
  if (config.virtualServers.length === 0 && table.owned.length === 0) return [next]
  return [{ type: 'DumpTable', version: table.version, reason }, next]
}
