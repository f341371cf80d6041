/** What the kernel's answers and reports about addresses mean, and what start, reload and stop do with the VIPs. */
import type { Millis } from '#platform/clock-port.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { AddressOutcome, HeldAddress } from '../ports.ts'
import { planOf } from './announcing.ts'
import { restAtStart } from './devices.ts'
import type { AddAddresses } from './effect.ts'
import { leftOverWaitMs, TELL_MS } from './evidence.ts'
import { expired, tellOf } from './mastership.ts'
import { isSame } from './presence.ts'
import { refusals } from './refusals.ts'
import {
  addressName,
  allAddresses,
  cidrOf,
  type Fact,
  type Input,
  type Instance,
  instancesOf,
  presentAddresses,
  type State,
  sameRouter,
} from './state.ts'

type Of<T extends Input['type']> = Extract<Input, { type: T }>

/** What a restart finds: leases of a run before are kept, addresses without one were left by somebody else. */
export function decideStart({ held, at }: Of<'Started'>, state: State): Fact[] {
  const found = Object.values(state.instances).flatMap((instance) => foundAt(instance, held, at, state))
  return [{ type: 'Begun', at, interfaces: interfacesOf(state) }, ...found, ...restAtStart(found, state)]
}

function interfacesOf(state: State): string[] {
  return [...new Set(state.config.instances.map((instance) => instance.interface))]
}

function foundAt({ config }: Instance, held: HeldAddress[], at: Millis, state: State): Fact[] {
  const wanted = allAddresses(config)
  const present = held.filter((each) => wanted.some((address) => isSame(address, each)))
  const missing = wanted.filter((address) => !present.some((each) => isSame(address, each)))
  const instance = config.name
  if (present.length === 0) return []
  if (present.some(({ remainingMs }) => remainingMs === null)) {
    return [{ type: 'LeftOverFound', instance, until: at + leftOverWaitMs(config) }]
  }
  // Some of them gone: vrrp has noticed and resigned. What is left runs out, or a new mastership adds them all.
  if (missing.some(({ noTrack }) => !noTrack)) return []
  const remaining = Math.min(...present.map(({ remainingMs }) => remainingMs ?? 0))
  const planned = planOf(config, at, { state, resumed: true })
  const kept = wanted.filter((address) => !missing.includes(address))
  return [
    { type: 'HoldAdopted', instance, at, deadline: at + remaining, absent: missing.map(addressName), planned },
    { type: 'AddressesKept', instance, addresses: kept.map(cidrOf) },
  ]
}

export function decideWrittenAddresses({ write, outcomes, at }: Of<'AddressesWritten'>, state: State): Fact[] {
  const told = addressRefusals(outcomes, state)
  const instance = state.instances[write.instance]
  if (instance?.hold.phase !== 'held') return told
  const addresses = outcomes.filter(({ result }) => result !== 'failed' && result !== 'too-late')
  if (addresses.length === 0) {
    // Of a reload that only adds some, the others are in place.
    const all = write.addresses.length === allAddresses(instance.config).length
    return all ? [...told, { type: 'HoldFailed', instance: write.instance }] : told
  }
  const planned = planOf(instance.config, at, { state })
  return [...told, { type: 'AddressesInPlace', write, addresses: addresses.map((each) => each.address), at, planned }]
}

export function decideAnnounced({ announce, result, at }: Of<'AddressesAnnounced'>, state: State): Fact[] {
  const { write, writtenAt, addresses } = announce
  const failures = result.failures.map(({ address, error }) => ({
    entity: announcementEntity(address),
    code: error.code,
    message: error.message,
  }))
  const failed = new Set(result.failures.map(({ address }) => address))
  const over = addresses
    .filter((address) => !failed.has(address))
    .map(announcementEntity)
    .filter((entity) => entity in state.refused)
    .map((entity): Fact => ({ type: 'RefusalOver', entity }))
  const told = [...over, ...refusals(failures, state)]
  if (write === null) return told
  const { instance, trigger } = write
  const tookMs = Math.max(0, writtenAt - write.startedAt)
  const announced = result.sent
  const event = {
    type: 'AddressesAdded',
    instance,
    addresses: addresses.map(cidrOf),
    trigger,
    tookMs,
    announced,
    ...besides(write, state),
  } as const
  // The event of vrrp that explains it is on its way, unless there is no way.
  const wait = trigger === 'advert' && state.busConnected && instance in state.instances
  return [wait ? { type: 'AdditionNoted', instance, untold: { event, due: at + TELL_MS } } : event, ...told]
}

export function decideUnannounced({ failure }: Of<'AnnouncementFailed'>, state: State): Fact[] {
  const { address, error } = failure
  return refusals([{ entity: announcementEntity(address), code: error.code, message: error.message }], state)
}

