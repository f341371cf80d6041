/** Events of services/checker: a real server changed between living and dead. Consumed by ipvs and notifier. */
import { z } from 'zod'

const target = {
  /** `192.168.105.211:80/tcp` (schemas/names.ts) */
  virtualServer: z.string(),
  /** `192.168.105.203:80` */
  realServer: z.string(),
  /** `TCP_CHECK 192.168.105.203:80` */
  check: z.string(),
}

export const RealServerUp = z.strictObject({
  type: z.literal('RealServerUp'),
  ...target,
  /** How long the decisive probe took. */
  tookMs: z.number().min(0),
})

export const RealServerDown = z.strictObject({
  type: z.literal('RealServerDown'),
  ...target,
  /** `connection-refused`, `timeout`, `unreachable` … */
  reason: z.string(),
  detail: z.string(),
  /** Failed probes in a row that led to this. */
  attempts: z.number().int().min(1),
})

export const CheckerEvent = z.discriminatedUnion('type', [RealServerUp, RealServerDown])
export type CheckerEvent = z.infer<typeof CheckerEvent>
