/**
 * When the deliveries of a transition may begin: with the addresses in place, or gone (as keepalived does it). What ipvs
 * says orders itself by the hybrid logical clock, because its events and those of vrrp come by different ways.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { Config } from '#schemas/config.ts'
import type { GroupEvent } from '#schemas/groups.ts'
import { instanceIdentity } from '#schemas/names.ts'
import type { AddressWord, Input, State } from './state.ts'

/** So long after a transition nobody waits for ipvs any more: it may be dead, and news must go out. */
const PATIENCE_MS = 1_000

export interface AddressesOf {
  /** In the kernel, as far as ipvs has said. */
  present: readonly string[]
  /** Logical time at which they were last said to be in place. */
  placedAt: string
  /** Logical time of the last word of all. */
  saidAt: string
}

type Offered = Extract<Input, { type: 'EventOffered' }>

const UNHEARD: AddressesOf = { present: [], placedAt: '', saidAt: '' }

export function addressesOf({ addresses }: State, instance: string): AddressesOf {
  return addresses[instance] ?? UNHEARD
}

/** What is known of the addresses under the names of a new configuration: a renamed virtual router keeps its own. */
export function addressesUnder(config: Config, state: State): State['addresses'] {
  const names = new Map(state.config.instances.map((before) => [instanceIdentity(before), before.name]))
  const renamed = config.instances.flatMap((instance) => {
    const formerly = names.get(instanceIdentity(instance))
    const isNew = formerly !== undefined && formerly !== instance.name
    return isNew ? [[instance.name, addressesOf(state, formerly)] as const] : []
  })
  return { ...state.addresses, ...Object.fromEntries(renamed) }
}

/** What is known after a word of ipvs. One that was heard before, as a replay repeats it, changes nothing. */
export function afterWord(known: AddressesOf, word: AddressWord, said: string): AddressesOf {
  if (said <= known.saidAt) return known
  const { addresses } = word
  switch (word.type) {
    case 'AddressesAdded':
      return { present: [...new Set([...known.present, ...addresses])], placedAt: said, saidAt: said }
    case 'AddressesKept':
      return { present: addresses, placedAt: said, saidAt: said }
    case 'AddressesRemoved':
    case 'AddressesLost':
      return { ...known, present: known.present.filter((each) => !addresses.includes(each)), saidAt: said }
  }
}

/** Until when addresses have time to come or to go, on our monotonic clock. */
export function patienceEnd({ happenedAt, at }: Offered): Millis {
  return Math.min(happenedAt, at) + PATIENCE_MS
}

/** The instance whose addresses have to come or to go first; null: there is nothing to wait for. */
export function awaited({ notice, said }: Offered, state: State): string | null {
  if ('group' in notice) return awaitedByGroup(notice, said, state)
  if (!('instance' in notice)) return null
  const { instance } = notice
  const { present, placedAt } = addressesOf(state, instance)
  switch (notice.type) {
    case 'BecameMaster':
      return hasAddresses(instance, state) && placedAt < said ? instance : null
    case 'BecameBackup':
    case 'BecameFault':
    case 'InstanceStopped':
      // None in place: it was not master, or has none. In place since a later moment: those of a mastership to come.
      return present.length > 0 && placedAt < said ? instance : null
    case 'MastershipResumed':
    case 'StartHeld':
    case 'AdvertRejected':
    case 'RivalHeard':
    case 'TwoMasters':
    case 'RivalSilenced':
    case 'CommitOverdue':
    case 'InstanceRenamed':
    case 'HandoverBegan':
    case 'HandoverEnded':
    case 'PriorityChanged':
    case 'DampingBegan':
    case 'DampingEnded':
      return null
  }
}

/** Its members' addresses, one member after the other: each word of ipvs has this looked at again. */
function awaitedByGroup(event: GroupEvent, said: string, state: State): string | null {
  switch (event.type) {
    case 'GroupBecameMaster':
      // The first members may have theirs before the last one is master: what counts is that they are there.
      return event.members.find((each) => hasAddresses(each, state) && !isPlaced(each, state)) ?? null
    case 'GroupBecameBackup':
    case 'GroupBecameFault':
    case 'GroupStopped': {
      const holds = (each: string) => addressesOf(state, each).present.length > 0
      return event.members.find((each) => holds(each) && addressesOf(state, each).placedAt < said) ?? null
    }
    case 'GroupResumed':
      return null
  }
}

function isPlaced(instance: string, state: State): boolean {
  return addressesOf(state, instance).present.length > 0
}

function hasAddresses(name: string, { config }: State): boolean {
  const instance = config.instances.find((each) => each.name === name)
  return instance !== undefined && instance.addresses.length + instance.excludedAddresses.length > 0
}
