import { spawn } from 'node:child_process'

/** How a program ended: its exit status, or in words why it has none. */
export type Ending = { status: number } | { reason: string }

/** What a program that was told to stop may take to clean up. */
const GRACE_MS = 10_000

/** Where what a program prints goes: to our own output, or to an open file. */
export type Output = 'inherit' | number

/**
 * Runs a program in a process group of its own; after `boundMs`, or when we are told to stop, the whole group is told
 * to stop, and then made to.
 */
export function runBounded(argv: readonly string[], boundMs: number, output: Output = 'inherit'): Promise<Ending> {
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', output, output], detached: true })
    let reason: string | undefined
    const stop = (why: string) => {
      reason ??= why
      signalGroup(child.pid, 'SIGTERM')
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS).unref()
    }
    const bound = setTimeout(() => stop(`took longer than ${boundMs / 1000} s`), boundMs)
    const onSignal = (signal: string) => stop(`stopped by ${signal}`)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, onSignal)
    const end = (ending: Ending) => {
      clearTimeout(bound)
      for (const signal of signals) process.off(signal, onSignal)
      // What it started and left behind goes with it.
      signalGroup(child.pid, 'SIGKILL')
      resolve(reason === undefined ? ending : { reason })
    }
    child.on('error', (cause) => end({ reason: cause.message }))
    child.on('exit', (status, signal) => end(status === null ? { reason: `ended by ${signal}` } : { status }))
  })
}

/** Undefined when the program said that all is well. */
export function describeEnding(ending: Ending): string | undefined {
  if ('reason' in ending) return ending.reason
  return ending.status === 0 ? undefined : `exit status ${ending.status}`
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone, which is what was wanted.
  }
}
