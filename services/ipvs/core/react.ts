/** What has to be done because of a fact; the state is already the one after it. */

import type { Millis } from '#platform/clock-port.ts'
import {
  type AddAddresses,
  allAddresses,
  type Effect,
  type Fact,
  type Instance,
  type RemovalReason,
  type State,
} from './state.ts'
import { START_PATIENCE_MS } from './table.ts'

export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'Begun':
      return [
        { type: 'WatchInterfaces', interfaces: fact.interfaces },
        { type: 'WakeAt', when: fact.at + START_PATIENCE_MS },
      ]
    case 'ConfigurationTaken': {
      const interfaces = [...new Set(fact.config.instances.map((instance) => instance.interface))]
      return [{ type: 'WatchInterfaces', interfaces }]
    }
    case 'HoldBegan':
    case 'HoldWidened':
      return instanceOf(state, fact.instance, (instance) => [write(instance, fact)])
    case 'LeaseExtended':
      return instanceOf(state, fact.instance, ({ config }) => {
        const { leaseMs } = config
        const addresses = allAddresses(config)
        return [{ type: 'RefreshAddresses', instance: config.name, addresses, leaseMs, deadline: fact.before }]
      })
    case 'HoldLost':
      return fact.clear ? instanceOf(state, fact.instance, (instance) => removal(instance, null)) : []
    case 'HoldEnded':
      return instanceOf(state, fact.instance, (instance) => removal(instance, fact.reason))
    case 'HoldNarrowed':
      return [{ type: 'RemoveAddresses', instance: fact.instance, addresses: fact.addresses, reason: 'reload' }]
    case 'HoldDoubted':
      return instanceOf(state, fact.instance, ({ config }) => {
        const devices = [...new Set(allAddresses(config).map(({ device }) => device))]
        return [{ type: 'ListAddresses', devices }]
      })
    case 'LeftOverFound':
      return [{ type: 'WakeAt', when: fact.until }]
    case 'ClaimRaised':
      return [{ type: 'WakeAt', when: fact.claim.due }]
    case 'AddressesInPlace':
      return inPlace(fact, state)
    case 'AnnouncementDue':
      return instanceOf(state, fact.instance, (instance) => [
        announcement(instance, fact.repeat),
        ...wake(fact.next?.due ?? null),
      ])
    case 'TableNeeded':
      return tableNeeded(fact, state)
    case 'ChangesDue':
      return [{ type: 'WriteTable', changes: fact.changes, reason: fact.reason }]
    case 'StopBegun':
    case 'BusChanged':
    case 'RoleHeard':
    case 'OwnAdvertNoted':
    case 'ResignationNoted':
    case 'ClaimDropped':
    case 'HoldAdopted':
    case 'HoldFailed':
    case 'LeaseNotExtended':
    case 'CheckFailed':
    case 'CheckPassed':
    case 'ChecksForgotten':
    case 'TableKnown':
    case 'RefusalNoted':
    case 'RefusalOver':
    case 'AddressesAdded':
    case 'AddressesRemoved':
    case 'AddressesLost':
    case 'AddressesKept':
    case 'KernelRefused':
    case 'VirtualServerProgrammed':
      return []
  }
}

function instanceOf(state: State, name: string, effects: (instance: Instance) => Effect[]): Effect[] {
  const instance = state.instances[name]
  return instance === undefined ? [] : effects(instance)
}

function write({ config, hold }: Instance, fact: Extract<Fact, { type: 'HoldBegan' | 'HoldWidened' }>): AddAddresses {
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

/** In reverse order, as keepalived does: what was added last leaves first. */
function removal({ config }: Instance, reason: RemovalReason | null): Effect[] {
  return [{ type: 'RemoveAddresses', instance: config.name, addresses: allAddresses(config).reverse(), reason }]
}

function inPlace({ write, addresses, at, next }: Extract<Fact, { type: 'AddressesInPlace' }>, state: State): Effect[] {
  return instanceOf(state, write.instance, ({ config }) => [
    { type: 'Announce', instance: config.name, addresses, repeat: config.announcement.repeat, write, writtenAt: at },
    ...wake(next?.due ?? null),
  ])
}

function announcement({ config }: Instance, repeat: number): Effect {
  return { type: 'Announce', instance: config.name, addresses: allAddresses(config), repeat, write: null, writtenAt: 0 }
}

function wake(when: Millis | null): Effect[] {
  return when === null ? [] : [{ type: 'WakeAt', when }]
}

/** A node without virtual servers does not need IP_VS in its kernel. */
function tableNeeded(
  { reason, repairDue }: Extract<Fact, { type: 'TableNeeded' }>,
  { config, table }: State,
): Effect[] {
  const next: Effect = { type: 'WakeAt', when: repairDue }
  if (config.virtualServers.length === 0 && table.owned.length === 0) return [next]
  return [{ type: 'DumpTable', version: table.version, reason }, next]
}
