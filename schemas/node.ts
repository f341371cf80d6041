/** What a running node leaves in its state folder for failoverctl (mode 0600: it holds the bus password). */
import * as z from 'zod'
import { BusAccess } from './settings.ts'
import { ProcessName } from './supervisor.ts'

/** Below the state folder. */
export const NODE_FILE = 'node.json'

export const NodeRecord = z.strictObject({
  site: z.string(),
  node: z.string(),
  version: z.string(),
  pid: z.number().int(),
  /** Of the supervisor; see ProcessRecord. */
  mark: z.string(),
  configFile: z.string(),
  configId: z.string(),
  /** `-e` makes every include strict. */
  allConfig: z.boolean(),
  /** `-P` and `-C` run half of the configuration. */
  only: z.enum(['all', 'vrrp', 'checker']),
  /** Its loopback is the one that the bus is on; null: that of the machine. */
  netNamespace: z.string().nullable(),
  bus: BusAccess,
})
export type NodeRecord = z.infer<typeof NodeRecord>

/** Beside it: the node's processes, so that a restarted supervisor can take them over. */
export const PROCESS_FILE = 'processes.json'

/** A process is named by its id and its mark (boot and start time): ids are used again, marks are not. */
export const ProcessRecord = z.strictObject({
  process: ProcessName,
  pid: z.number().int(),
  restarts: z.number().int(),
  mark: z.string(),
})
export type ProcessRecord = z.infer<typeof ProcessRecord>
