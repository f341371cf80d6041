/** What the ipvs core knows (State), hears (Input), concludes (Fact) and has done (Effect). */

import type { Millis } from '#platform/clock-port.ts'
import type { HaError } from '#platform/errors.ts'
import type { CheckerEvent } from '#schemas/checker.ts'
import type { Config, VipAddress, VrrpInstance } from '#schemas/config.ts'
import type { IpvsEvent } from '#schemas/ipvs.ts'
import { instanceIdentity } from '#schemas/names.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import type {
  AddressOutcome,
  AnnouncementFailure,
  AnnounceResult,
  ChangeFailure,
  HeldAddress,
  KernelChange,
  KernelService,
  NeighbourClaim,
  SeenAdvert,
} from '../ports.ts'
import type { Claimant } from './conflicts.ts'
import type { DeviceFact, DeviceInput } from './device-state.ts'
import type { AddAddresses, Announce } from './effect.ts'
import type { Table } from './table-state.ts'

export type { Table }

import { type RoutingFact, type RoutingInput, type RoutingState, routingOf } from './routing-state.ts'

/** What made us hold the addresses. */
export type Trigger = AddressesAdded['trigger']
type AddressesAdded = Extract<IpvsEvent, { type: 'AddressesAdded' }>
export type RemovalReason = Extract<IpvsEvent, { type: 'AddressesRemoved' }>['reason']
export type ProgramReason = Extract<IpvsEvent, { type: 'VirtualServerProgrammed' }>['reason']

/** Addresses that came with an own advert, and are told when the event that belongs to it has come, or is overdue. */
export interface Untold {
  event: AddressesAdded
  due: Millis
}

export interface PlannedAnnouncement {
  /**
   * second: the burst after the delay; refresh: again and again; soon, rival: after one was heard; settled: after it
   * fell silent; extra: on interfaces without adverts; probe, confirm: questions whether another
   * host has them.
   */
  kind: 'second' | 'refresh' | 'soon' | 'rival' | 'settled' | 'extra' | 'probe' | 'confirm'
  due: Millis
  repeat: number
  /** null: once. */
  everyMs: number | null
}

/** How an instance's addresses stand. */
export type Hold =
  /** Not ours: nothing of the instance is refreshed. */
  | { phase: 'idle' }
  /** In the kernel until `deadline` unless refreshed. */
  | {
      phase: 'held'
      /** Last moment at which a refresh is allowed: afterwards it would bring an expired address back. */
      deadline: Millis
      refreshedAt: Millis
      /** When the evidence came about that let us hold: what is older cannot speak against it. */
      grantedAt: Millis
      /** Addresses with no_track that somebody removed: they stay away until the next time. As `addressName` has them. */
      absent: readonly string[]
      /** When removed addresses were put back lately. */
      repairs: readonly Millis[]
      /** Gratuitous ARPs after the first burst; one of a kind at most, but for soon. */
      planned: readonly PlannedAnnouncement[]
    }
  /** Gone although they should be there: only new evidence brings them back. */
  | { phase: 'lost'; since: Millis }
  /** Found at the start without a lease: somebody else's, unless this node turns out to be master. */
  | { phase: 'left-over'; until: Millis }

export interface Instance {
  config: VrrpInstance
  /** What the last event of vrrp said, and when that happened. */
  role: 'unknown' | 'master' | 'other'
  roleAt: Millis
  /** When the last own advert with a priority above 0 left. */
  advertAt: Millis
  /** Adverts that left up to here prove nothing: they are older than the last loss, leave or resignation. */
  notBefore: Millis
  /** Own adverts of priority 0 that leave before this do not end the hold: a hand-over is going on. */
  yieldUntil: Millis
  hold: Hold
  untold: Untold | null
}

export interface State {
  config: Config
  instances: Readonly<Record<string, Instance>>
  startedAt: Millis
  busConnected: boolean
  table: Table
  repairDue: Millis
  /** Other hosts that claim our addresses. */
  claimants: Readonly<Record<string, Claimant>>
  /** Last refusal by entity, so that a lasting one is told once. */
  refused: Readonly<Record<string, string>>
  routing: RoutingState
  stopping: boolean
}

