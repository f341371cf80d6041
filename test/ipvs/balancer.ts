/** A node without VIPs, for what concerns the IPVS table alone. */
import type { KernelService } from '../../services/ipvs/ports.ts'
import { config } from './settings.ts'
import { tableOf } from './simulated-kernel.ts'
import { simulatedNode } from './simulated-node.ts'

type Options = Parameters<typeof simulatedNode>[0]

/** Started on a kernel that holds `before`, its log read. */
export async function running(options: Options = {}, before: KernelService[] = []) {
  const node = simulatedNode({ config: config({ instances: [] }), ...options })
  node.kernel.table = tableOf(before)
  node.start()
  node.caughtUp()
  await node.settled()
  return node
}

/** The same, with what the start did already looked at. */
export async function settled(options: Options = {}) {
  const node = await running(options)
  node.writes()
  node.news()
  return node
}
