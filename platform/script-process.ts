import { type ChildProcess, spawn } from 'node:child_process'
import { type Account, type Ids, isDefaultRoot, type Resolved, resolveAccount } from './accounts.ts'
import { isErrno } from './errors.ts'
import { findProgram, hasRootPower, hasRootPowerLater, insecurePart, insecurePartLater } from './script-security.ts'

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
  /** Starts soon: nobody waits for a disk that hangs. What is signalled before it has started does not start. */
  startLater(script: ScriptStart, onEnd: (result: ScriptResult) => void): ScriptProcess
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

  /** What is not to be run under enable_script_security, and otherwise said once. */
  function obstacleIn(script: ScriptStart, obstacle: string | null): string | null {
    if (obstacle === null || script.mustBeSecure) return obstacle
    if (!warned.has(obstacle)) warn(`${obstacle}; enable_script_security would not run it`)
    warned.add(obstacle)
    return null
  }

  function begin(
    script: ScriptStart,
    account: Extract<Resolved, { ok: true }>,
    onEnd: (result: ScriptResult) => void,
  ): ScriptProcess {
    const child = startChild(script, launcher, account)
    child.once('exit', (status, signal) => onEnd({ status, detail: endedBy(signal) }))
    // Instead of an exit, when the program could not be run.
    child.once('error', (cause) => onEnd({ status: null, detail: whyNot(cause, script) }))
    return { signalGroup: (signal) => signalGroup(child, signal) }
  }

  return {
    start(script, onEnd) {
      const account = resolve(script.account, canSwitch)
      const obstacle = account.ok ? obstacleIn(script, insecure(script, account.ids)) : account.detail
      if (account.ok && obstacle === null) return begin(script, account, onEnd)
      setImmediate(() => onEnd({ status: null, detail: obstacle }))
      return null
    },
    startLater(script, onEnd) {
      const account = resolve(script.account, canSwitch)
      let running: ScriptProcess | null = null
      let isCancelled = false
      const prepare = async () => {
        const obstacle = account.ok ? obstacleIn(script, await insecureLater(script, account.ids)) : account.detail
        if (account.ok && obstacle === null && !isCancelled) running = begin(script, account, onEnd)
        else onEnd({ status: null, detail: obstacle ?? 'it was ended before it began' })
      }
      void prepare()
      return {
        signalGroup(signal) {
          isCancelled = true
          running?.signalGroup(signal)
        },
      }
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
function insecure(script: ScriptStart, ids: Ids | null): string | null {
  const path = findProgram(programOf(script))
  if (path === null || !hasRootPower(path, identityOf(ids))) return null
  return isUnnamedRoot(script, ids) ? UNNAMED : insecureWords(script, insecurePart(path))
}

async function insecureLater(script: ScriptStart, ids: Ids | null): Promise<string | null> {
  const path = findProgram(programOf(script))
  try {
    if (path === null || !(await hasRootPowerLater(path, identityOf(ids)))) return null
    return isUnnamedRoot(script, ids) ? UNNAMED : insecureWords(script, await insecurePartLater(path))
  } catch (cause) {
    // A disk that fails must not take the process along that runs the script.
    return `${programOf(script)} cannot be looked at: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

const UNNAMED = 'with enable_script_security root must be named: script_user'

function isUnnamedRoot({ account, mustBeSecure }: ScriptStart, ids: Ids | null): boolean {
  return mustBeSecure && isDefaultRoot(account, ids)
}

function insecureWords(script: ScriptStart, part: string | null): string | null {
  return part === null ? null : `${programOf(script)} runs as root, but ${part}`
}

function programOf({ argv: [program = ''] }: ScriptStart): string {
  return program
}

function identityOf(ids: Ids | null): Ids {
  return ids ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
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