export type Input =
  /** The addresses of all interfaces that instances use, at the start. */
  | { type: 'Started'; held: HeldAddress[]; at: Millis }
  | { type: 'ConfigurationReloaded'; config: Config; at: Millis }
  | { type: 'StopRequested'; at: Millis }
  | { type: 'BusConnectionChanged'; connected: boolean; at: Millis }
  /** The history of the log has been handed over. */
  | { type: 'HistoryRead'; at: Millis }
  /** `happenedAt`: the event's own time on our monotonic clock. */
  | { type: 'VrrpHeard'; event: VrrpEvent; phase: 'replay' | 'live'; happenedAt: Millis; at: Millis }
  | { type: 'CheckerHeard'; event: CheckerEvent; phase: 'replay' | 'live'; at: Millis }
  | { type: 'OwnAdvertSeen'; advert: SeenAdvert; at: Millis }
  | { type: 'AddressVanished'; held: HeldAddress; at: Millis }
  /** All addresses of these devices, read from the kernel just now. */
  | { type: 'AddressesListed'; devices: string[]; held: HeldAddress[]; at: Millis }
  | { type: 'AddressesWritten'; write: AddAddresses; outcomes: AddressOutcome[]; at: Millis }
  | { type: 'AddressesRefreshed'; instance: string; before: Millis; outcomes: AddressOutcome[]; at: Millis }
  | { type: 'AddressesCleared'; instance: string; reason: RemovalReason; outcomes: AddressOutcome[]; at: Millis }
  | DeviceInput
  | { type: 'SecondariesFailed'; failures: { device: string; error: HaError }[]; at: Millis }
  | { type: 'AddressesAnnounced'; announce: Announce; result: AnnounceResult; at: Millis }
  /** One that had to wait for its turn. */
  | { type: 'AnnouncementFailed'; failure: AnnouncementFailure; at: Millis }
  /** null: packets to the addresses are dropped as they should be. */
  | { type: 'PacketsRefused'; error: HaError | null; at: Millis }
  | { type: 'ClaimSeen'; claim: NeighbourClaim; at: Millis }
  | { type: 'TableDumped'; services: KernelService[]; version: number; reason: ProgramReason; at: Millis }
  | { type: 'TableUnavailable'; code: string; message: string; at: Millis }
  | { type: 'TableWritten'; changes: KernelChange[]; failures: ChangeFailure[]; reason: ProgramReason; at: Millis }
  | { type: 'TimePassed'; at: Millis }
  | RoutingInput

/** What stays inside. */
export type InnerFact =
  | { type: 'Begun'; at: Millis; interfaces: string[] }
  | { type: 'ConfigurationTaken'; config: Config }
  | { type: 'StopBegun' }
  | { type: 'BusChanged'; connected: boolean }
  | DeviceFact
  | { type: 'RoleHeard'; instance: string; role: 'master' | 'other'; happenedAt: Millis }
  | { type: 'OwnAdvertNoted'; instance: string; sentAt: Millis }
  | { type: 'ResignationNoted'; instance: string; sentAt: Millis }
  | { type: 'YieldAllowed'; instance: string; until: Millis }
  | { type: 'AdditionNoted'; instance: string; untold: Untold }
  /** From now on the addresses are ours to hold. */
  | { type: 'HoldBegan'; instance: string; trigger: Trigger; grantedAt: Millis; startedAt: Millis; deadline: Millis }
  /** A restart goes on with what it found. */
  | {
      type: 'HoldAdopted'
      instance: string
      at: Millis
      deadline: Millis
      absent: string[]
      planned: PlannedAnnouncement[]
    }
  /** Addresses that a reload brought. */
  | { type: 'HoldWidened'; instance: string; addresses: VipAddress[]; at: Millis }
  | { type: 'HoldNarrowed'; instance: string; addresses: VipAddress[] }
  | { type: 'HoldFailed'; instance: string }
  | { type: 'HoldLost'; instance: string; at: Millis; clear: boolean }
  | { type: 'HoldEnded'; instance: string; at: Millis; reason: RemovalReason }
  | { type: 'HoldDoubted'; instance: string }
  /** Somebody removed them: they are put back. */
  | { type: 'RepairDue'; instance: string; addresses: VipAddress[]; lifetimeMs: number; at: Millis; deadline: Millis }
  /** Somebody removed them, and nobody minds. */
  | { type: 'AbsenceNoted'; instance: string; addresses: VipAddress[] }
  | { type: 'LeftOverFound'; instance: string; until: Millis }
  | { type: 'LeaseExtended'; instance: string; at: Millis; before: Millis; deadline: Millis }
  | { type: 'LeaseNotExtended'; instance: string; deadline: Millis }
  | {
      type: 'AddressesInPlace'
      write: AddAddresses
      addresses: VipAddress[]
      at: Millis
      planned: PlannedAnnouncement[]
    }
  | {
      type: 'AnnouncementDue'
      instance: string
      reach: 'all' | 'extra'
      repeat: number
      planned: PlannedAnnouncement[]
    }
  | { type: 'ClaimNoted'; claimant: Claimant }
  | { type: 'ClaimGone'; claimant: Claimant }
  | { type: 'DefenceDue'; instance: string; address: VipAddress }
  | { type: 'ProbeDue' | 'ProbePlanned'; instance: string; planned: PlannedAnnouncement[] }
  | { type: 'ServerFailed'; virtualServer: string; realServer: string; check: string }
  | { type: 'ServerReturned'; virtualServer: string; realServer: string }
  | { type: 'TableNeeded'; knowledge: 'provisional' | 'settled'; reason: ProgramReason; repairDue: Millis }
  | { type: 'TableKnown'; services: KernelService[] }
  | { type: 'ChangesDue'; changes: KernelChange[]; reason: ProgramReason }
  | { type: 'RefusalNoted'; entity: string; code: string }
  | { type: 'RefusalOver'; entity: string }
  | RoutingFact

