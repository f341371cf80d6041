/** What the supervisor hands a service in its settings file (mode 0600, the service's own user). */
import * as z from 'zod'
import { Config } from './config.ts'
import { ServiceName } from './subjects.ts'

export const Identity = z.strictObject({
  uid: z.number().int().min(1),
  gid: z.number().int().min(1),
  /** Names of capabilities(7) that the process keeps, e.g. `CAP_NET_RAW`. */
  capabilities: z.array(z.string()),
})
export type Identity = z.infer<typeof Identity>

export const BusAccess = z.strictObject({ url: z.string(), user: z.string(), password: z.string() })
export type BusAccess = z.infer<typeof BusAccess>

export const Settings = z.strictObject({
  service: ServiceName,
  site: z.string().min(1),
  node: z.string().min(1),
  /** Changes with every start of the supervisor; part of event ids. */
  boot: z.string().min(1),
  version: z.string(),
  /** Where the outbox spools: a folder of the service's own. */
  spoolDir: z.string(),
  bus: BusAccess,
  /** null: stay what one is (not started as root). */
  identity: Identity.nullable(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
  configDigest: z.string(),
  config: Config,
})
export type Settings = z.infer<typeof Settings>