/** Whoever reads the newest event of an instance alone must learn of all its addresses. */
function besides({ instance, addresses }: AddAddresses, { instances }: State): { besides?: string[] } {
  const known = instances[instance]
  const others = known === undefined ? [] : presentAddresses(known)
  const written = new Set(addresses.map(addressName))
  const before = others.filter((each) => !written.has(addressName(each)))
  return before.length === 0 ? {} : { besides: before.map(cidrOf) }
}

function announcementEntity(address: VipAddress): string {
  return `announcement of ${addressName(address)}`
}

export function decideRefreshed({ instance, before, outcomes, at }: Of<'AddressesRefreshed'>, state: State): Fact[] {
  const told = addressRefusals(outcomes, state)
  const known = state.instances[instance]
  if (known?.hold.phase !== 'held') return told
  if (outcomes.some(({ result }) => result === 'too-late')) {
    return [...told, ...tellOf(known), ...expired(instance, presentAddresses(known).map(cidrOf), at)]
  }
  const failed = outcomes.some(({ result }) => result === 'failed')
  return failed ? [...told, { type: 'LeaseNotExtended', instance, deadline: before }] : told
}

export function decideCleared({ instance, reason, outcomes }: Of<'AddressesCleared'>, state: State): Fact[] {
  const addresses = outcomes.filter(({ result }) => result === 'removed').map(({ address }) => cidrOf(address))
  const told = addressRefusals(outcomes, state)
  return addresses.length === 0 ? told : [{ type: 'AddressesRemoved', instance, addresses, reason }, ...told]
}

/** The same address still. Its lifetimes and flags follow at the next refresh; the rest the kernel cannot change. */
function isKept(one: VipAddress, other: VipAddress): boolean {
  const fixed = ({ label, broadcast, scope, peer }: VipAddress) => [label, broadcast, scope, peer].join()
  return isSame(one, other) && fixed(one) === fixed(other)
}

/** The difference between the two configurations; addresses in both are not touched. */
export function decideVipReload({ config, at }: Of<'ConfigurationReloaded'>, state: State): Fact[] {
  const next = instancesOf(config, state.instances)
  const removed = Object.values(state.instances).flatMap((instance): Fact[] => {
    const after = sameRouter(instance.config, next)
    const kept = after === undefined ? [] : allAddresses(after.config)
    const dropped = allAddresses(instance.config).filter((each) => !kept.some((one) => isKept(one, each)))
    const ours = instance.hold.phase === 'held' || instance.hold.phase === 'lost'
    if (!ours || dropped.length === 0) return []
    if (after === undefined)
      return [...tellOf(instance), { type: 'HoldEnded', instance: instance.config.name, at, reason: 'reload' }]
    return [{ type: 'HoldNarrowed', instance: after.config.name, addresses: dropped.reverse() }]
  })
  const added = Object.values(next).flatMap((instance): Fact[] => {
    const before = sameRouter(instance.config, state.instances)
    const known = before === undefined ? [] : allAddresses(before.config)
    const gained = allAddresses(instance.config).filter((each) => !known.some((one) => isKept(one, each)))
    const { hold } = instance
    const alive = hold.phase === 'held' && at < hold.deadline
    return alive && gained.length > 0
      ? [{ type: 'HoldWidened', instance: instance.config.name, addresses: gained, at }]
      : []
  })
  return [...removed, { type: 'ConfigurationTaken', config }, ...added]
}

/** Stop: everything that may be there goes, in reverse order of the configuration. */
export function decideVipStop(at: Millis, state: State): Fact[] {
  return Object.values(state.instances)
    .filter(({ hold }) => hold.phase !== 'idle')
    .reverse()
    .flatMap((instance): Fact[] => [
      ...tellOf(instance),
      { type: 'HoldEnded', instance: instance.config.name, at, reason: 'stop' },
    ])
}

function addressRefusals(outcomes: AddressOutcome[], state: State): Fact[] {
  const well = outcomes.filter(({ result }) => result !== 'failed').map(({ address }) => addressName(address))
  const over = well
    .filter((entity) => entity in state.refused)
    .map((entity) => ({ type: 'RefusalOver', entity }) as const)
  const failed = outcomes.flatMap((each) =>
    each.result === 'failed'
      ? [{ entity: addressName(each.address), code: each.error.code, message: each.error.message }]
      : [],
  )
  return [...over, ...refusals(failed, state)]
}

export function decideSecondaries({ failures }: Of<'SecondariesFailed'>, state: State): Fact[] {
  const told = failures.map(({ device, error }) => ({
    entity: `promote_secondaries of ${device}`,
    code: error.code,
    message: error.message,
  }))
  return refusals(told, state)
}
