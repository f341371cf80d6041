/**
 * Whether what should be in the kernel is there, and what follows when somebody else removed it. keepalived gives its
 * mastership up and takes it again; here the address is back before vrrp, which grants it 50 ms, has to resign. Against
 * a program that goes on removing it, though, that would be an endless fight: then vrrp decides, as keepalived does.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { VipAddress } from '#schemas/config.ts'
import type { HeldAddress } from '../ports.ts'
import { expired, tellOf } from './mastership.ts'
import {
  addressName,
  allAddresses,
  cidrOf,
  type Fact,
  type Input,
  type Instance,
  presentAddresses,
  type State,
} from './state.ts'

/** So many repairs within this time, and no more. */
const REPAIRS = 3
export const REPAIR_WINDOW_MS = 10_000

/** The same address on the same interface. A different prefix is another address to the kernel. */
export function isSame(wanted: Pick<VipAddress, 'address' | 'prefix' | 'device'>, held: typeof wanted): boolean {
  return wanted.address === held.address && wanted.prefix === held.prefix && wanted.device === held.device
}

/** One of ours is reported gone. The report may be older than our last write: look before believing it. */
export function decideVanished(gone: HeldAddress, state: State): Fact[] {
  return Object.values(state.instances)
    .filter(({ config, hold }) => hold.phase === 'held' && allAddresses(config).some((each) => isSame(each, gone)))
    .map(({ config }) => ({ type: 'HoldDoubted', instance: config.name }))
}

export function decideListed({ devices, held, at }: Extract<Input, { type: 'AddressesListed' }>, state: State): Fact[] {
  const there = new Set(held.map(addressName))
  return Object.values(state.instances).flatMap((instance) => {
    const wanted = presentAddresses(instance).filter(({ device }) => devices.includes(device))
    const missing = wanted.filter((each) => !there.has(addressName(each)))
    return missing.length === 0 ? [] : missed(instance, missing, at)
  })
}

function missed(instance: Instance, missing: VipAddress[], at: Millis): Fact[] {
  const { config, hold } = instance
  if (hold.phase !== 'held') return []
  const name = config.name
  if (at >= hold.deadline) return [...tellOf(instance), ...expired(name, presentAddresses(instance).map(cidrOf), at)]
  const told: Fact[] = [
    ...tellOf(instance),
    { type: 'AddressesLost', instance: name, addresses: missing.map(cidrOf), reason: 'removed-by-another' },
  ]
  const minded = missing.filter(({ noTrack }) => !noTrack)
  const absent: Fact[] = [{ type: 'AbsenceNoted', instance: name, addresses: missing.filter(({ noTrack }) => noTrack) }]
  if (minded.length === 0) return [...absent, ...told]
  const recent = hold.repairs.filter((each) => at - each < REPAIR_WINDOW_MS)
  // No longer than the evidence lasts that we are master; rounded down to the kernel's whole seconds.
  const lifetimeMs = Math.floor((hold.deadline - at) / 1_000) * 1_000
  // vrrp has seen it too and will resign. The rest stays until it has said so.
  if (recent.length >= REPAIRS || lifetimeMs === 0)
    return [{ type: 'HoldLost', instance: name, at, clear: false }, ...told]
  return [
    ...absent,
    ...told,
    { type: 'RepairDue', instance: name, addresses: minded, lifetimeMs, at, deadline: hold.deadline },
  ]
}
