/** What we know after a fact. */
import { withClaimant, withoutClaimant, withoutInstance } from './conflicts.ts'
import { withHealth } from './health.ts'
import { REPAIR_WINDOW_MS } from './presence.ts'
import { routingAfter } from './routing.ts'
import { addressName, type Fact, type Hold, type Instance, instancesOf, type State, type Table } from './state.ts'
import { tableAfterChanges, tableAsDumped } from './table.ts'

export function evolve(state: State, fact: Fact): State {
  switch (fact.type) {
    case 'Begun':
      return { ...state, startedAt: fact.at }
    case 'ConfigurationTaken':
      return { ...state, config: fact.config, instances: instancesOf(fact.config, state.instances) }
    case 'StopBegun':
      return { ...state, stopping: true }
    case 'BusChanged':
      return { ...state, busConnected: fact.connected }
    case 'RoutingDue':
    case 'RoutingDoubted':
    case 'RoutingKnown':
    case 'RoutingUnwanted':
    case 'TidyingPlanned':
    case 'RoutingTold':
    case 'RoutingTidied':
      return { ...state, routing: routingAfter(state.routing, fact) }
    case 'RefusalNoted':
      return { ...state, refused: { ...state.refused, [fact.entity]: fact.code } }
    case 'RefusalOver':
      return { ...state, refused: without(state.refused, fact.entity) }
    case 'ServerFailed':
    case 'ServerReturned':
    case 'TableNeeded':
    case 'TableKnown':
    case 'ChangesDue':
    case 'VirtualServerProgrammed':
      return { ...state, table: tableAfter(state.table, fact), repairDue: repairDueAfter(state, fact) }
    case 'RoleHeard':
    case 'OwnAdvertNoted':
    case 'ResignationNoted':
    case 'YieldAllowed':
    case 'AdditionNoted':
    case 'AddressesAdded':
    case 'HoldBegan':
    case 'HoldAdopted':
    case 'HoldFailed':
    case 'HoldLost':
    case 'HoldEnded':
    case 'LeftOverFound':
    case 'LeaseExtended':
    case 'LeaseNotExtended':
    case 'AddressesInPlace':
    case 'AnnouncementDue':
    case 'RepairDue':
    case 'AbsenceNoted':
    case 'ProbeDue':
    case 'ProbePlanned':
      return withInstance(state, fact)
    case 'ClaimNoted':
      return { ...state, claimants: withClaimant(state.claimants, fact.claimant) }
    case 'ClaimGone':
      return { ...state, claimants: withoutClaimant(state.claimants, fact.claimant) }
    case 'DevicesNeeded':
    case 'DevicesDropped':
    case 'DevicesAtRest':
    case 'DevicesWoken':
    case 'DeviceAdded':
    case 'DeviceRemoved':
    case 'HoldWidened':
    case 'HoldNarrowed':
    case 'HoldDoubted':
    case 'AddressesRemoved':
    case 'AddressesLost':
    case 'AddressesKept':
    case 'RoutingAdded':
    case 'RoutingRemoved':
    case 'RoutingLost':
    case 'AddressConflict':
    case 'AddressConflictEnded':
    case 'DefenceDue':
    case 'KernelRefused':
      return state
  }
}

type TableFact = Extract<
  Fact,
  {
    type: 'ServerFailed' | 'ServerReturned' | 'TableNeeded' | 'TableKnown' | 'ChangesDue' | 'VirtualServerProgrammed'
  }
>

function repairDueAfter(state: State, fact: TableFact): number {
  return fact.type === 'TableNeeded' ? fact.repairDue : state.repairDue
}

function tableAfter(table: Table, fact: TableFact): Table {
  switch (fact.type) {
    case 'ServerFailed':
      return { ...table, down: withHealth(table.down, fact, fact.check) }
    case 'ServerReturned':
      return { ...table, down: withHealth(table.down, fact, null) }
    case 'TableNeeded':
      return { ...table, knowledge: fact.knowledge }
    case 'TableKnown':
      return tableAsDumped(table, fact.services)
    case 'ChangesDue':
      return tableAfterChanges(table, fact.changes)
    case 'VirtualServerProgrammed': {
      // Also out of the log, from runs before this one: it is what makes a service ours.
      const others = table.owned.filter((name) => name !== fact.virtualServer)
      const removed = fact.changes.some(({ kind }) => kind === 'service-removed')
      return { ...table, owned: removed ? others : [...others, fact.virtualServer] }
    }
  }
}

