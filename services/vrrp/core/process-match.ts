/** Which processes a vrrp_track_process means. */
import type { ProcessTracker } from '#schemas/tracking.ts'

/** A process as /proc shows it. */
export interface ProcessLook {
  /** /proc/PID/comm: at most 15 characters. */
  name: string
  /** /proc/PID/cmdline; empty for threads of the kernel, and where nobody has to know. */
  argv: readonly string[]
}

/** The kernel keeps no more of a name (TASK_COMM_LEN). */
const NAME_LENGTH = 15

export function isMeant({ command, parameters, match }: ProcessTracker, { name, argv }: ProcessLook): boolean {
  if (match === 'name') return name === command.slice(0, NAME_LENGTH)
  const [program, ...given] = argv
  if (program !== command || given.length < parameters.length) return false
  if (match === 'exact' && given.length > parameters.length) return false
  return parameters.every((parameter, index) => {
    const isLast = index === parameters.length - 1
    const own = given[index] ?? ''
    return match === 'initial' && isLast ? own.startsWith(parameter) : own === parameter
  })
}

/** Whether so many are as they should be. */
export function isEnough({ quorum, quorumMax }: ProcessTracker, count: number): boolean {
  return count >= quorum && (quorumMax === null || count <= quorumMax)
}

/** `2 run, at least 3 must` */
export function countWords({ quorum, quorumMax }: ProcessTracker, count: number): string {
  const running = count === 1 ? '1 runs' : `${count} run`
  if (count < quorum) return `${running}, at least ${quorum} must`
  return quorumMax !== null && count > quorumMax ? `${running}, at most ${quorumMax} may` : running
}
