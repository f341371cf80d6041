/** vrrp_sync_group blocks. What is wrong with one is said by checks/definitions.ts, checks/references.ts and checks/groups.ts. */
import type { SyncGroup, VrrpInstance } from '#schemas/config.ts'
import { type Block, blocksOf, boolOf } from '../statements/block.ts'
import type { Defaults } from './global-defs.ts'
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
