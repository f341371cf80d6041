/**
 * What is written on our devices (their alias, as `ip link` shows it), so that a run after a crash knows them for its
 * own, and what it has to put back: `failoverd NODE: arp_ignore of eth0 was 0`.
 */
import type { DeviceInfo } from '#platform/netlink/device-messages.ts'
import { readSetting } from './kernel-settings.ts'

export interface Marks {
  /** Interfaces below devices of ours. */
  interfaces: ReadonlySet<string>
  /** What arp_ignore was before there were devices on an interface; null: there is no such setting. */
  before(parent: string): string | null
  aliasFor(parent: string): string
}

export function isOurs({ alias }: Pick<DeviceInfo, 'alias'>, node: string): boolean {
  return alias.startsWith(`failoverd ${node}: `)
}

/** @param names of all links, by index */
export function marksFor(node: string, links: readonly DeviceInfo[], names: ReadonlyMap<number, string>): Marks {
  const recorded = new Map<string, string | null>()
  for (const link of links.filter((each) => isOurs(each, node))) {
    const parent = names.get(link.parent)
    const [, value] = / was (\d+)$/.exec(link.alias) ?? []
    if (parent !== undefined) recorded.set(parent, value ?? recorded.get(parent) ?? null)
  }
  const interfaces = new Set(recorded.keys())
  const before = (parent: string): string | null => {
    const known = recorded.get(parent)
    if (known !== undefined) return known
    const value = readSetting({ family: 4, device: parent, key: 'arp_ignore' })
    recorded.set(parent, value)
    return value
  }
  return {
    interfaces,
    before,
    aliasFor: (parent) => `failoverd ${node}: arp_ignore of ${parent} was ${before(parent) ?? 'absent'}`,
  }
}
