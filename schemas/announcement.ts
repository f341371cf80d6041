/** How a configuration wants addresses announced. */
import * as z from 'zod'

/** Gratuitous ARP and unsolicited neighbour advertisement settings of one instance. */
export const Announcement = z.strictObject({
  repeat: z.number().int().min(1),
  delayMs: z.number().int().min(0),
  refreshMs: z.number().int().min(0),
  refreshRepeat: z.number().int().min(1),
  lowerPriorityRepeat: z.number().int().min(0),
  lowerPriorityDelayMs: z.number().int().min(0),
  /** For addresses on other interfaces than the adverts: again and again, each so long; null: never. */
  extra: z
    .strictObject({
      everyMs: z.number().int().min(1_000),
      /** false: only on interfaces with a virtual hardware address. */
      everywhere: z.boolean(),
    })
    .nullable(),
})

/** The least time between two messages of a kind, in milliseconds down to a thousandth; 0: none. */
const Gaps = { arpGapMs: z.number().min(0), neighbourGapMs: z.number().min(0) }

/** How fast gratuitous ARP and neighbour advertisements may leave. */
export const AnnouncementPacing = z.strictObject({
  /** For each interface that is in no group. */
  ...Gaps,
  /** Interfaces that share one limit; an interface is in one group at most. */
  groups: z.array(z.strictObject({ interfaces: z.array(z.string()).min(1), ...Gaps })),
})
export type AnnouncementPacing = z.infer<typeof AnnouncementPacing>
