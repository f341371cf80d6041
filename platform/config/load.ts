/** Reads the configuration of this machine. */
import { hostname, userInfo } from 'node:os'
import { collectFindings, type Findings, inOrder } from './findings/diagnostic.ts'
import { diskFiles } from './language/files.ts'
import { checkAccounts } from './machine/account-check.ts'
import { checkMailServer } from './machine/mail-server-check.ts'
import { checkScripts } from './machine/script-check.ts'
import { withoutScripts } from './readers/tracking.ts'
import { type ConfigResult, parseConfig } from './to-config.ts'

/** How a file is read. */
export interface LoadOptions {
  /** Decides about `@ID` lines; keepalived's default is the host name up to the first dot. */
  configId: string
  /** Whether every include is strict, as if it were includea; without it only those are that say so. */
  allConfig?: boolean
}

/**
 * The configuration at `path`, includes and all, and its scripts looked at. Synchronous; trouble of every kind is in the
 * diagnostics.
 */
export function loadConfig(path: string, { configId, allConfig }: LoadOptions): ConfigResult {
  const result = parseConfig(diskFiles, path, {
    configId,
    strictIncludes: allConfig,
    environment: process.env,
    random: Math.random,
    hostName: hostname(),
    userName: accountName(),
  })
  if (result.config === null) return result
  const findings = collectFindings()
  checkAccounts(result.root, findings)
  const disabled = checkScripts(result.scripts, result.config, findings)
  const names = new Set(disabled.flatMap(({ tracker }) => (tracker === null ? [] : [tracker])))
  return withFindings({ ...result, config: withoutScripts(result.config, names) }, findings)
}

/**
 * As loadConfig, for somebody who tests: the network is asked as well, for the address of the mail server. Takes up to two
 * seconds longer.
 */
export function loadForTest(path: string, options: LoadOptions): ConfigResult {
  const result = loadConfig(path, options)
  if (result.config === null) return result
  const findings = collectFindings()
  checkMailServer(result.root, result.config, findings)
  return withFindings(result, findings)
}

function withFindings(result: ConfigResult, findings: Findings): ConfigResult {
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
