import { networkInterfaces } from 'node:os'
import type { Config } from '#schemas/config.ts'
import type { NodeStatus } from '#schemas/status.ts'
import { processMark } from '../../services/supervisor/adapters/process-mark.ts'
import { notedProcesses } from './node.ts'

/**
 * The status without the log. An instance whose addresses are all here is MASTER, because neither can be without the
 * other for longer than a lease; one whose addresses are not here is shown as BACKUP, be it in FAULT or not.
 */
export function observedStatus(
  stateDir: string,
  config: Config,
): Pick<NodeStatus, 'services' | 'instances' | 'virtualServers'> {
  const here = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)))
  return {
    services: notedProcesses(stateDir).map(({ process, pid, restarts, mark }) => {
      const alive = processMark(pid) === mark
      return { name: process, pid: alive ? pid : null, state: alive ? 'running' : 'stopped', restarts }
    }),
    instances: config.instances.map((instance) => observedInstance(instance, here)),
    virtualServers: [],
  }
}

function observedInstance(instance: Config['instances'][number], here: Set<string>): NodeStatus['instances'][number] {
  const { name, virtualRouterId, priority } = instance
  const addresses = [...instance.addresses, ...instance.excludedAddresses].map(({ address, prefix }) => ({
    address: `${address}/${prefix}`,
    present: here.has(address),
  }))
  const state = addresses.every(({ present }) => present) ? 'MASTER' : 'BACKUP'
  return {
    name,
    state,
    interface: instance.interface,
    virtualRouterId,
    priority,
    effectivePriority: priority,
    since: null,
    addresses,
    handover: null,
    adverts: null,
    damping: null,
  }
}
