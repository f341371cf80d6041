import { type ChildProcess, spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { HaError, isErrno } from '#platform/errors.ts'
import { watchExit } from '#platform/native/process.ts'
import type { Command, Processes } from '../ports.ts'

/**
 * Real processes. Each has a session of its own, so that neither Ctrl-C at the supervisor's terminal nor its death
 * reaches them: a data plane must outlive its supervisor. They write to our standard error, not to a pipe of ours.
 */
export function realProcesses(): Processes {
  return {
    spawn(command, { onEnd, onFailure }) {
      const child = startChild(command)
      child.once('exit', (status, signal) => onEnd({ status, signal }))
      // Node reports a program that cannot be run through this event, and leaves out the process id.
      child.once('error', (cause) =>
        onFailure(new HaError('PROCESS_START', `cannot start ${command.argv[0]}`, { cause })),
      )
      child.unref()
      if (child.pid !== undefined && command.niceness !== 0) prefer(child.pid, command.niceness)
      return child.pid ?? null
    },
    watch(pid, onEnd) {
      watchExit(pid, () => onEnd({ status: null, signal: null }))
    },
    signal(pid, signal) {
      try {
        process.kill(pid, signal)
      } catch (cause) {
        // It ended between our decision and now: its end is reported by the watch.
        if (!isErrno(cause, 'ESRCH')) throw new HaError('PROCESS_SIGNAL', `cannot signal process ${pid}`, { cause })
      }
    },
  }
}

function prefer(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness)
  } catch (cause) {
    // Without root, or already gone: it runs as everybody else, or its end is reported anyway.
    if (!isErrno(cause, 'ERR_SYSTEM_ERROR')) throw cause
  }
}

function startChild({ argv, environment, identity }: Command): ChildProcess {
  const [program = '', ...rest] = argv
  return spawn(program, rest, {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
    ...(identity === null ? {} : { uid: identity.uid, gid: identity.gid }),
  })
}
