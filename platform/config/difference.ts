/** What a reload changes: two configurations compared by the identity of what is in them. */
import type { Config, RealServer, VipAddress, VirtualServer, VrrpInstance } from '#schemas/config.ts'

export interface Difference {
  /** What it is about, in the words of the file: `vrrp_instance VI_1 priority`. */
  path: string
  kind: 'added' | 'removed' | 'changed'
  /** `150 -> 100`; empty where it would repeat the path or show a secret. */
  summary: string
}

/** All differences, in the order of the newer configuration; empty when both mean the same. Secrets are never shown. */
export function difference(before: Config, after: Config): Difference[] {
  const { instances: _i, virtualServers: _v, ...headBefore } = before
  const { instances: _j, virtualServers: _w, ...headAfter } = after
  return [
    ...fields('global_defs', headBefore, headAfter),
    ...members(before.instances, after.instances, (instance) => `vrrp_instance ${instance.name}`, instanceFields),
    ...members(before.virtualServers, after.virtualServers, serviceName, serviceFields),
  ]
}

function serviceName({ address, port, protocol }: VirtualServer): string {
  return `virtual_server ${address} ${port} ${protocol}`
}

function instanceFields(path: string, before: VrrpInstance, after: VrrpInstance): Difference[] {
  const { addresses: oldAddresses, excludedAddresses: oldExcluded, authentication: oldSecret, ...old } = before
  const { addresses, excludedAddresses, authentication, ...rest } = after
  const secret = JSON.stringify(oldSecret) === JSON.stringify(authentication)
  return [
    ...fields(path, old, rest),
    ...(secret ? [] : [{ path: `${path} authentication`, kind: 'changed' as const, summary: '' }]),
    ...members(oldAddresses, addresses, addressName(path, 'virtual_ipaddress'), fields),
    ...members(oldExcluded, excludedAddresses, addressName(path, 'virtual_ipaddress_excluded'), fields),
  ]
}

function addressName(path: string, keyword: string): (address: VipAddress) => string {
  return ({ address, prefix, device }) => `${path} ${keyword} ${address}/${prefix} dev ${device}`
}

function serviceFields(path: string, before: VirtualServer, after: VirtualServer): Difference[] {
  const { realServers: oldServers, ...old } = before
  const { realServers, ...rest } = after
  const name = ({ address, port }: RealServer): string => `${path} real_server ${address} ${port}`
  return [...fields(path, old, rest), ...members(oldServers, realServers, name, fields)]
}

/** Compares two lists whose members are the same when their names are. */
function members<T>(
  before: readonly T[],
  after: readonly T[],
  name: (member: T) => string,
  compare: (path: string, before: T, after: T) => Difference[],
): Difference[] {
  const old = new Map(before.map((member) => [name(member), member]))
  const fresh = new Set(after.map(name))
  const removed = [...old.keys()].filter((path) => !fresh.has(path))
  return [
    ...removed.map((path): Difference => ({ path, kind: 'removed', summary: '' })),
    ...after.flatMap((member): Difference[] => {
      const path = name(member)
      const twin = old.get(path)
      return twin === undefined ? [{ path, kind: 'added', summary: '' }] : compare(path, twin, member)
    }),
  ]
}

/** Compares two objects field by field, nested ones by dotted names. */
function fields(path: string, before: object, after: object): Difference[] {
  const old = new Map(leaves('', before))
  const fresh = new Map(leaves('', after))
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name): Difference[] => {
    const from = old.get(name) ?? 'none'
    const to = fresh.get(name) ?? 'none'
    return from === to ? [] : [{ path: `${path} ${name}`, kind: 'changed', summary: `${from} -> ${to}` }]
  })
}

function leaves(prefix: string, value: unknown): [string, string][] {
  if (value === null) return [[prefix, 'none']]
  if (typeof value !== 'object') return [[prefix, String(value)]]
  if (Array.isArray(value) && value.every((part) => typeof part !== 'object'))
    return [[prefix, value.join(' ') || 'none']]
  return Object.entries(value).flatMap(([key, part]) => leaves(prefix === '' ? key : `${prefix}.${key}`, part))
}
