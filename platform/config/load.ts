/** Reads the configuration of this machine. */
import { hostname, userInfo } from 'node:os'
import { collectFindings, inOrder } from './diagnostic.ts'
import { diskFiles } from './files.ts'
import { checkScripts } from './script-check.ts'
import { type ConfigResult, parseConfig } from './to-config.ts'

/**
 * The configuration at `path`, includes and all, and its scripts looked at. `configId` decides about `@ID` lines; keepalived's default is the host
 * name up to the first dot. Synchronous; trouble of every kind is in the diagnostics.
 */
export function loadConfig(path: string, { configId }: { configId: string }): ConfigResult {
  const result = parseConfig(diskFiles, path, {
    configId,
    environment: process.env,
    random: Math.random,
    hostName: hostname(),
    userName: accountName(),
  })
  if (result.config === null) return result
  const findings = collectFindings()
  checkScripts(result.scripts, result.config, findings)
  return { ...result, diagnostics: inOrder([...result.diagnostics, ...findings.list()]) }
}

/** A user without an entry in passwd (in a container, say) still needs a name in front of the @. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'root')
  }
}
