/** bfd_instance blocks. What is wrong with one is said by checks/bfd.ts and checks/definitions.ts. */
import type { BfdTracker } from '#schemas/tracking.ts'
import { type Block, blocksOf, hasSetting, numberOf, settingOf, textOf } from '../statements/block.ts'

/** Those that can be: of two with one name or one neighbour the first, and both addresses of one family. */
export function usableSessions(root: Block): Block[] {
  const names = new Set<unknown>()
  const neighbours = new Set<string>()
  return blocksOf(root, 'bfd_instance').filter((block) => {
    const [neighbour, source] = [textOf(block, 'neighbor_ip'), textOf(block, 'source_ip')]
    const [name] = block.values
    if (names.has(name)) return false
    names.add(name)
    if (neighbour === undefined || (source !== undefined && isIpv6(source) !== isIpv6(neighbour))) return false
    if (neighbours.has(neighbour)) return false
    neighbours.add(neighbour)
    return true
  })
}

/** Whether instances may track it: not when it is kept for real servers. */
export function isForInstances(block: Block): boolean {
  return hasSetting(block, 'vrrp') || !hasSetting(block, 'checker')
}

export function readBfdSessions(root: Block): BfdTracker[] {
  return usableSessions(root).map((block) => {
    const neighbour = textOf(block, 'neighbor_ip') ?? ''
    const ttl = numberOf(block, 'ttl') ?? (isIpv6(neighbour) ? 64 : 255)
    const hops = numberOf(block, 'max_hops') ?? 0
    return {
      name: String(block.values[0]),
      neighbour,
      source: textOf(block, 'source_ip') ?? null,
      minRxMs: numberOf(block, 'min_rx') ?? 10,
      minTxMs: numberOf(block, 'min_tx') ?? 10,
      idleTxMs: numberOf(block, 'idle_tx') ?? 1_000,
      multiplier: numberOf(block, 'multiplier') ?? 5,
      passive: hasSetting(block, 'passive'),
      ttl,
      leastTtl: hops >= 255 ? 0 : Math.max(0, ttl - Math.max(0, hops)),
      // Without a word it is on.
      multihop: settingOf(block, 'multihop') !== undefined && settingOf(block, 'multihop')?.values[0] !== false,
    }
  })
}

function isIpv6(address: string): boolean {
  return address.includes(':')
}
