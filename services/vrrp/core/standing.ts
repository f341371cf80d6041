/** Taking part at all: start, faults of the interface, new configurations, the end. */
import { isEqual } from '#platform/equality.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { LinkState } from '../ports.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, trackedAddresses, virtualAddresses } from './state.ts'

/** Where a router that can take part begins (RFC 9568 6.4.1), or goes on. */
export function enter(occasion: 'start' | 'fault-cleared', at: number, state: State): Fact[] {
  const common = { at, instance: state.config.name, priority: effectivePriority(state) }
  const fault = faultOf(state)
  if (fault !== null) return [{ type: 'BecameFault', ...common, ...fault }]
  const leaseLeftMs = occasion === 'start' ? leaseLeft(state) : null
  if (leaseLeftMs !== null) return [{ type: 'MastershipResumed', ...common, leaseLeftMs }]
  if (common.priority === 255) {
    return [{ type: 'BecameMaster', ...common, reason: 'owner', previousMaster: null, silentMs: null }]
  }
  return [{ type: 'BecameBackup', ...common, reason: occasion, master: null, detail: null }]
}

/**
 * What is left of the shortest lease, when all addresses are in the kernel with a lifetime: only our own services/ipvs
 * adds such, so this node is master and only this process has died meanwhile. null: not so.
 */
function leaseLeft(state: State): number | null {
  const tracked = trackedAddresses(state)
  const counted = virtualAddresses(state).filter((address) => tracked.includes(address) || state.present.has(address))
  const lifetimes = counted.map((address) => state.present.get(address) ?? 0)
  const left = Math.min(...lifetimes)
  return lifetimes.length > 0 && left > 0 ? left : null
}

type Fault = { reason: 'link-down' | 'interface-missing' | 'no-address'; detail: string | null }

function faultOf({ link, config }: State): Fault | null {
  if (link === null) return { reason: 'interface-missing', detail: config.interface }
  if (!link.adminUp) return { reason: 'link-down', detail: `${config.interface} is switched off` }
  if (!link.carrier) return { reason: 'link-down', detail: `${config.interface} has no carrier` }
  if (ownAddress(link, config) === null) return { reason: 'no-address', detail: config.interface }
  return null
}

/** The address adverts are sent from. */
export function ownAddress(link: LinkState, config: VrrpInstance): string | null {
  const usual = familyOf(config) === 4 ? link.primaryIpv4 : link.linkLocalIpv6
  return config.sourceAddress ?? usual
}

/** The family a virtual router runs in is that of its addresses' group. */
export function familyOf({ multicastGroup }: VrrpInstance): 4 | 6 {
  return multicastGroup.includes(':') ? 6 : 4
}

export function watchLink(link: LinkState | null, at: number, state: State): Fact[] {
  if (isEqual(link, state.link)) return []
  const noted: Fact = { type: 'LinkNoted', at, link }
  const after = { ...state, link }
  const fault = faultOf(after)
  switch (state.role) {
    case 'init':
    case 'stopped':
      return [noted]
    case 'fault':
      return fault === null ? [noted, ...enter('fault-cleared', at, after)] : [noted]
    case 'backup':
    case 'master': {
      if (fault === null) return [noted]
      const common = { at, instance: state.config.name, priority: effectivePriority(state) }
      return [noted, ...farewell(at, after), { type: 'BecameFault', ...common, ...fault }]
    }
  }
}

/** A master that leaves says so while it still has something to send from. */
function farewell(at: number, state: State): Fact[] {
  const able = state.link !== null && ownAddress(state.link, state.config) !== null
  return state.role === 'master' && able ? [{ type: 'LastWord', at, priority: 0 }] : []
}

/** A changed configuration takes effect from here on; mastership is not touched by it. */
export function reconfigure(config: VrrpInstance, at: number, state: State): Fact[] {
  if (state.role === 'stopped' || isEqual(config, state.config)) return []
  return [{ type: 'ConfigTaken', at, config }, ...renamed(config.name, at, state)]
}

/** The virtual router is known by where it is, its events by its name: whoever follows them is told. */
function renamed(instance: string, at: number, { role, config }: State): Fact[] {
  if (instance === config.name || role === 'init' || role === 'stopped') return []
  return [{ type: 'InstanceRenamed', at, instance, formerly: config.name, role }]
}

export function stop(at: number, state: State): Fact[] {
  if (state.role === 'stopped') return []
  const wasMaster = state.role === 'master'
  const priority = effectivePriority(state)
  return [...farewell(at, state), { type: 'InstanceStopped', at, instance: state.config.name, priority, wasMaster }]
}
