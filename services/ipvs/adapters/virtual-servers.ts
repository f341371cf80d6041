import { setImmediate as turn } from 'node:timers/promises'
import { HaError } from '#platform/errors.ts'
import { type GenericSocket, openGeneric } from '#platform/netlink/generic.ts'
import type { NetlinkRefusal } from '#platform/netlink/message.ts'
import { refusalError } from '#platform/netlink/socket.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import type { ChangeFailure, KernelChange, KernelDestination, KernelService, VirtualServers } from '../ports.ts'
import {
  DUMP_SERVICES,
  decodeDestination,
  decodeService,
  dumpDestinations,
  encodeChange,
  IPVS_FAMILY,
  IPVS_VERSION,
  type ServiceEntry,
} from './ipvs-messages.ts'

/** Changes in one system call: more bring nothing (measured), and the event loop has leases to refresh in between. */
const BATCH = 200
/** Services dumped before the event loop gets its turn. */
const DUMP_BATCH = 20

/**
 * The IPVS table of the kernel. Opens its socket at the first use, and again after a failure, so that a machine
 * without IPVS can run everything else and the module may be loaded later.
 */
export function kernelVirtualServers(): VirtualServers {
  let opened: GenericSocket | null = null
  const socket = (): GenericSocket => {
    opened ??= openGeneric(IPVS_FAMILY, IPVS_VERSION)
    if (opened !== null) return opened
    throw new HaError('KERNEL_NO_IPVS', 'this kernel has no IPVS: load it with `modprobe ip_vs`')
  }
  return {
    async dump() {
      const services: KernelService[] = []
      for (const [index, message] of dumpMessages(socket()).entries()) {
        if (index % DUMP_BATCH === DUMP_BATCH - 1) await turn()
        const entry = decodeService(message)
        const service = entry === null ? null : serviceOf(socket(), entry)
        if (service !== null) services.push(service)
      }
      return services
    },
    async apply(changes) {
      const failures: ChangeFailure[] = []
      for (let at = 0; at < changes.length; at += BATCH) {
        if (at > 0) await turn()
        failures.push(...applyBatch(socket(), changes.slice(at, at + BATCH)))
      }
      return failures
    },
    close() {
      opened?.close()
      opened = null
    },
  }
}

function dumpMessages(socket: GenericSocket): Buffer[] {
  try {
    return socket.dump(DUMP_SERVICES)
  } catch (cause) {
    throw new HaError('KERNEL_IPVS', 'cannot read the IPVS table', { cause })
  }
}

/** null: a firewall mark service, which nobody here sets up. */
function serviceOf(socket: GenericSocket, entry: ServiceEntry): KernelService | null {
  const { id, scheduler, persistenceTimeoutS } = entry
  if (id.kind === 'fwmark') return null
  const destinations = socket.dump(dumpDestinations(id)).flatMap((message): KernelDestination[] => {
    const destination = decodeDestination(message, id.key.family)
    if (destination === null) return []
    const { address, port, forwarding, weight } = destination
    return [{ address, port, forwarding, weight }]
  })
  return { ...id.key, scheduler, persistenceTimeoutS, destinations }
}

function applyBatch(socket: GenericSocket, changes: readonly KernelChange[]): ChangeFailure[] {
  const refused = send(socket, changes)
  // What is there already may differ in scheduler or weight: it is set to what was to be added.
  const updates = refused.flatMap(({ change, refusal }) => (refusal.code === 'EEXIST' ? (asUpdate(change) ?? []) : []))
  const others = refused.filter(({ change, refusal }) => refusal.code !== 'EEXIST' || asUpdate(change) === null)
  return [...others, ...(updates.length === 0 ? [] : send(socket, updates))].filter(isFailure).map(failureOf)
}

interface Refused {
  change: KernelChange
  refusal: NetlinkRefusal
}

function send(socket: GenericSocket, changes: readonly KernelChange[]): Refused[] {
  const replies = socket.request(changes.map(encodeChange))
  return changes.flatMap((change, index) => {
    const reply = replies[index]
    return reply === undefined || reply.ok ? [] : [{ change, refusal: reply.refusal }]
  })
}

function asUpdate(change: KernelChange): KernelChange | null {
  switch (change.kind) {
    case 'add-service':
      return { ...change, kind: 'update-service' }
    case 'add-destination':
      return { ...change, kind: 'update-destination' }
    case 'update-service':
    case 'remove-service':
    case 'update-destination':
    case 'remove-destination':
      return null
  }
}

/** Removing what is not there has its result in place: the kernel says ESRCH for services, ENOENT for destinations. */
function isFailure({ change, refusal }: Refused): boolean {
  const absent = refusal.code === 'ESRCH' || refusal.code === 'ENOENT'
  return !(absent && (change.kind === 'remove-service' || change.kind === 'remove-destination'))
}

function failureOf({ change, refusal }: Refused): ChangeFailure {
  const service = virtualServerName(change.service)
  const entry = 'destination' in change ? `${endpointName(change.destination)} of ${service}` : service
  const error = new HaError('KERNEL_IPVS', `the kernel refused ${change.kind} ${entry}${hint(change, refusal)}`, {
    cause: refusalError(refusal),
  })
  return { change, error }
}

function hint(change: KernelChange, { code }: NetlinkRefusal): string {
  const unknown = code === 'ENOENT' && (change.kind === 'add-service' || change.kind === 'update-service')
  return unknown
    ? `: no scheduler ${change.service.scheduler}, load it with \`modprobe ip_vs_${change.service.scheduler}\``
    : ''
}
