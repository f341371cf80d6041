import type { resolveAccount } from '#platform/accounts.ts'
import { type ScriptResult, scriptStarter } from '#platform/script-process.ts'
import type { Scripts } from '../ports.ts'

export interface ScriptsOptions {
  /** Whether this process may become somebody else. */
  canSwitch: boolean
  resolve?: typeof resolveAccount
  /** Told once of each script that others could have changed, and that runs as root nevertheless. */
  warn(message: string): void
}

/** Notify scripts: nobody waits for them, but for those with a limit. */
export function processScripts(options: ScriptsOptions): Scripts {
  const starter = scriptStarter({ ...options, launcher: [] })
  const limited = new Set<Promise<void>>()
  return {
    run({ limitMs, ...script }, onEnd) {
      const ended = Promise.withResolvers<void>()
      let outOfTime = false
      let timer: NodeJS.Timeout | undefined
      const process = starter.start(script, (result: ScriptResult) => {
        clearTimeout(timer)
        limited.delete(ended.promise)
        ended.resolve()
        onEnd(outOfTime ? { ...result, detail: `killed: it had ${limitMs} ms` } : result)
      })
      if (process === null || limitMs === null) return
      limited.add(ended.promise)
      timer = setTimeout(() => {
        outOfTime = true
        process.signalGroup('SIGKILL')
      }, limitMs)
    },
    async limitedEnded() {
      await Promise.all(limited)
    },
  }
}
