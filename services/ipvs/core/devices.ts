/**
 * Devices of the virtual routers' own. A macvlan has the hardware address that every node of the virtual router uses, so
 * it is on exactly while this node is master: a backup that let anything out with that address would draw the traffic of
 * the master to itself, and one that took in what is addressed to it would answer or forward it (RFC 9568 6.4.2).
 */
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import { deviceEntity } from '#schemas/names.ts'
import type { DeviceOutcome, Refusal } from '../ports.ts'
import type { Effect } from './effect.ts'
import { refusals } from './refusals.ts'
import type { Fact, Input, Instance, State } from './state.ts'

export function devicesOf(config: Config): VirtualDevice[] {
  return config.instances.flatMap(({ device, addressDevices }) => [
    ...(device === null ? [] : [device]),
    ...addressDevices,
  ])
}

/** Those that are on while the instance is master, and only then. */
function switchedBy({ device, addressDevices }: VrrpInstance): string[] {
  return [device, ...addressDevices].filter((each) => each?.type === 'macvlan').map(({ name }) => name)
}

/** In front of whatever puts addresses there. */
export function raising({ config }: Instance): Effect[] {
  const names = switchedBy(config)
  return names.length === 0 ? [] : [{ type: 'RaiseDevices', devices: names }]
}

/** Behind the removal of the addresses. */
export function lowering({ config }: Instance): Effect[] {
  const names = switchedBy(config)
  return names.length === 0 ? [] : [{ type: 'LowerDevices', devices: names }]
}

/** A run before may have ended as master. `found`: what this one takes over. */
export function restAtStart(found: readonly Fact[], { instances }: State): Fact[] {
  const kept = new Set(found.flatMap((fact) => ('instance' in fact ? [fact.instance] : [])))
  const idle = Object.values(instances).filter(({ config }) => !kept.has(config.name))
  const devices = idle.flatMap(({ config }) => switchedBy(config))
  return devices.length === 0 ? [] : [{ type: 'DevicesAtRest', devices }]
}

export function decideSettled(
  { outcomes, refusals: refused }: Extract<Input, { type: 'DevicesSettled' }>,
  state: State,
): Fact[] {
  const told = outcomes.flatMap((outcome) => eventOf(outcome))
  const fresh = new Set(
    outcomes.filter(({ result }) => result === 'made' || result === 'replaced').map(({ name }) => name),
  )
  const masters = Object.values(state.instances).filter(({ hold }) => hold.phase === 'held')
  const wanted = masters.flatMap(({ config }) => switchedBy(config)).filter((name) => fresh.has(name))
  const woken: Fact[] = wanted.length === 0 ? [] : [{ type: 'DevicesWoken', devices: wanted }]
  return [...told, ...woken, ...decideRefused(refused, state), ...over(outcomes, refused, state)]
}

export function decideRefused(refused: readonly Refusal[], state: State): Fact[] {
  return refusals(
    refused.map(({ entity, error }) => ({ entity, code: error.code, message: messageOf(error) })),
    state,
  )
}

function over(outcomes: readonly DeviceOutcome[], refused: readonly Refusal[], state: State): Fact[] {
  const still = new Set(refused.map(({ entity }) => entity))
  return outcomes
    .map(({ name }) => deviceEntity(name))
    .filter((entity) => entity in state.refused && !still.has(entity))
    .map((entity) => ({ type: 'RefusalOver', entity }))
}

function messageOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

function eventOf({ name: device, parent, hardwareAddress, result }: DeviceOutcome): Fact[] {
  switch (result) {
    case 'made':
    case 'replaced':
      return [{ type: 'DeviceAdded', device, parent, hardwareAddress, replaced: result === 'replaced' }]
    case 'removed':
      return [{ type: 'DeviceRemoved', device, parent }]
    case 'kept':
    case 'waiting':
      return []
  }
}