type InstanceFact = Extract<
  Fact,
  {
    type:
      | 'RoleHeard'
      | 'OwnAdvertNoted'
      | 'ResignationNoted'
      | 'YieldAllowed'
      | 'AdditionNoted'
      | 'AddressesAdded'
      | 'HoldBegan'
      | 'HoldAdopted'
      | 'HoldFailed'
      | 'HoldLost'
      | 'HoldEnded'
      | 'LeftOverFound'
      | 'LeaseExtended'
      | 'LeaseNotExtended'
      | 'AddressesInPlace'
      | 'AnnouncementDue'
      | 'RepairDue'
      | 'AbsenceNoted'
      | 'ProbeDue'
      | 'ProbePlanned'
  }
>

function withInstance(state: State, fact: InstanceFact): State {
  const name = fact.type === 'AddressesInPlace' ? fact.write.instance : fact.instance
  const instance = state.instances[name]
  if (instance === undefined) return state
  const instances = { ...state.instances, [name]: instanceAfter(instance, fact) }
  const left = fact.type === 'HoldLost' || fact.type === 'HoldEnded'
  return { ...state, instances, claimants: left ? withoutInstance(state.claimants, name) : state.claimants }
}

function instanceAfter(instance: Instance, fact: InstanceFact): Instance {
  switch (fact.type) {
    case 'RoleHeard': {
      const { role, happenedAt } = fact
      const notBefore = role === 'other' ? Math.max(instance.notBefore, happenedAt) : instance.notBefore
      return { ...instance, role, roleAt: happenedAt, notBefore }
    }
    case 'OwnAdvertNoted':
      return { ...instance, advertAt: Math.max(instance.advertAt, fact.sentAt) }
    case 'YieldAllowed':
      return { ...instance, yieldUntil: fact.until }
    case 'ResignationNoted':
      return { ...instance, notBefore: Math.max(instance.notBefore, fact.sentAt) }
    case 'HoldLost':
    case 'HoldEnded': {
      const hold: Hold = fact.type === 'HoldLost' ? { phase: 'lost', since: fact.at } : { phase: 'idle' }
      return { ...instance, hold, notBefore: Math.max(instance.notBefore, fact.at) }
    }
    case 'AdditionNoted':
      return { ...instance, untold: fact.untold }
    case 'AddressesAdded':
      return { ...instance, untold: null }
    case 'HoldBegan':
    case 'HoldAdopted':
    case 'HoldFailed':
    case 'LeftOverFound':
    case 'LeaseExtended':
    case 'LeaseNotExtended':
    case 'AddressesInPlace':
    case 'AnnouncementDue':
    case 'RepairDue':
    case 'AbsenceNoted':
    case 'ProbeDue':
    case 'ProbePlanned':
      return { ...instance, hold: holdAfter(instance.hold, fact) }
  }
}

type HoldFact = Exclude<
  InstanceFact,
  {
    type:
      | 'RoleHeard'
      | 'OwnAdvertNoted'
      | 'ResignationNoted'
      | 'YieldAllowed'
      | 'AdditionNoted'
      | 'AddressesAdded'
      | 'HoldLost'
      | 'HoldEnded'
  }
>

function holdAfter(hold: Hold, fact: HoldFact): Hold {
  switch (fact.type) {
    case 'HoldFailed':
      return { phase: 'idle' }
    case 'LeftOverFound':
      return { phase: 'left-over', until: fact.until }
    case 'HoldBegan': {
      const { deadline, startedAt, grantedAt } = fact
      return { phase: 'held', deadline, refreshedAt: startedAt, grantedAt, absent: [], repairs: [], planned: [] }
    }
    case 'HoldAdopted':
      // Refreshed by a run before this one: the next own advert refreshes at once.
      return {
        phase: 'held',
        deadline: fact.deadline,
        refreshedAt: Number.NEGATIVE_INFINITY,
        grantedAt: fact.at,
        absent: fact.absent,
        repairs: [],
        planned: fact.planned,
      }
    case 'LeaseExtended':
      return hold.phase === 'held' ? { ...hold, deadline: fact.deadline, refreshedAt: fact.at } : hold
    case 'LeaseNotExtended':
      return hold.phase === 'held' ? { ...hold, deadline: fact.deadline } : hold
    case 'RepairDue':
      return hold.phase === 'held' ? repaired(hold, fact.at) : hold
    case 'AbsenceNoted':
      return hold.phase === 'held' ? { ...hold, absent: [...hold.absent, ...fact.addresses.map(addressName)] } : hold
    case 'AddressesInPlace':
    case 'AnnouncementDue':
    case 'ProbeDue':
    case 'ProbePlanned':
      return hold.phase === 'held' ? { ...hold, planned: fact.planned } : hold
  }
}

function repaired(hold: Extract<Hold, { phase: 'held' }>, at: number): Hold {
  const recent = hold.repairs.filter((each) => at - each < REPAIR_WINDOW_MS)
  return { ...hold, repairs: [...recent, at] }
}

function without(refused: Readonly<Record<string, string>>, entity: string): Record<string, string> {
  return Object.fromEntries(Object.entries(refused).filter(([name]) => name !== entity))
}
