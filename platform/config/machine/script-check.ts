/**
 * What only the machine can say of a configuration: whether its scripts are there, can be run, and cannot be changed by
 * others. Beside the parser, which touches no disk.
 */
import type { Stats } from 'node:fs'
import { type Ids, isDefaultRoot, resolveAccount } from '#platform/accounts.ts'
import { findProgram, hasRootPower, insecurePart, statOf } from '#platform/script-security.ts'
import type { Config } from '#schemas/config.ts'
import type { Finding, Findings } from '../findings/diagnostic.ts'
import type { PlacedScript } from '../readers/script-places.ts'

type Policy = Pick<Config, 'scriptUser' | 'scriptSecurity'>

/**
 * Reports each script that will not be run as an error, and each that should not be as a warning. Two things are said
 * where keepalived says nothing: a script that is missing, and one that enable_script_security stops.
 *
 * @returns those that will not be run
 */
export function checkScripts(scripts: readonly PlacedScript[], policy: Policy, findings: Findings): PlacedScript[] {
  // What follows from a script_user that does not exist has been said of it: see account-check.ts.
  const unknown = !resolveAccount(policy.scriptUser, true).ok
  const checked = scripts.filter(({ script }) => script.user !== null || !unknown)
  const found = checked.filter((placed) => checkScript(placed, policy, findings))
  const disabled = scripts.filter((placed) => !found.includes(placed))
  const [first] = found
  if (policy.scriptSecurity || first === undefined) return disabled
  const message = 'scripts are run without enable_script_security'
  const hint = 'with it in global_defs no script runs as root that others could have changed'
  findings.warning({ code: 'SCRIPT_SECURITY', at: first.at, keyword: first.keyword, message, hint })
  return disabled
}

/** Whether there is something to run. */
function checkScript(placed: PlacedScript, policy: Policy, findings: Findings): boolean {
  const { keyword, script, tracker, at } = placed
  const program = script.argv[0] ?? ''
  // As in keepalived: nothing is known of it, and nothing depends on it.
  const outcome = tracker === null ? 'it is not run' : `${tracker} is not tracked`
  const disabled = (reason: string, hint: string | null = null): false => {
    findings.error({ code: 'SCRIPT_DISABLED', at, keyword, message: `${keyword}: ${reason}; ${outcome}`, hint })
    return false
  }
  const path = findProgram(program)
  const stats = path === null ? null : statOf(path)
  if (path === null || stats === null) {
    const where = program.includes('/') ? '' : ' in any folder of PATH'
    return disabled(`${program} does not exist${where}`)
  }
  if (!stats.isFile()) return disabled(`${program} is ${stats.isDirectory() ? 'a directory' : 'not a file'}`)
  const account = script.user === null ? policy.scriptUser : { user: script.user, group: script.group }
  const resolved = resolveAccount(account, process.getuid?.() === 0)
  if (!resolved.ok) return disabled(resolved.detail)
  const ids = resolved.ids ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (!mayExecute(stats, ids))
    return disabled(`${program} is not executable${account === null ? '' : ` for ${account.user}`}`, 'chmod +x')
  if (!hasRootPower(path, ids)) return true
  if (policy.scriptSecurity && isDefaultRoot(account, resolved.ids))
    return disabled(
      `${program} would run as root for want of another user`,
      'script_user names one; root has to be named',
    )
  const part = insecurePart(path)
  if (part !== null) findings.warning(insecure(placed, part, policy))
  return part === null || !policy.scriptSecurity
}

function insecure({ keyword, script, at }: PlacedScript, part: string, { scriptSecurity }: Policy): Finding {
  const what = `${keyword}: ${script.argv[0]} runs as root, but ${part}`
  const message = scriptSecurity ? `${what}; it is not run` : what
  return { code: 'SCRIPT_INSECURE', at, keyword, message, hint: 'root must own it, and nobody else may write there' }
}

/** The file's own bits; root may run what anybody may. */
function mayExecute({ mode, uid, gid }: Stats, ids: Ids): boolean {
  if (ids.uid === 0) return (mode & 0o111) !== 0
  if (ids.uid === uid) return (mode & 0o100) !== 0
  return (mode & (ids.gid === gid ? 0o010 : 0o001)) !== 0
}
