/** vrrp_sync_group blocks. What is wrong with one is said by checks/definitions.ts, checks/references.ts and checks/groups.ts. */
import type { SyncGroup, VrrpInstance } from '#schemas/config.ts'
import { isEqual } from '../../equality.ts'
import { type Block, blocksOf, boolOf, hasSetting } from '../statements/block.ts'
import type { Defaults } from './global-defs.ts'
import { readTracked } from './tracking.ts'
import { readNotify } from './vrrp-notify.ts'

/** Of two groups with one name the first stands, and an instance stays with the first that names it. */
export function readSyncGroups(root: Block, instances: readonly VrrpInstance[], defaults: Defaults): SyncGroup[] {
  const groups = new Map<string, SyncGroup>()
  const free = new Set(instances.map(({ name }) => name))
  for (const block of blocksOf(root, 'vrrp_sync_group')) {
    const name = String(block.values[0] ?? '')
    if (groups.has(name) || block.refused) continue
    const members = memberNames(block).filter((member) => free.delete(member))
    if (name === '' || members.length === 0) continue
    const smtpAlert = boolOf(block, 'smtp_alert') ?? defaults.groupMail
    groups.set(name, { name, members, notify: readNotify(block), smtpAlert })
  }
  return [...groups.values()]
}

function memberNames(block: Block): string[] {
  const entries = blocksOf(block, 'group').flatMap((group) => group.entries)
  return entries.flatMap(({ statement }) => [statement.keyword, ...statement.args]).map(({ value }) => value)
}

/**
 * What a group tracks, each of its members does. What a member tracks by weight counts only where the group lets it,
 * as in keepalived: priorities that drift apart would have the members elected on different nodes.
 */
export function bindTracking(
  root: Block,
  groups: readonly SyncGroup[],
  instances: readonly VrrpInstance[],
): VrrpInstance[] {
  const blocks = new Map(
    blocksOf(root, 'vrrp_sync_group')
      .toReversed()
      .map((block) => [block.values[0], block]),
  )
  return instances.map((instance) => {
    const home = groups.find(({ members }) => members.includes(instance.name))
    const block = blocks.get(home?.name ?? '')
    if (block === undefined) return instance
    const { tracked: common } = readTracked(root, block, instance)
    const free = FREEDOM.some((keyword) => hasSetting(block, keyword))
    const own = instance.tracked.filter(({ weight }) => free || weight === 0)
    const further = common.filter((each) => !own.some((known) => isEqual(known, each)))
    return { ...instance, tracked: [...own, ...further] }
  })
}

/** keepalived 2.2.7 takes the former as another word for the latter. */
const FREEDOM = ['global_tracking', 'sync_group_tracking_weight']
