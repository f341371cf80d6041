import { launcher } from '#platform/native/launcher.ts'
import { scriptStarter } from '#platform/script-process.ts'
import type { Config } from '#schemas/config.ts'
import type { ScriptTracker } from '#schemas/tracking.ts'
import type { CheckRuns } from '../ports.ts'

export type ScriptPolicy = Pick<Config, 'scriptUser' | 'scriptSecurity' | 'scriptUmask'>

export interface CheckRunsOptions {
  /** Whether this process may become somebody else. */
  canSwitch: boolean
  /** What the configuration says of all scripts, as it is now. */
  policy(): ScriptPolicy
  warn(message: string): void
}

/** The runs of vrrp_scripts, as processes that end with us, whatever ends us. */
export function processRuns({ canSwitch, policy, warn }: CheckRunsOptions): CheckRuns {
  const starter = scriptStarter({ canSwitch, launcher: launcher(), warn })
  return {
    start(script, onEnd) {
      const { scriptUser, scriptSecurity: mustBeSecure, scriptUmask: umask } = policy()
      const account = script.user === null ? scriptUser : { user: script.user, group: script.group }
      const run = { argv: script.argv, account, mustBeSecure, umask }
      const process = starter.startLater(
        script.opensFile === null ? run : { ...opening(script.opensFile, canSwitch), mustBeSecure: false, umask },
        ({ status, detail }) => onEnd(faultOf(script, status, detail)),
      )
      return {
        terminate: () => process.signalGroup('SIGTERM'),
        kill: () => process.signalGroup('SIGKILL'),
      }
    },
  }
}

/** The launcher tries it: nothing of others is run, and a file on a disk that hangs holds up nobody else. */
function opening(path: string, canSwitch: boolean) {
  return { argv: ['<', path], account: canSwitch ? { user: 'root', group: null } : null }
}

function faultOf({ argv, opensFile }: ScriptTracker, status: number | null, detail: string | null): string | null {
  if (status === 0) return null
  if (status === null) return detail ?? 'it did not run'
  if (opensFile !== null) return `${opensFile} cannot be opened`
  // By convention of shells, and of our launcher.
  if (status === 127) return `exit status 127: ${argv[0]}, or a command in it, was not found`
  return status === 126 ? `exit status 126: ${argv[0]}, or a command in it, cannot be run` : `exit status ${status}`
}
