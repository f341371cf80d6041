/** Events of services/checker: a real server changed between living and dead. Consumed by ipvs and notifier. */
import * as z from 'zod'

const target = {
  /** `192.168.105.211:80/tcp` (schemas/names.ts) */
  virtualServer: z.string(),
  /** `192.168.105.203:80` */
  realServer: z.string(),
  /** `TCP_CHECK 192.168.105.203:80` */
  check: z.string(),
}

/** A real server that was down passes all its checks again; ipvs puts it back into service. */
export const RealServerUp = z.strictObject({
  type: z.literal('RealServerUp'),
  ...target,
  /** How long the decisive probe took. */
  tookMs: z.number().min(0),
  /**
   * unknown: the log could not be asked what the server was before, so this may be no change at all; absent: it was
   * down, and the check named is the one that had taken it down.
   */
  previously: z.literal('unknown').optional(),
})

/** A check of a real server failed, retries included; ipvs takes the server out of service. */
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

const CheckStatus = z.strictObject({
  name: z.string(),
  status: z.enum(['unknown', 'up', 'down']),
  /** Failed probes in a row. */
  failures: z.number().int().min(0),
  failure: z.strictObject({ reason: z.string(), detail: z.string() }).nullable(),
})

/** What the events have said last of a real server; null: nothing. A dead one is named with its failed check. */
const Verdict = z.discriminatedUnion('alive', [
  z.strictObject({ alive: z.literal(true) }),
  z.strictObject({ alive: z.literal(false), check: z.string() }),
])

/** Standing of every check, so that a restarted checker neither alarms nor forgives anew. */
export const CheckerSnapshot = z.strictObject({
  servers: z.array(
    z.strictObject({
      virtualServer: z.string(),
      realServer: z.string(),
      verdict: Verdict.nullable(),
      checks: z.array(CheckStatus),
    }),
  ),
})
export type CheckerSnapshot = z.infer<typeof CheckerSnapshot>
