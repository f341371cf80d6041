import { CheckerEvent } from '#schemas/checker.ts'
import type { Config, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import type { Envelope } from '#schemas/envelope.ts'
import { IpvsEvent } from '#schemas/ipvs.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import type { NodeStatus } from '#schemas/status.ts'
import { SupervisorEvent } from '#schemas/supervisor.ts'
import { HandoverBegan, HandoverEnded, InstanceRenamed, VrrpEvent } from '#schemas/vrrp.ts'

/**
 * The state of a node as its log tells it. `events` are in log order; the newest of every subject are enough, because
 * each of them states a fact that only a later one about the same entity replaces.
 */
export function projectStatus(
  events: Envelope[],
  config: Config,
): Pick<NodeStatus, 'services' | 'instances' | 'virtualServers'> {
  return {
    services: projectProcesses(parsed(events, SupervisorEvent)),
    instances: config.instances.map((instance) => projectInstance(instance, events)),
    virtualServers: config.virtualServers.map((server) => projectVirtualServer(server, events)),
  }
}

interface Dated<Event> {
  event: Event
  time: string
}

/** The events of one kind, with their time; those of other services, and of later versions, are left out. */
function parsed<Event>(
  events: Envelope[],
  schema: { safeParse(data: unknown): { success: true; data: Event } | { success: false } },
): Dated<Event>[] {
  return events.flatMap(({ data, time }) => {
    const result = schema.safeParse(data)
    return result.success ? [{ event: result.data, time }] : []
  })
}

function projectProcesses(events: Dated<SupervisorEvent>[]): NodeStatus['services'] {
  const known = new Map<string, NodeStatus['services'][number]>()
  for (const { event } of events) {
    if (event.type === 'ProcessStarted')
      known.set(event.process, { name: event.process, pid: event.pid, state: 'running', restarts: event.restarts })
    if (event.type === 'ProcessExited')
      known.set(event.process, {
        name: event.process,
        pid: null,
        state: 'stopped',
        restarts: known.get(event.process)?.restarts ?? 0,
      })
  }
  return [...known.values()]
}

function projectInstance(instance: VrrpInstance, events: Envelope[]): NodeStatus['instances'][number] {
  const story = storyOf(instance.name, events)
  const last = parsed(story, VrrpEvent).findLast(({ event }) => stateAfter(event) !== null)
  return {
    name: instance.name,
    state: (last === undefined ? null : stateAfter(last.event)) ?? 'INIT',
    interface: instance.interface,
    virtualRouterId: instance.virtualRouterId,
    priority: instance.priority,
    effectivePriority: priorityIn(story) ?? instance.priority,
    since: last?.time ?? null,
    addresses: projectAddresses(instance, story),
    adverts: null,
    damping: null,
    handover: projectHandover(story),
  }
}

/** The effective priority by the last event that tells it. */
function priorityIn(story: Envelope[]): number | null {
  const told = parsed(story, VrrpEvent).flatMap(({ event }) => ('priority' in event ? [event.priority] : []))
  return told.at(-1) ?? null
}

function projectHandover(story: Envelope[]): NodeStatus['instances'][number]['handover'] {
  const all = parsed(story, HandoverBegan.or(HandoverEnded))
  const last = all.at(-1)
  if (last?.event.type !== 'HandoverBegan') return null
  const { actor, reason, forMs } = last.event
  const until = forMs === null ? null : new Date(Date.parse(last.time) + forMs).toISOString()
  return { actor, reason, since: last.time, until }
}

/** Renamings closer together than this belong to one reload: none of them follows another. */
const ONE_RELOAD_MS = 100

/** What the log says of a virtual router, under all names it has had. */
function storyOf(instance: string, events: Envelope[]): Envelope[] {
  let name = instance
  let renamedAt = Number.POSITIVE_INFINITY
  return events
    .toReversed()
    .filter(({ data, time }) => {
      if (data.instance !== name) return false
      const renamed = InstanceRenamed.safeParse(data)
      if (!renamed.success) return true
      if (renamedAt - Date.parse(time) < ONE_RELOAD_MS) return false
      name = renamed.data.formerly
      renamedAt = Date.parse(time)
      return true
    })
    .toReversed()
}

/** null: the event leaves the state as it was. */
export function stateAfter(event: VrrpEvent): NodeStatus['instances'][number]['state'] | null {
  switch (event.type) {
    case 'BecameMaster':
    case 'MastershipResumed':
      return 'MASTER'
    case 'BecameBackup':
      return 'BACKUP'
    case 'BecameFault':
      return 'FAULT'
    case 'InstanceStopped':
      return 'INIT'
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

function projectAddresses(instance: VrrpInstance, story: Envelope[]): { address: string; present: boolean }[] {
  const present = new Set<string>()
  for (const { event } of parsed(story, IpvsEvent)) {
    if (!('addresses' in event)) continue
    const here = event.type === 'AddressesAdded' || event.type === 'AddressesKept'
    if (event.type === 'AddressesAdded') for (const address of event.besides ?? []) present.add(address)
    for (const address of event.addresses) here ? present.add(address) : present.delete(address)
  }
  return [...instance.addresses, ...instance.excludedAddresses].map(({ address, prefix }) => {
    const name = `${address}/${prefix}`
    return { address: name, present: present.has(name) }
  })
}

function projectVirtualServer(server: VirtualServer, events: Envelope[]): NodeStatus['virtualServers'][number] {
  const name = virtualServerName(server)
  const health = parsed(events, CheckerEvent).filter(({ event }) => event.virtualServer === name)
  const realServers = server.realServers.map((real) => {
    const last = health.findLast(({ event }) => event.realServer === endpointName(real))
    const down = last?.event.type === 'RealServerDown' ? last.event : null
    return {
      address: real.address,
      port: real.port,
      weight: real.weight,
      state: down === null ? ('up' as const) : ('down' as const),
      since: last?.time ?? null,
      reason: down?.reason ?? null,
    }
  })
  const { address, port, protocol, scheduler, forwarding } = server
  const quorumMet = realServers.some(({ state }) => state === 'up')
  return { address, port, protocol, scheduler, forwarding, quorumMet, realServers }
}
