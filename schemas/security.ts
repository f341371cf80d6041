/** Events of services/vrrp about adverts that should not be there. None of them changes anything of the election. */
import * as z from 'zod'
import { Peer } from './vrrp.ts'

/** Name of the vrrp_instance. */
const instance = z.string().min(1)

/** A router that was never heard before takes the mastership away, by rank: a new node, or somebody who should not. */
export const UnexpectedRouter = z.strictObject({
  type: z.literal('UnexpectedRouter'),
  instance,
  router: Peer,
  /** Whose mastership it ends; null: this node's. */
  master: Peer.nullable(),
})

/**
 * A router claims to own the addresses (priority 255), or no longer to: what it tracks cannot do that. Its
 * configuration was changed, or somebody else uses its address. Once for each router.
 */
export const UnexpectedPriority = z.strictObject({
  type: z.literal('UnexpectedPriority'),
  instance,
  router: Peer,
  formerly: z.number().int().min(1).max(255),
})

/**
 * Far more adverts of a kind than a network has. Nothing but the count comes of them. Told again after ten seconds,
 * then twenty, up to an hour.
 */
export const AdvertFlood = z.strictObject({
  type: z.literal('AdvertFlood'),
  instance,
  /** `priority-0`, or why they were dropped, as in AdvertRejected. */
  kind: z.string(),
  /** Since it was told last, or since the first. */
  count: z.number().int().min(1),
  withinMs: z.number().min(0),
  /** Of the last of them; it may be made up. */
  source: z.string(),
})

export const SecurityEvent = z.discriminatedUnion('type', [UnexpectedRouter, UnexpectedPriority, AdvertFlood])
export type SecurityEvent = z.infer<typeof SecurityEvent>
