import { readFileSync } from 'node:fs'
import { isErrno } from '#platform/errors.ts'

/**
 * What tells a process from a later one with the same id: the boot of the machine and the start time in clock ticks,
 * field 22 of /proc/PID/stat (proc(5)). null when there is no such process, or only its zombie.
 */
export function processMark(pid: number): string | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ESRCH')) return null
    throw cause
  }
  // The command's name in field 2 may hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot}:${fields[19]}`
}
