/** Taking part at all: start, faults of the interface, new configurations, the end. */
import { isEqual } from '#platform/equality.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { LinkState } from '../ports.ts'
import { awaitDevice, awaitsDevice, missingDevice } from './device.ts'
import { holdReturn, isReturnDue, knownMaster, loseReturn } from './fault-return.ts'
import type { Fact, State } from './state.ts'
import { effectivePriority, trackedAddresses, virtualAddresses } from './state.ts'
import { awaitsReport, type TrackerReport, trackedFault, trackerKey } from './tracking.ts'

/** Where a router that can take part begins (RFC 9568 6.4.1), or goes on. */
export function enter(occasion: 'start' | 'fault-cleared', at: number, state: State): Fact[] {
  const common = { at, instance: state.config.name, priority: effectivePriority(state) }
  if (awaitsDevice(state)) return awaitDevice(at, state)
  const fault = faultOf(state)
  if (fault !== null) return [{ type: 'BecameFault', ...common, ...fault }]
  // A sync group has looked at the leases of all its members before it lets them begin.
  const leaseLeftMs = occasion === 'start' && state.group === null ? leaseLeft(state) : null
  if (leaseLeftMs !== null) return [{ type: 'MastershipResumed', ...common, leaseLeftMs }]
  if (isInTheDark(state)) return state.waiting || state.role === 'fault' ? [] : [{ type: 'StartPutOff', at }]
  const backup: Fact = { type: 'BecameBackup', ...common, reason: occasion, master: null, detail: null }
  if (common.priority !== 255 || state.handover !== null) return [backup]
  if (state.group !== null) return [backup, { type: 'PromotionWanted', at }]
  return [{ type: 'BecameMaster', ...common, reason: 'owner', previousMaster: null, silentMs: null }]
}

/**
 * What is left of the shortest lease, when all addresses are in the kernel with a lifetime: only our own services/ipvs
 * adds such, so this node is master and only this process has died meanwhile. null: not so.
 */
export function leaseLeft(state: State): number | null {
  const tracked = trackedAddresses(state)
  const counted = virtualAddresses(state).filter((address) => tracked.includes(address) || state.present.has(address))
  const lifetimes = counted.map((address) => state.present.get(address) ?? 0)
  const left = Math.min(...lifetimes)
  return lifetimes.length > 0 && left > 0 ? left : null
}

type Fault = Pick<Extract<Fact, { type: 'BecameFault' }>, 'reason' | 'detail'>

export function faultOf(state: State): Fault | null {
  const { link, config, reports } = state
  if (link === null) return { reason: 'interface-missing', detail: config.interface }
  const missing = missingDevice(state)
  if (missing !== null) return { reason: 'interface-missing', detail: missing }
  if (config.trackPrimary && !link.adminUp)
    return { reason: 'link-down', detail: `${config.interface} is switched off` }
  if (config.trackPrimary && !link.carrier) return { reason: 'link-down', detail: `${config.interface} has no carrier` }
  if (ownAddress(link, config) === null) return { reason: 'no-address', detail: config.interface }
  if (config.unicast?.peers.length === 0) return { reason: 'no-peer', detail: 'unicast_peer names nobody' }
  const tracked = trackedFault(config.tracked, reports)
  return tracked === null ? null : { reason: 'tracked', detail: tracked }
}

/** Something that could forbid it to take part is not known yet. Who takes part already goes on meanwhile. */
export function isInTheDark({ config, reports }: State): boolean {
  return awaitsReport(config.tracked, reports)
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
  return [{ type: 'LinkNoted', at, link }, ...reassess('tracking', at, state, { ...state, link })]
}

/** Something that this instance tracks is like this now. */
export function watchTracker(report: TrackerReport, at: number, state: State): Fact[] {
  const key = trackerKey(report)
  const ours = state.config.tracked.some((each) => trackerKey(each) === key)
  if (!ours || isEqual(report, state.reports.get(key))) return []
  const after = { ...state, reports: new Map(state.reports).set(key, report) }
  return [{ type: 'TrackerNoted', at, report }, ...reassess('tracking', at, state, after)]
}

/** What follows for our part, and for our priority, from a change of what we know. */
function reassess(reason: 'tracking' | 'configuration', at: number, before: State, after: State): Fact[] {
  const { role } = before
  switch (role) {
    case 'stopped':
      return []
    case 'init':
      return before.waiting ? enter('start', at, after) : []
    case 'fault': {
      const changed = priorityChange(reason, role, at, before, after)
      // In a sync group it is over when all members are clear.
      if (faultOf(after) !== null || after.group !== null) return [...changed, ...loseReturn(at, after)]
      return [...changed, ...(holdReturn(at, after) ?? returned(at, after))]
    }
    case 'backup':
    case 'master': {
      const fault = faultOf(after)
      if (fault === null) return priorityChange(reason, role, at, before, after)
      const common = { at, instance: after.config.name, priority: effectivePriority(after) }
      return [...farewell(at, after), { type: 'BecameFault', ...common, ...fault }]
    }
  }
}

/** The wait for the way back from FAULT is over, by time or because nobody else is master. */
export function comeBack(at: number, state: State): Fact[] {
  return isReturnDue(at, state) ? returned(at, state) : []
}

function returned(at: number, state: State): Fact[] {
  const { name: instance } = state.config
  const ended: Fact[] = state.damping.hold === null ? [] : [{ type: 'DampingEnded', at, instance, what: 'return' }]
  const entered = enter('fault-cleared', at, state)
  const backup = entered.some(({ type }) => type === 'BecameBackup')
  return [...ended, ...entered, ...(backup ? knownMaster(at, state) : [])]
}

type Running = 'master' | 'backup' | 'fault'

function priorityChange(
  reason: 'tracking' | 'configuration',
  role: Running,
  at: number,
  before: State,
  after: State,
): Fact[] {
  const [formerly, priority] = [effectivePriority(before), effectivePriority(after)]
  if (priority === formerly) return []
  return [{ type: 'PriorityChanged', at, instance: after.config.name, priority, formerly, role, reason }]
}

/** A master that leaves says so while it still has something to send from. */
export function farewell(at: number, state: State): Fact[] {
  const able = state.link !== null && ownAddress(state.link, state.config) !== null
  return state.role === 'master' && able ? [{ type: 'LastWord', at, priority: 0 }] : []
}

/** A changed configuration takes effect from here on; mastership is not touched by it. */
export function reconfigure(config: VrrpInstance, at: number, state: State): Fact[] {
  if (state.role === 'stopped' || isEqual(config, state.config)) return []
  const taken: Fact[] = [{ type: 'ConfigTaken', at, config }, ...renamed(config.name, at, state)]
  return [...taken, ...reassess('configuration', at, state, { ...state, config })]
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
