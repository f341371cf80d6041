/** The difference between two IPVS tables, as the changes that lead from one to the other. */
import type { VirtualServerChange } from '#schemas/ipvs.ts'
import { endpointName } from '#schemas/names.ts'
import type { KernelChange, KernelDestination, KernelService, ServiceKey } from '../ports.ts'
import { serviceName } from './desired.ts'

export type NamedServices = Readonly<Record<string, KernelService>>

/**
 * Changes that make `wanted` of what the kernel has. Removals come first within a service, so that a replaced server
 * never shares its place; a service whose protocol, address or port differs is another service.
 */
export function tableChanges(kernel: NamedServices, wanted: NamedServices): KernelChange[] {
  const gone = Object.entries(kernel).flatMap(([name, service]): KernelChange[] =>
    name in wanted ? [] : [{ kind: 'remove-service', service: keyOf(service) }],
  )
  return [...gone, ...Object.entries(wanted).flatMap(([name, service]) => serviceChanges(kernel[name], service))]
}

function serviceChanges(before: KernelService | undefined, after: KernelService): KernelChange[] {
  const { destinations, ...service } = after
  const key = keyOf(after)
  if (before === undefined) {
    const added = destinations.map((destination) => ({ kind: 'add-destination', service: key, destination }) as const)
    return [{ kind: 'add-service', service }, ...added]
  }
  const same = before.scheduler === after.scheduler && before.persistenceTimeoutS === after.persistenceTimeoutS
  return [...(same ? [] : [{ kind: 'update-service', service } as const]), ...destinationChanges(key, before, after)]
}

function destinationChanges(service: ServiceKey, before: KernelService, after: KernelService): KernelChange[] {
  const old = new Map(before.destinations.map((each) => [endpointName(each), each]))
  const names = new Set(after.destinations.map(endpointName))
  const gone = before.destinations
    .filter((each) => !names.has(endpointName(each)))
    .map(({ address, port }): KernelChange => ({ kind: 'remove-destination', service, destination: { address, port } }))
  const rest = after.destinations.flatMap((destination): KernelChange[] => {
    const known = old.get(endpointName(destination))
    if (known === undefined) return [{ kind: 'add-destination', service, destination }]
    return sameDestination(known, destination) ? [] : [{ kind: 'update-destination', service, destination }]
  })
  return [...gone, ...rest]
}

function sameDestination(a: KernelDestination, b: KernelDestination): boolean {
  return a.weight === b.weight && a.forwarding === b.forwarding
}

function keyOf({ protocol, address, port, family }: KernelService): ServiceKey {
  return { protocol, address, port, family }
}

/** The table after these changes, as the kernel will have it. */
export function applyChanges(kernel: NamedServices, changes: readonly KernelChange[]): NamedServices {
  const table: Record<string, KernelService> = { ...kernel }
  for (const change of changes) {
    const name = serviceName(change.service)
    const after = serviceAfter(table[name], change)
    if (after === undefined) delete table[name]
    else table[name] = after
  }
  return table
}

function serviceAfter(before: KernelService | undefined, change: KernelChange): KernelService | undefined {
  switch (change.kind) {
    case 'add-service':
    case 'update-service':
      return { ...change.service, destinations: before?.destinations ?? [] }
    case 'remove-service':
      return undefined
    case 'add-destination':
    case 'update-destination':
      return before && { ...before, destinations: [...others(before, change.destination), change.destination] }
    case 'remove-destination':
      return before && { ...before, destinations: others(before, change.destination) }
  }
}

function others(service: KernelService, left: { address: string; port: number }): KernelDestination[] {
  return service.destinations.filter((each) => endpointName(each) !== endpointName(left))
}

/** A change in the words of an event. */
export function describeChange(change: KernelChange): VirtualServerChange {
  const virtualServer = serviceName(change.service)
  switch (change.kind) {
    case 'add-service':
      return { kind: 'service-added', virtualServer, realServer: null, weight: null }
    case 'update-service':
      return { kind: 'service-updated', virtualServer, realServer: null, weight: null }
    case 'remove-service':
      return { kind: 'service-removed', virtualServer, realServer: null, weight: null }
    case 'add-destination':
    case 'update-destination': {
      const kind = change.kind === 'add-destination' ? 'destination-added' : 'destination-updated'
      return { kind, virtualServer, realServer: endpointName(change.destination), weight: change.destination.weight }
    }
    case 'remove-destination':
      return { kind: 'destination-removed', virtualServer, realServer: endpointName(change.destination), weight: null }
  }
}
