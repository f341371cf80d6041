/**
 * What a reload changes: two configurations compared by the identity of what is in them. Virtual routers are the same by
 * interface, id and family, services by address, port and protocol, real servers by address and port, as in keepalived.
 */
import type { Check, Config, RealServer, SyncGroup, VipAddress, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import { endpointName, instanceIdentity } from '#schemas/names.ts'
import type { Route, Rule } from '#schemas/routing.ts'
import { routeName, ruleName } from '#schemas/routing-names.ts'
import type { Tracked, Trackers } from '#schemas/tracking.ts'
import { isEqual } from '../../equality.ts'
import { settingsOf } from './setting-words.ts'

export interface Difference {
  kind: 'added' | 'removed' | 'changed' | 'renamed'
  /** The block of the file: `vrrp_instance VI_1`, under its newer name. */
  block: string
  /** What of it: `real_server 192.0.2.20 8080`; empty for the block itself. */
  part: string
  /** The setting or check, `priority`, `TCP_CHECK connect_timeout`; empty for the part as a whole. */
  keyword: string
  /** `150 -> 100`; empty where it would repeat the rest or show a secret. */
  summary: string
}

type Place = Pick<Difference, 'block' | 'part' | 'keyword'>

/** All differences, in the order of the newer configuration; empty when both mean the same. Secrets are never shown. */
export function difference(before: Config, after: Config): Difference[] {
  const {
    instances: oldInstances,
    statics: oldStatics,
    syncGroups: oldGroups,
    virtualServers: oldServers,
    eventBus: oldBus,
    trackers: oldTrackers,
    ...oldHead
  } = before
  const { instances, statics, syncGroups, virtualServers, eventBus, trackers, ...head } = after
  return [
    ...settings({ block: 'global_defs', part: '', keyword: '' }, oldHead, head),
    ...settings({ block: 'event_bus', part: '', keyword: '' }, oldBus, eventBus),
    ...members<VrrpInstance>(oldInstances, instances, {
      identity: instanceIdentity,
      place: (instance) => ({ block: instanceBlock(instance), part: '', keyword: '' }),
      compare: instanceDifferences,
    }),
    ...trackerDifferences(oldTrackers, trackers),
    ...addressDifferences(
      { block: 'static_ipaddress', part: '', keyword: '' },
      oldStatics.addresses,
      statics.addresses,
    ),
    ...routeDifferences({ block: 'static_routes', part: '', keyword: '' }, oldStatics.routes, statics.routes),
    ...ruleDifferences({ block: 'static_rules', part: '', keyword: '' }, oldStatics.rules, statics.rules),
    ...members<SyncGroup>(oldGroups, syncGroups, {
      identity: groupBlock,
      place: (group) => ({ block: groupBlock(group), part: '', keyword: '' }),
      compare: settings,
    }),
    ...members<VirtualServer>(oldServers, virtualServers, {
      identity: serviceBlock,
      place: (server) => ({ block: serviceBlock(server), part: '', keyword: '' }),
      compare: serviceDifferences,
    }),
  ]
}

/** `changed vrrp_instance VI_1 priority: 150 -> 100` */
export function inWords({ kind, block, part, keyword, summary }: Difference): string {
  const place = [kind, block, part, keyword].filter((word) => word !== '').join(' ')
  return summary === '' ? place : `${place}: ${summary}`
}

/** How plans and events name an instance. */
export function instanceBlock({ name }: VrrpInstance): string {
  return `vrrp_instance ${name}`
}

/** How plans and events name a sync group; what it is known again by, too. */
export function groupBlock({ name }: SyncGroup): string {
  return `vrrp_sync_group ${name}`
}

/** How plans and events name a service; what it is known again by, too. */
export function serviceBlock({ address, port, protocol }: VirtualServer): string {
  return `virtual_server ${address} ${port} ${protocol}`
}

/** `192.0.2.11/32 dev eth0`: the same prefix on another interface is another address to the kernel. */
export function addressWords({ address, prefix, device }: VipAddress): string {
  return `${address}/${prefix} dev ${device}`
}

function instanceDifferences(place: Place, before: VrrpInstance, after: VrrpInstance): Difference[] {
  const {
    name: oldName,
    addresses: oldAddresses,
    excludedAddresses: oldExcluded,
    tracked: oldTracked,
    ...oldRest
  } = before
  const { routes: oldRoutes, rules: oldRules, ...old } = oldRest
  const { name, addresses, excludedAddresses, routes, rules, tracked, ...rest } = after
  const renamed: Difference = { kind: 'renamed', ...place, summary: `${oldName} -> ${name}` }
  return [
    ...(name === oldName ? [] : [renamed]),
    ...settings(place, old, rest),
    ...members<Tracked>(oldTracked, tracked, {
      identity: trackedWords,
      place: (each) => ({ ...place, part: trackedWords(each) }),
      compare: settings,
    }),
    ...addressDifferences({ ...place, part: 'virtual_ipaddress' }, oldAddresses, addresses),
    ...addressDifferences({ ...place, part: 'virtual_ipaddress_excluded' }, oldExcluded, excludedAddresses),
    ...routeDifferences({ ...place, part: 'virtual_routes' }, oldRoutes, routes),
    ...ruleDifferences({ ...place, part: 'virtual_rules' }, oldRules, rules),
  ]
}

/** `track_script chk_web`; a source address is tracked by a flag. */
function trackedWords({ kind, name }: Tracked): string {
  return kind === 'address' ? 'track_src_ip' : `track_${kind} ${name}`
}

function trackerDifferences(before: Trackers, after: Trackers): Difference[] {
  const blocks = <T extends object>(block: string, old: T[], fresh: T[], nameOf: (each: T) => string): Difference[] =>
    members<T>(old, fresh, {
      identity: nameOf,
      place: (each) => ({ block: `${block} ${nameOf(each)}`, part: '', keyword: '' }),
      compare: settings,
    })
  const nameOf = ({ name }: { name: string }) => name
  return [
    ...blocks('interface_up_down_delays', before.linkDelays, after.linkDelays, (each) => each.interface),
    ...blocks('vrrp_script', before.scripts, after.scripts, nameOf),
    ...blocks('track_file', before.files, after.files, nameOf),
    ...blocks('vrrp_track_process', before.processes, after.processes, nameOf),
    ...blocks('bfd_instance', before.sessions, after.sessions, nameOf),
  ]
}

function addressDifferences(place: Place, before: VipAddress[], after: VipAddress[]): Difference[] {
  return members<VipAddress>(before, after, {
    identity: addressWords,
    place: (address) => within(place, addressWords(address)),
    compare: settings,
  })
}

function routeDifferences(place: Place, before: Route[], after: Route[]): Difference[] {
  const at = (route: Route) => within(place, routeName(route))
  return members<Route>(before, after, { identity: routeName, place: at, compare: settings })
}

function ruleDifferences(place: Place, before: Rule[], after: Rule[]): Difference[] {
  const at = (rule: Rule) => within(place, ruleName(rule))
  return members<Rule>(before, after, { identity: ruleName, place: at, compare: settings })
}

function within(place: Place, name: string): Place {
  return { ...place, part: [place.part, name].filter((word) => word !== '').join(' ') }
}

function serviceDifferences(place: Place, before: VirtualServer, after: VirtualServer): Difference[] {
  const { realServers: oldServers, ...old } = before
  const { realServers, ...rest } = after
  return [
    ...settings(place, old, rest),
    ...members<RealServer>(oldServers, realServers, {
      identity: endpointName,
      place: ({ address, port }) => ({ ...place, part: `real_server ${address} ${port}` }),
      compare: serverDifferences,
    }),
  ]
}

function serverDifferences(place: Place, before: RealServer, after: RealServer): Difference[] {
  const { checks: oldChecks, ...old } = before
  const { checks, ...rest } = after
  return [
    ...settings(place, old, rest),
    ...members<Check>(oldChecks, checks, {
      identity: checkWords,
      place: (check) => ({ ...place, keyword: checkLabel(check, after) }),
      compare: settings,
    }),
  ]
}

function checkWords({ type, connectAddress, connectPort }: Check): string {
  return `${type} ${connectAddress} ${connectPort}`
}

/** By its type, and by what of its target is not the server itself: the same check of many servers has one name. */
function checkLabel({ type, connectAddress, connectPort }: Check, { address, port }: RealServer): string {
  const elsewhere = connectAddress === address ? [] : [connectAddress]
  const otherPort = connectPort === port ? [] : [`port ${connectPort}`]
  return [type, ...elsewhere, ...otherPort].join(' ')
}

interface Membership<T> {
  /** Members with the same one are the same; several in one list are told apart by their order. */
  identity(member: T): string
  place(member: T): Place
  compare(place: Place, before: T, after: T): Difference[]
}

function members<T>(before: readonly T[], after: readonly T[], membership: Membership<T>): Difference[] {
  const { identity, place, compare } = membership
  const old = new Map(numbered(before, identity))
  const fresh = numbered(after, identity)
  const stays = new Set(fresh.map(([key]) => key))
  const gone = [...old].filter(([key]) => !stays.has(key)).map(([, member]) => member)
  return [
    ...gone.map((member) => whole('removed', place(member))),
    ...fresh.flatMap(([key, member]): Difference[] => {
      const twin = old.get(key)
      if (twin === undefined) return [whole('added', place(member))]
      return isEqual(twin, member) ? [] : compare(place(member), twin, member)
    }),
  ]
}

function whole(kind: 'added' | 'removed', place: Place): Difference {
  return { kind, ...place, summary: '' }
}

function numbered<T>(list: readonly T[], identity: (member: T) => string): [string, T][] {
  const seen = new Map<string, number>()
  return list.map((member) => {
    const key = identity(member)
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return [`${key} #${count}`, member]
  })
}

function settings(place: Place, before: object, after: object): Difference[] {
  const old = new Map(settingsOf(before).map((setting) => [setting.keyword, setting]))
  const fresh = new Map(settingsOf(after).map((setting) => [setting.keyword, setting]))
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((keyword): Difference[] => {
    const from = old.get(keyword)?.value ?? 'none'
    const to = fresh.get(keyword)?.value ?? 'none'
    if (from === to) return []
    const secret = [old, fresh].some((side) => side.get(keyword)?.secret)
    const full = [place.keyword, keyword].filter((word) => word !== '').join(' ')
    return [{ kind: 'changed', ...place, keyword: full, summary: secret ? '' : `${from} -> ${to}` }]
  })
}
