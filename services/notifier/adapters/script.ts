import { type ChildProcess, spawn } from 'node:child_process'
import { type Ids, isDefaultRoot, type Resolved, resolveAccount } from '#platform/accounts.ts'
import { isErrno } from '#platform/errors.ts'
import { findProgram, hasRootPower, insecurePart } from '#platform/script-security.ts'
import type { ScriptResult, ScriptRun, Scripts } from '../ports.ts'

/** Never for scripts: what the shell or the linker would be misled by, and what is meant for our own processes. */
const WITHHELD = new Set(['IFS', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE'])

export interface ScriptsOptions {
  /** Whether this process may become somebody else. */
  canSwitch: boolean
  resolve?: typeof resolveAccount
  /** Told once of each script that others could have changed, and that runs as root nevertheless. */
  warn(message: string): void
}

/** Scripts as processes of their own group, in the environment that keepalived gives them. */
export function processScripts({ canSwitch, resolve = resolveAccount, warn }: ScriptsOptions): Scripts {
  const limited = new Set<Promise<void>>()
  const warned = new Set<string>()

  function follow(child: ChildProcess, run: ScriptRun, onEnd: (result: ScriptResult) => void): void {
    const { limitMs } = run
    const ended = Promise.withResolvers<void>()
    let outOfTime = false
    const timer =
      limitMs === null
        ? undefined
        : setTimeout(() => {
            outOfTime = true
            killGroup(child)
          }, limitMs)
    if (limitMs !== null) limited.add(ended.promise)
    const end = (result: ScriptResult) => {
      clearTimeout(timer)
      limited.delete(ended.promise)
      ended.resolve()
      onEnd(result)
    }
    child.once('exit', (status, signal) => end({ status, detail: outOfTime ? late(limitMs) : endedBy(signal) }))
    // Instead of an exit, when the program could not be run.
    child.once('error', (cause) => end({ status: null, detail: whyNot(cause, run) }))
  }

  return {
    run(run, onEnd) {
      const account = resolve(run.account, canSwitch)
      const obstacle = account.ok ? insecure(run, account.ids) : account.detail
      if (account.ok && (obstacle === null || !run.mustBeSecure)) {
        if (obstacle !== null && !warned.has(obstacle)) warn(`${obstacle}; enable_script_security would not run it`)
        if (obstacle !== null) warned.add(obstacle)
        follow(start(run, account), run, onEnd)
      } else setImmediate(() => onEnd({ status: null, detail: obstacle }))
    },
    async limitedEnded() {
      await Promise.all(limited)
    },
  }
}

function start({ argv, umask }: ScriptRun, { ids }: Extract<Resolved, { ok: true }>): ChildProcess {
  const [program = '', ...rest] = argv
  const before = process.umask(umask)
  try {
    return spawn(program, rest, { detached: true, stdio: 'ignore', env: environment(), ...switchTo(ids) })
  } finally {
    process.umask(before)
  }
}

/** Why root should not run it, looked at each time: between two runs anything may have been changed. */
function insecure({ argv: [program = ''], account, mustBeSecure }: ScriptRun, ids: Ids | null): string | null {
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

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (cause) {
    // It ended by itself just now.
    if (!isErrno(cause, 'ESRCH')) throw cause
  }
}

function late(limitMs: number | null): string {
  return `killed: it had ${limitMs} ms`
}

function endedBy(signal: string | null): string | null {
  return signal === null ? null : `ended by ${signal}`
}

function whyNot(cause: Error, { argv, account }: ScriptRun): string {
  const program = argv[0] ?? ''
  const whom = account === null ? 'the default script user' : `user ${account.user}`
  if (isErrno(cause, 'ENOENT')) return `${program} does not exist, or the program of its #! line does not`
  if (isErrno(cause, 'EACCES')) return `${program} is not executable, or ${whom} may not reach it`
  if (isErrno(cause, 'EPERM')) return `may not run as ${whom}`
  return `${program}: ${cause.message}`
}
