/** What a running node leaves in its state folder for failoverctl (mode 0600: it holds the bus password). */
import { z } from 'zod'
import { BusAccess } from './settings.ts'

/** Below the state folder. */
export const NODE_FILE = 'node.json'

export const NodeRecord = z.strictObject({
  site: z.string(),
  node: z.string(),
  version: z.string(),
  pid: z.number().int(),
  configFile: z.string(),
  configId: z.string(),
  bus: BusAccess,
})
export type NodeRecord = z.infer<typeof NodeRecord>
