/** Events of BFD sessions (RFC 5880), which services/vrrp runs. Consumed by checker and failoverctl. */
import * as z from 'zod'

/** Name of the bfd_instance; null: a session of fast_detection, with another failoverd. */
const session = z.string().min(1).nullable()
/** Its address. */
const neighbour = z.string()

/** Both sides hear each other. */
export const BfdUp = z.strictObject({ type: z.literal('BfdUp'), session, neighbour })

/** A session that was up, or about to be, is not any more. */
export const BfdDown = z.strictObject({
  type: z.literal('BfdDown'),
  session,
  neighbour,
  /**
   * silence: no packet for the detection time; neighbour-down: the neighbour says that it does not hear us;
   * neighbour-admin-down: the neighbour was taken out of service, or stopped in order.
   */
  reason: z.enum(['silence', 'neighbour-down', 'neighbour-admin-down']),
  /** Milliseconds since the last packet; 0 unless the reason is silence. */
  silentMs: z.number().min(0),
})

export const BfdEvent = z.discriminatedUnion('type', [BfdUp, BfdDown])
export type BfdEvent = z.infer<typeof BfdEvent>
