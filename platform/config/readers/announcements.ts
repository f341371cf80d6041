/** How often addresses are announced, and how fast. */
import type { AnnouncementPacing } from '#schemas/announcement.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { type Block, blocksOf, mergeBlocks, numberOf, settingOf, textOf } from '../statements/block.ts'
import { isStrict, refuse } from './vrrp-election.ts'
import type { Reading } from './vrrp-reading.ts'

type Announcement = VrrpInstance['announcement']

export function readAnnouncement(reading: Reading): Announcement {
  const { block, defaults } = reading
  const seconds = (keyword: string, fallback: number): number => (numberOf(block, keyword) ?? fallback) * 1000
  const extra = readExtra(block, 'garp_extra_if')
  return {
    repeat: Math.max(1, numberOf(block, 'garp_master_repeat') ?? defaults.garpRepeat),
    delayMs: seconds('garp_master_delay', defaults.garpDelayS),
    refreshMs: seconds('garp_master_refresh', defaults.garpRefreshS),
    refreshRepeat: Math.max(1, numberOf(block, 'garp_master_refresh_repeat') ?? defaults.garpRefreshRepeat),
    lowerPriorityRepeat: readLowerPriorityRepeat(reading),
    lowerPriorityDelayMs: seconds('garp_lower_prio_delay', defaults.garpLowerPriorityDelayS),
    extra: extra === undefined ? defaults.garpExtra : extra,
  }
}

function readLowerPriorityRepeat(reading: Reading): number {
  const { block, defaults } = reading
  const repeat = numberOf(block, 'garp_lower_prio_repeat')
  if (!isStrict(reading)) return repeat ?? defaults.garpLowerPriorityRepeat
  if (repeat !== undefined && repeat > 0) refuse(reading, 'garp_lower_prio_repeat')
  return 0
}

/** `[all] SECONDS`; undefined: nothing is said. */
export function readExtra(block: Block, keyword: string): Announcement['extra'] | undefined {
  const [which, seconds] = settingOf(block, keyword)?.values ?? []
  if (typeof seconds !== 'number') return undefined
  return seconds === 0 ? null : { everyMs: seconds * 1_000, everywhere: which === 'all' }
}

/** vrrp_garp_interval and vrrp_gna_interval, and the groups of interfaces that have limits of their own. */
export function readPacing(root: Block): AnnouncementPacing {
  const globals = mergeBlocks(blocksOf(root, 'global_defs'))
  const taken = new Set<string>()
  const groups = blocksOf(root, 'garp_group').flatMap((block) => {
    const gaps = gapsOf(block, 'garp_interval', 'gna_interval')
    // What is wrong with such a group has been said: checks/garp-groups.ts.
    if (gaps.arpGapMs === 0 && gaps.neighbourGapMs === 0) return []
    const interfaces = [...new Set(interfacesOf(block))].filter((name) => !taken.has(name))
    for (const name of interfaces) taken.add(name)
    return interfaces.length === 0 ? [] : [{ interfaces, ...gaps }]
  })
  return { ...gapsOf(globals, 'vrrp_garp_interval', 'vrrp_gna_interval'), groups }
}

function gapsOf(block: Block, arp: string, neighbour: string) {
  // Microseconds are the finest unit there is.
  const gap = (keyword: string) => Math.round((numberOf(block, keyword) ?? 0) * 1e6) / 1_000
  return { arpGapMs: gap(arp), neighbourGapMs: gap(neighbour) }
}

function interfacesOf(block: Block): string[] {
  const one = textOf(block, 'interface')
  const listed = blocksOf(block, 'interfaces').flatMap(({ entries }) =>
    entries.map(({ statement }) => statement.keyword.value),
  )
  return one === undefined ? listed : [one, ...listed]
}

/** vip_probe_interval, in milliseconds. */
export function readProbe(root: Block): number {
  return (numberOf(mergeBlocks(blocksOf(root, 'global_defs')), 'vip_probe_interval') ?? 3) * 1_000
}
