import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findProgram } from './commands.mjs'

const IPVS_TABLE = '/proc/net/ip_vs'

/**
 * True when this kernel can balance load: IP_VS is there, or root can load it. Where it cannot, the lab and the tests
 * that need it run inside User-Mode Linux.
 */
export function hasIpvs() {
  if (existsSync(IPVS_TABLE)) return true
  const modprobe = findProgram('modprobe')
  if (modprobe === undefined || process.getuid?.() !== 0) return false
  spawnSync(modprobe, ['--quiet', 'ip_vs'], { stdio: 'ignore' })
  return existsSync(IPVS_TABLE)
}
