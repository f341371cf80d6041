/** Events of services/supervisor: lives of processes, configurations, the ladder of the embedded server. */
import * as z from 'zod'

/** A process the supervisor keeps: a service, or the embedded nats-server. */
export const ProcessName = z.enum(['nats-server', 'vrrp', 'ipvs', 'checker', 'notifier'])
export type ProcessName = z.infer<typeof ProcessName>

/** Of what the configuration means: comments and layout do not count. */
const digest = z.string()
/** What is wrong, each with file, line and column; the first hundred. */
const diagnostics = z.array(z.string())

/** A supervisor began its work. */
export const NodeStarted = z.strictObject({
  type: z.literal('NodeStarted'),
  version: z.string(),
  pid: z.number().int(),
  configFile: z.string(),
  configDigest: digest,
  /** Processes of an earlier supervisor that were found alive and kept. */
  adopted: z.array(ProcessName),
})

/** A process was started. */
export const ProcessStarted = z.strictObject({
  type: z.literal('ProcessStarted'),
  process: ProcessName,
  pid: z.number().int(),
  /** How often it was started again since the node's first start. */
  restarts: z.number().int().min(0),
})

/** A process ended, whatever ended it. */
export const ProcessExited = z.strictObject({
  type: z.literal('ProcessExited'),
  process: ProcessName,
  pid: z.number().int(),
  /** Exit status; null when a signal ended it, or it was not our child. */
  status: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** null: it is not started again. */
  restartInMs: z.number().nullable(),
})

/** No heartbeat for too long: the process is killed and started again. */
export const ProcessHung = z.strictObject({
  type: z.literal('ProcessHung'),
  process: ProcessName,
  pid: z.number().int(),
  silentMs: z.number(),
})

/** A configuration was read again on SIGHUP, and is in force. */
export const ConfigApplied = z.strictObject({
  type: z.literal('ConfigApplied'),
  digest,
  /** What changed against the configuration before, in words, the first hundred; empty when nothing did. */
  differences: z.array(z.string()),
})

/**
 * The configuration in force, secrets masked, in one or more events in a row; the texts of all parts belong together.
 * Said at the first start with an empty log, and by each reload that changes something.
 */
export const ConfigRecorded = z.strictObject({
  type: z.literal('ConfigRecorded'),
  digest,
  part: z.number().int().min(1),
  parts: z.number().int().min(1),
  /** json: the text is a JSON document; gzip: it is one that was compressed and written in base64. */
  encoding: z.enum(['json', 'gzip']),
  text: z.string(),
})
export type ConfigRecorded = z.infer<typeof ConfigRecorded>

/** A configuration with errors was refused; everything goes on unchanged. */
export const ConfigRejected = z.strictObject({ type: z.literal('ConfigRejected'), digest, diagnostics })

/** The embedded server's store is not what it should be, and what was done about it. */
export const BusStoreChanged = z.strictObject({
  type: z.literal('BusStoreChanged'),
  storage: z.enum(['file', 'memory']),
  reason: z.string(),
})

/** The node stops in order: the last event before the log itself is closed. */
export const NodeStopped = z.strictObject({ type: z.literal('NodeStopped'), signal: z.string() })

export const SupervisorEvent = z.discriminatedUnion('type', [
  NodeStarted,
  ProcessStarted,
  ProcessExited,
  ProcessHung,
  ConfigApplied,
  ConfigRecorded,
  ConfigRejected,
  BusStoreChanged,
  NodeStopped,
])
export type SupervisorEvent = z.infer<typeof SupervisorEvent>
