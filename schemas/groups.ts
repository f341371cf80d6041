/** Events of services/vrrp about sync groups: all members have changed. Consumed by notifier and failoverctl. */
import * as z from 'zod'

const group = z.string().min(1)
/** Names of its instances, in configured order. */
const members = z.array(z.string().min(1))
/** The member that took the others along; null when all came to it by themselves. */
const by = z.string().nullable()

/** Every member is MASTER: none became it before all of them could. */
export const GroupBecameMaster = z.strictObject({ type: z.literal('GroupBecameMaster'), group, members })

/** Every member is BACKUP. */
export const GroupBecameBackup = z.strictObject({ type: z.literal('GroupBecameBackup'), group, members, by })

/** Every member is in FAULT, because at least one has a fault of its own. */
export const GroupBecameFault = z.strictObject({ type: z.literal('GroupBecameFault'), group, members, by })

/** A restarted vrrp found the leases of all members alive: the group goes on as MASTER, and no transition took place. */
export const GroupResumed = z.strictObject({ type: z.literal('GroupResumed'), group, members })

/** Every member has ended in order. */
export const GroupStopped = z.strictObject({ type: z.literal('GroupStopped'), group, members })

export const GroupEvent = z.discriminatedUnion('type', [
  GroupBecameMaster,
  GroupBecameBackup,
  GroupBecameFault,
  GroupResumed,
  GroupStopped,
])
export type GroupEvent = z.infer<typeof GroupEvent>
