/**
 * Another host that has one of our addresses as well. Nothing in VRRP finds it, and clients reach now one, now the
 * other. So a master asks for its own addresses now and then; whoever answers is told with its hardware address.
 *
 * When mastership changes hands, both sides speak for the address for a moment. A claim counts when it is seen again.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { NeighbourClaim } from '../ports.ts'
import type { Effect } from './effect.ts'
import {
  addressName,
  allAddresses,
  cidrOf,
  type Fact,
  type Instance,
  type PlannedAnnouncement,
  presentAddresses,
  type State,
} from './state.ts'

/** A first claim is followed by a question after this time. */
const CONFIRM_MS = 500
/** The least time between two sightings that confirm each other. */
const APART_MS = 400
/** RFC 5227 2.4: an address is defended by one announcement, and then not again for so long. */
const DEFEND_MS = 10_000
/** Other holders of one address that are told apart, and for how long: forged claims must not fill the log. */
const CLAIMANTS = 4
const REMEMBERED_MS = 3_600_000
/** So many addresses may be asked for in one interval; with more of them each is asked for more rarely. */
const ADDRESSES_AT_ONCE = 100

/** A hardware address that claimed one of ours. */
export interface Claimant {
  instance: string
  address: VipAddress
  hardwareAddress: string
  firstAt: Millis
  seenAt: Millis
  /** It is known to be no moment's matter. */
  told: boolean
  /** It was told at some time. */
  notorious: boolean
  defendedAt: Millis
}

/** How often every address is asked for; null: never. */
export function probeSpacingMs({ config }: State): number | null {
  const count = config.instances.flatMap(allAddresses).length
  return config.vipProbeMs === 0 ? null : config.vipProbeMs * Math.max(1, Math.ceil(count / ADDRESSES_AT_ONCE))
}

export function decideClaim(claim: NeighbourClaim, at: Millis, state: State): Fact[] {
  return Object.values(state.instances).flatMap((instance) => {
    const { hold } = instance
    if (hold.phase !== 'held' || at > hold.deadline) return []
    const address = presentAddresses(instance).find((each) => isClaimed(each, claim))
    return address === undefined ? [] : claimed(instance, address, claim.hardwareAddress, at, state)
  })
}

function isClaimed(address: VipAddress, claim: NeighbourClaim): boolean {
  return address.address === claim.address && address.device === claim.device
}

function claimed(instance: Instance, address: VipAddress, by: string, at: Millis, state: State): Fact[] {
  const name = instance.config.name
  const known = claimantsOf(name, state).filter((each) => addressName(each.address) === addressName(address))
  const before = known.find(({ hardwareAddress }) => hardwareAddress === by)
  if (before === undefined && known.length >= CLAIMANTS) return []
  if (before === undefined || isOver(before, at, state)) {
    const never = Number.NEGATIVE_INFINITY
    const first: Claimant = {
      ...{ instance: name, address, hardwareAddress: by, firstAt: at, seenAt: at },
      ...{ told: false, notorious: before?.notorious ?? false, defendedAt: before?.defendedAt ?? never },
    }
    return [{ type: 'ClaimNoted', claimant: first }, ...confirmation(instance, at)]
  }
  const told = before.told || at - before.firstAt >= APART_MS
  const defended = told && at - before.defendedAt >= DEFEND_MS
  const claimant = { ...before, seenAt: at, told, notorious: told, defendedAt: defended ? at : before.defendedAt }
  const news: Fact[] = told && !before.told ? [conflict(claimant)] : []
  const defence: Fact[] = defended ? [{ type: 'DefenceDue', instance: name, address }] : []
  return [{ type: 'ClaimNoted', claimant }, ...news, ...defence]
}

function confirmation({ config, hold }: Instance, at: Millis): Fact[] {
  if (hold.phase !== 'held' || hold.planned.some(({ kind }) => kind === 'confirm')) return []
  const planned: PlannedAnnouncement = { kind: 'confirm', due: at + CONFIRM_MS, repeat: 1, everyMs: null }
  return [{ type: 'ProbePlanned', instance: config.name, planned: [...hold.planned, planned] }]
}

function conflict({ instance, address, hardwareAddress }: Claimant): Fact {
  return { type: 'AddressConflict', instance, address: cidrOf(address), device: address.device, hardwareAddress }
}

/** Asked several times, and no answer. */
function isOver({ seenAt }: Claimant, at: Millis, state: State): boolean {
  return at - seenAt > 2.5 * (probeSpacingMs(state) ?? DEFEND_MS)
}

/** At each question: those who have not answered the last ones. */
export function conflictsOver(instance: string, at: Millis, state: State): Fact[] {
  return claimantsOf(instance, state)
    .filter((claimant) => isOver(claimant, at, state))
    .flatMap((claimant): Fact[] => {
      const { address, hardwareAddress, firstAt, seenAt, told, notorious } = claimant
      const forgotten = !notorious || at - seenAt > REMEMBERED_MS
      if (!told) return forgotten ? [{ type: 'ClaimGone', claimant }] : []
      const about = { instance, address: cidrOf(address), device: address.device, hardwareAddress }
      return [
        { type: 'ClaimNoted', claimant: { ...claimant, told: false } },
        { type: 'AddressConflictEnded', ...about, lastedMs: Math.round(seenAt - firstAt) },
      ]
    })
}

function claimantsOf(instance: string, { claimants }: State): Claimant[] {
  return Object.values(claimants).filter((each) => each.instance === instance)
}

type Claimants = State['claimants']

export function withClaimant(claimants: Claimants, claimant: Claimant): Claimants {
  return { ...claimants, [keyOf(claimant)]: claimant }
}

export function withoutClaimant(claimants: Claimants, claimant: Claimant): Claimants {
  return Object.fromEntries(Object.entries(claimants).filter(([key]) => key !== keyOf(claimant)))
}

/** Who does not hold the addresses any more has nothing to say about others that do. */
export function withoutInstance(claimants: Claimants, instance: string): Claimants {
  return Object.fromEntries(Object.entries(claimants).filter(([, claimant]) => claimant.instance !== instance))
}

function keyOf({ instance, address, hardwareAddress }: Claimant): string {
  return `${instance} ${addressName(address)} ${hardwareAddress}`
}

export function watchingNeighbours({ config }: State): Effect {
  return { type: 'WatchNeighbours', addresses: config.vipProbeMs === 0 ? [] : config.instances.flatMap(allAddresses) }
}