export type Fact = IpvsEvent | InnerFact

/** Whether there is nothing that an instance could bring to its master. */
export function holdsNothing(config: VrrpInstance): boolean {
  return allAddresses(config).length === 0 && routingOf(config).length === 0
}

/** Every address of an instance, in the order in which they are added. */
export function allAddresses(config: VrrpInstance): VipAddress[] {
  return [...config.addresses, ...config.excludedAddresses]
}

/** Those that should be in the kernel now. */
export function presentAddresses({ config, hold }: Instance): VipAddress[] {
  const absent = hold.phase === 'held' ? hold.absent : []
  return allAddresses(config).filter((address) => !absent.includes(addressName(address)))
}

/** `192.168.105.211/32 dev eth0`: one prefix may be on several interfaces. */
export function addressName(address: Pick<VipAddress, 'address' | 'prefix' | 'device'>): string {
  return `${cidrOf(address)} dev ${address.device}`
}

/** `192.168.105.211/32`, as events name it. */
export function cidrOf({ address, prefix }: { address: string; prefix: number }): string {
  return `${address}/${prefix}`
}

function freshInstance(config: VrrpInstance): Instance {
  const never = Number.NEGATIVE_INFINITY
  return {
    config,
    role: 'unknown',
    roleAt: never,
    advertAt: never,
    notBefore: never,
    yieldUntil: never,
    hold: { phase: 'idle' },
    untold: null,
  }
}

type Instances = Readonly<Record<string, Instance>>

/** Instances of a configuration; virtual routers known before keep what is known of them, under whatever name. */
export function instancesOf(config: Config, before: Instances): Record<string, Instance> {
  const pairs = config.instances.map((instance) => {
    const known = sameRouter(instance, before)
    return [instance.name, known === undefined ? freshInstance(instance) : carriedOver(known, instance)] as const
  })
  return Object.fromEntries(pairs)
}

/** The instance that is the same virtual router, whatever its name. */
export function sameRouter(config: VrrpInstance, instances: Instances): Instance | undefined {
  const identity = instanceIdentity(config)
  return Object.values(instances).find((each) => instanceIdentity(each.config) === identity)
}

function carriedOver({ untold, ...known }: Instance, config: VrrpInstance): Instance {
  const told = untold === null ? null : { ...untold, event: { ...untold.event, instance: config.name } }
  return { ...known, config, untold: told }
}

export function initialState(config: Config): State {
  return {
    config,
    instances: instancesOf(config, {}),
    startedAt: 0,
    busConnected: false,
    table: { knowledge: 'none', kernel: null, version: 0, owned: [], down: {} },
    repairDue: Number.POSITIVE_INFINITY,
    claimants: {},
    refused: {},
    routing: { standings: {}, tidyAt: null },
    stopping: false,
  }
}
