/** Events of services/supervisor: lives of processes, configurations, the ladder of the embedded server. */
import { z } from 'zod'

/** A process the supervisor keeps: a service, or the embedded nats-server. */
export const ProcessName = z.enum(['nats-server', 'vrrp', 'ipvs', 'checker', 'notifier'])
export type ProcessName = z.infer<typeof ProcessName>

const digest = z.string()
const diagnostics = z.array(z.string())

export const NodeStarted = z.strictObject({
  type: z.literal('NodeStarted'),
  version: z.string(),
  pid: z.number().int(),
  configFile: z.string(),
  configDigest: digest,
  /** Processes of an earlier supervisor that were found alive and kept. */
  adopted: z.array(ProcessName),
})

export const ProcessStarted = z.strictObject({
  type: z.literal('ProcessStarted'),
  process: ProcessName,
  pid: z.number().int(),
  restarts: z.number().int().min(0),
})

export const ProcessExited = z.strictObject({
  type: z.literal('ProcessExited'),
  process: ProcessName,
  pid: z.number().int(),
  status: z.number().int().nullable(),
  signal: z.string().nullable(),
  restartInMs: z.number().nullable(),
})

/** No heartbeat for too long: the process is killed and started again. */
export const ProcessHung = z.strictObject({
  type: z.literal('ProcessHung'),
  process: ProcessName,
  pid: z.number().int(),
  silentMs: z.number(),
})

export const ConfigApplied = z.strictObject({
  type: z.literal('ConfigApplied'),
  digest,
  /** What changed against the configuration before, in words; empty when nothing did. */
  differences: z.array(z.string()),
})

/** A configuration with errors was refused; everything goes on unchanged. */
export const ConfigRejected = z.strictObject({ type: z.literal('ConfigRejected'), digest, diagnostics })

/** The embedded server's store is not what it should be, and what was done about it. */
export const BusStoreChanged = z.strictObject({
  type: z.literal('BusStoreChanged'),
  storage: z.enum(['file', 'memory']),
  reason: z.string(),
})

export const NodeStopped = z.strictObject({ type: z.literal('NodeStopped'), signal: z.string() })

export const SupervisorEvent = z.discriminatedUnion('type', [
  NodeStarted,
  ProcessStarted,
  ProcessExited,
  ProcessHung,
  ConfigApplied,
  ConfigRejected,
  BusStoreChanged,
  NodeStopped,
])
export type SupervisorEvent = z.infer<typeof SupervisorEvent>
