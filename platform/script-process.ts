import { type ChildProcess, spawn } from 'node:child_process'
import { type Account, type Ids, isDefaultRoot, type Resolved, resolveAccount } from './accounts.ts'
import { isErrno } from './errors.ts'
import { findProgram, hasRootPower, insecurePart } from './script-security.ts'

/** Never for scripts: what the shell or the linker would be misled by, and what is meant for our own processes. */
const WITHHELD = new Set(['IFS', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE'])

export interface ScriptStart {
  argv: readonly string[]
  account: Account
  /** enable_script_security: not run as root when somebody else could have changed it. */
  mustBeSecure: boolean
  /** Rights that files do not get which it creates. */
  umask: number
}

export interface ScriptResult {
  /** null: a signal ended it, or it did not start. */
  status: number | null
  detail: string | null
}

/** A script at work. */
export interface ScriptProcess {
  /** To the script and all that it has started, as far as they stayed in its process group. */
  signalGroup(signal: 'SIGTERM' | 'SIGKILL'): void
}

export interface ScriptStarter {
  /** Starts at once, in this call; `onEnd` is called exactly once, later. null: it is not run. */
  start(script: ScriptStart, onEnd: (result: ScriptResult) => void): ScriptProcess | null
}

export interface StarterOptions {
  /** Whether this process may become somebody else. */
  canSwitch: boolean
  /** The program that starts scripts for us, with what it needs in front of theirs; empty: we do it ourselves. */
  launcher: readonly string[]
  resolve?: typeof resolveAccount
  /** Told once of each script that others could have changed, and that runs as root nevertheless. */
  warn(message: string): void
}

/** Scripts as processes of their own group, in the environment that keepalived gives them. */
export function scriptStarter({ canSwitch, launcher, resolve = resolveAccount, warn }: StarterOptions): ScriptStarter {
  const warned = new Set<string>()

  function obstacleTo(script: ScriptStart, ids: Ids | null): string | null {
    const obstacle = insecure(script, ids)
    if (obstacle === null || script.mustBeSecure) return obstacle
    if (!warned.has(obstacle)) warn(`${obstacle}; enable_script_security would not run it`)
    warned.add(obstacle)
    return null
  }

  return {
    start(script, onEnd) {
      const account = resolve(script.account, canSwitch)
      const obstacle = account.ok ? obstacleTo(script, account.ids) : account.detail
      if (!account.ok || obstacle !== null) {
        setImmediate(() => onEnd({ status: null, detail: obstacle }))
        return null
      }
      const child = startChild(script, launcher, account)
      child.once('exit', (status, signal) => onEnd({ status, detail: endedBy(signal) }))
      // Instead of an exit, when the program could not be run.
      child.once('error', (cause) => onEnd({ status: null, detail: whyNot(cause, script) }))
      return { signalGroup: (signal) => signalGroup(child, signal) }
    },
  }
}

function startChild(
  { argv, umask }: ScriptStart,
  launcher: readonly string[],
  { ids }: Extract<Resolved, { ok: true }>,
): ChildProcess {
  const [program = '', ...rest] = [...launcher, ...argv]
  const before = process.umask(umask)
  try {
    return spawn(program, rest, { detached: true, stdio: 'ignore', env: environment(), ...switchTo(ids) })
  } finally {
    process.umask(before)
  }
}

/** Why root should not run it, looked at each time: between two runs anything may have been changed. */
function insecure({ argv: [program = ''], account, mustBeSecure }: ScriptStart, ids: Ids | null): string | null {
  const path = findProgram(program)
  const identity = ids ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (path === null || !hasRootPower(path, identity)) return null
  if (mustBeSecure && isDefaultRoot(account, ids)) return 'with enable_script_security root must be named: script_user'
  const part = insecurePart(path)
  return part === null ? null : `${program} runs as root, but ${part}`
}

function switchTo(ids: Ids | null): Partial<Ids> {
  return ids === null ? {} : ids
}

function environment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !WITHHELD.has(name)))
}

function signalGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (cause) {
    // It ended by itself just now, or has become somebody whom only root may end.
    if (!isErrno(cause, 'ESRCH') && !isErrno(cause, 'EPERM')) throw cause
  }
}

function endedBy(signal: string | null): string | null {
  return signal === null ? null : `ended by ${signal}`
}

function whyNot(cause: Error, { argv, account }: ScriptStart): string {
  const program = argv[0] ?? ''
  const whom = account === null ? 'the default script user' : `user ${account.user}`
  if (isErrno(cause, 'ENOENT')) return `${program} does not exist, or the program of its #! line does not`
  if (isErrno(cause, 'EACCES')) return `${program} is not executable, or ${whom} may not reach it`
  if (isErrno(cause, 'EPERM')) return `may not run as ${whom}`
  return `${program}: ${cause.message}`
}
