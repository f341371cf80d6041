/** What the IPVS table should be: the configuration and what the checks say. */
import type { RealServer, VirtualServer } from '#schemas/config.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import type { KernelDestination, KernelService, ServiceKey } from '../ports.ts'

/** The failed check of each dead real server, under `targetKey`. */
export type Down = Readonly<Record<string, string>>

export function targetKey(virtualServer: string, realServer: string): string {
  return `${virtualServer}|${realServer}`
}

/** The name under which events speak of a service. */
export function serviceName(service: ServiceKey): string {
  return virtualServerName(service)
}

/** The table of these virtual servers, by name. A real server that nobody checks takes part, whatever was known. */
export function desiredTable(servers: readonly VirtualServer[], down: Down): Record<string, KernelService> {
  return Object.fromEntries(servers.map((server) => [virtualServerName(server), desiredService(server, down)]))
}

function desiredService(server: VirtualServer, down: Down): KernelService {
  const { protocol, address, port, family, scheduler, persistenceTimeoutS } = server
  const destinations = server.realServers.flatMap((real) => desiredDestination(server, real, down))
  return { protocol, address, port, family, scheduler, persistenceTimeoutS, destinations }
}

function desiredDestination(server: VirtualServer, real: RealServer, down: Down): KernelDestination[] {
  const dead = targetKey(virtualServerName(server), endpointName(real)) in down
  const alive = real.checks.length === 0 || !dead
  if (!alive && !real.inhibitOnFailure) return []
  const { address, port, weight } = real
  return [{ address, port, forwarding: server.forwarding, weight: alive ? weight : 0 }]
}
