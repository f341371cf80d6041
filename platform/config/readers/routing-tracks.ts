/** Interfaces that instances depend on because of routes and static items, without a track_interface. */
import type { VrrpInstance } from '#schemas/config.ts'
import { type Block, blocksOf } from '../statements/block.ts'
import { type Entry, optionOf } from '../statements/entries.ts'

/**
 * The instances with what they track besides. As in keepalived (measured) an instance goes to FAULT with the interface
 * of a route that it watches, and with that of a static item whose track_group names it.
 */
export function withRoutingTracks(root: Block, instances: readonly VrrpInstance[]): VrrpInstance[] {
  const grouped = groupedDevices(root)
  return instances.map((instance) => {
    // Several ways are there so that one may go.
    const own = instance.routes.filter(({ tracked, nextHops }) => tracked && nextHops.length === 1)
    const outputs = own.flatMap(({ nextHops }) => nextHops.flatMap(({ device }) => device ?? []))
    const devices = [...outputs, ...(grouped.get(instance.name) ?? [])]
    const known = new Set([
      instance.interface,
      ...instance.tracked.flatMap(({ kind, name }) => (kind === 'interface' ? [name] : [])),
    ])
    const added = [...new Set(devices)].filter((name) => !known.has(name))
    const tracked = added.map((name) => ({ kind: 'interface', name, weight: 0, reverse: false }) as const)
    return tracked.length === 0 ? instance : { ...instance, tracked: [...instance.tracked, ...tracked] }
  })
}

/** Interfaces of static items by the names of the instances that follow them. */
function groupedDevices(root: Block): Map<string, string[]> {
  const members = new Map(
    blocksOf(root, 'track_group').map((block) => [
      String(block.values[0] ?? ''),
      blocksOf(block, 'group').flatMap(({ entries }) => entries.flatMap(wordsOf)),
    ]),
  )
  const devices = new Map<string, string[]>()
  for (const kind of ['static_ipaddress', 'static_routes', 'static_rules']) {
    for (const entry of blocksOf(root, kind).flatMap(({ entries }) => entries)) {
      const group = optionOf(entry, 'track_group')
      if (typeof group !== 'string') continue
      for (const name of members.get(group) ?? [])
        devices.set(name, [...(devices.get(name) ?? []), ...devicesOf(entry)])
    }
  }
  return devices
}

function wordsOf({ statement }: Entry): string[] {
  return [statement.keyword, ...statement.args].map(({ value }) => value)
}

/** The interfaces that a line names, without those of several ways. */
function devicesOf({ uses }: Entry): string[] {
  return uses.flatMap(({ keyword, values: [value] }) =>
    ['dev', 'iif', 'oif'].includes(keyword.key) && typeof value === 'string' ? [value] : [],
  )
}
