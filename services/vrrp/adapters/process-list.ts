import { readdirSync, readFileSync } from 'node:fs'
import type { Cancel, Clock } from '#platform/clock-port.ts'
import { isErrno } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { openProcessEvents } from '#platform/netlink/process-events.ts'
import type { ProcessLook } from '../core/process-match.ts'
import type { ProcessList } from '../ports.ts'

/** How often /proc is looked through where the kernel does not tell. */
const SCAN_MS = 1_000
/** Processes looked at before others may go on: an advert must not wait for thousands of them. */
const CHUNK = 32

interface Follower {
  needsArguments: boolean
  onProcess(pid: number, look: ProcessLook | null): void
}

export interface ProcessListOptions {
  clock: Clock
  log: Log
  openEvents?: typeof openProcessEvents
}

/** Processes by the kernel's own events, or by looking through /proc once a second. */
export function procList({ clock, log, openEvents = openProcessEvents }: ProcessListOptions): ProcessList {
  const followers = new Set<Follower>()
  const known = new Set<number>()
  let source: { close(): void } | null = null

  function tell(pid: number, to: Iterable<Follower>): void {
    const needsArguments = [...to].some((follower) => follower.needsArguments)
    const look = lookAt(pid, needsArguments)
    if (look === null) known.delete(pid)
    else known.add(pid)
    for (const follower of to) follower.onProcess(pid, look)
  }

  function scan(): void {
    for (const pid of new Set([...pids(), ...known])) tell(pid, followers)
  }

  function open(): { close(): void } {
    const events = openEvents({
      onEvent: ({ pid }) => tell(pid, followers),
      onOverrun: scan,
    })
    if (events !== null) return events
    log.warn('the kernel does not tell of processes here: /proc is looked through once a second instead')
    return scanRegularly(
      clock,
      (pid) => tell(pid, followers),
      () => [...new Set([...pids(), ...known])],
    )
  }

  return {
    follow({ needsArguments }, onProcess) {
      const follower = { needsArguments, onProcess }
      source ??= open()
      // In front of the first look: what happens meanwhile is told after it.
      for (const pid of pids()) tell(pid, [follower])
      followers.add(follower)
      return {
        close() {
          followers.delete(follower)
          if (followers.size > 0) return
          source?.close()
          source = null
          known.clear()
        },
      }
    },
  }
}

/** Looks at some processes at a time. */
function scanRegularly(clock: Clock, look: (pid: number) => void, all: () => number[]): { close(): void } {
  let cancel: Cancel = clock.at(clock.now() + SCAN_MS, begin)
  let isOpen = true

  function begin(): void {
    cancel = clock.at(clock.now() + SCAN_MS, begin)
    goOn(all())
  }

  function goOn(rest: number[]): void {
    if (!isOpen) return
    for (const pid of rest.slice(0, CHUNK)) look(pid)
    if (rest.length > CHUNK) setImmediate(() => goOn(rest.slice(CHUNK)))
  }

  return {
    close() {
      isOpen = false
      cancel()
    },
  }
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** null: it has ended; one that nobody has waited for yet (a zombie) has, too. */
function lookAt(pid: number, needsArguments: boolean): ProcessLook | null {
  try {
    // proc(5): the name is in parentheses, and may itself contain some; the state follows.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const end = stat.lastIndexOf(')')
    if (/[ZX]/.test(stat.charAt(end + 2))) return null
    const name = stat.slice(stat.indexOf('(') + 1, end)
    return { name, argv: needsArguments ? argumentsOf(pid) : [] }
  } catch (cause) {
    // It has ended, also while it was read; or /proc hides it (hidepid).
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => isErrno(cause, code))) return null
    throw cause
  }
}

function argumentsOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}
