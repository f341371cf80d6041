/** A process that can be stopped, continued and killed, as the kernel does it to ours. */
import type { Clock } from '#platform/clock-port.ts'
import { clockOf, type Universe } from './universe.ts'

/** What arrives for a process: at once while it runs, later while it is stopped, never when it is dead. */
export interface Inbox<T> {
  put(item: T): void
  /** Takes what lies unread. */
  drain(): void
}

export interface Process {
  clock: Clock
  isRunning(): boolean
  isDead(): boolean
  inbox<T>(take: (item: T) => void): Inbox<T>
  stop(): void
  continue(): void
  kill(): void
}

export function createProcess(universe: Universe, stepMs: () => number): Process {
  let life: 'running' | 'stopped' | 'dead' = 'running'
  let due: (() => void)[] = []
  const inboxes: Inbox<unknown>[] = []
  const base = clockOf(universe, stepMs)
  return {
    clock: {
      ...base,
      at(when, fire) {
        let cancelled = false
        const work = () => {
          if (!cancelled) fire()
        }
        const cancel = universe.at(when, () => {
          if (life === 'running') work()
          else if (life === 'stopped') due.push(work)
        })
        return () => {
          cancelled = true
          cancel()
        }
      },
    },
    isRunning: () => life === 'running',
    isDead: () => life === 'dead',
    inbox<T>(take: (item: T) => void): Inbox<T> {
      const unread: T[] = []
      const drain = () => {
        for (let item = unread.shift(); item !== undefined && life === 'running'; item = unread.shift()) take(item)
      }
      const inbox = {
        put(item: T) {
          if (life === 'running') take(item)
          else if (life === 'stopped') unread.push(item)
        },
        drain,
      }
      inboxes.push({ put: () => {}, drain })
      return inbox
    },
    stop() {
      if (life === 'running') life = 'stopped'
    },
    continue() {
      if (life !== 'stopped') return
      life = 'running'
      // As in Node's event loop: timers first, then what lies in the sockets.
      const late = due
      due = []
      for (const work of late) work()
      for (const inbox of inboxes) inbox.drain()
    },
    kill() {
      life = 'dead'
      due = []
    },
  }
}
