/** What `failoverctl status --json` prints: an interface that scripts rely on. */
import * as z from 'zod'
import { AdvertCounts } from './control.ts'

const time = z.string()

export const InstanceStatus = z.strictObject({
  name: z.string(),
  state: z.enum(['MASTER', 'BACKUP', 'FAULT', 'INIT']),
  interface: z.string(),
  virtualRouterId: z.number().int(),
  priority: z.number().int(),
  effectivePriority: z.number().int(),
  /** null before the first event of the instance. */
  since: time.nullable(),
  addresses: z.array(z.strictObject({ address: z.string(), present: z.boolean() })),
  /** Since services/vrrp started; null when it does not answer. */
  adverts: AdvertCounts.omit({ instance: true }).nullable(),
  /** Flap damping; null: nothing is damped, or services/vrrp does not answer. */
  damping: z
    .strictObject({
      /** Masterships within the window, and how many of them are left: without one it preempts nobody. */
      budget: z.number().int(),
      left: z.number().int(),
      windowMs: z.number(),
      /** When it may preempt again; null: it may. */
      preemptsAgain: time.nullable(),
      /** When it comes back from FAULT at the latest; null: it does not wait for that. */
      returns: time.nullable(),
    })
    .nullable(),
  /** A planned hand-over that goes on; null: none does. */
  handover: z
    .strictObject({
      actor: z.string(),
      reason: z.string(),
      since: time,
      /** null: until somebody ends it, or no other master is heard. */
      until: time.nullable(),
    })
    .nullable(),
})

export const RealServerStatus = z.strictObject({
  address: z.string(),
  port: z.number().int(),
  weight: z.number().int(),
  state: z.enum(['up', 'down']),
  since: time.nullable(),
  reason: z.string().nullable(),
})

export const VirtualServerStatus = z.strictObject({
  address: z.string(),
  port: z.number().int(),
  protocol: z.string(),
  scheduler: z.string(),
  forwarding: z.string(),
  /** At least one real server lives. */
  quorumMet: z.boolean(),
  realServers: z.array(RealServerStatus),
})

export const ProcessStatus = z.strictObject({
  name: z.string(),
  pid: z.number().int().nullable(),
  state: z.enum(['running', 'stopped', 'unknown']),
  restarts: z.number().int(),
})

export const NodeStatus = z.strictObject({
  site: z.string(),
  node: z.string(),
  version: z.string(),
  bus: z.strictObject({
    state: z.enum(['connected', 'degraded']),
    /** Newest sequence of the log; null when it cannot be reached. */
    sequence: z.number().int().nullable(),
    /** Events on disk that the log has not taken yet; null when the log cannot be asked. */
    spooled: z.number().int().nullable(),
  }),
  services: z.array(ProcessStatus),
  instances: z.array(InstanceStatus),
  virtualServers: z.array(VirtualServerStatus),
  /** Adverts of virtual routers that are not configured here, by interface and id: `eth0 52`. */
  unknownRouters: z.record(z.string(), z.number().int()),
})
export type NodeStatus = z.infer<typeof NodeStatus>
