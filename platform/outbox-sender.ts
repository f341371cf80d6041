import type { Clock } from './clock-port.ts'
import { describeError } from './errors.ts'
import type { Log } from './log.ts'
import { type OutboxRecord, type Queue, reconcile, type StreamSight, settle, takeCopies } from './outbox-queue.ts'
import type { Spool } from './spool.ts'

/** The spool may hold this many lines that are stored already before it is written anew. */
const STALE_LINES = 1_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/** One connection to the server, as the outbox needs it. Promises reject when it breaks or the server is slow. */
export interface OutboxLink {
  sight(): Promise<StreamSight>
  /** Stores the record; `duplicate`: the server had one of this id. */
  store(record: OutboxRecord): Promise<{ duplicate: boolean }>
  /** Sends the live copy; never waits. */
  copy(record: OutboxRecord): void
}

export interface Sender {
  attach(link: OutboxLink): void
  detach(): void
  onQueued(): void
}

/** Sends a queue over one connection after the other. After any failure the stream is asked what it has. */
export function createSender(queue: Queue, spool: Spool, clock: Clock, log: Log): Sender {
  let current: { leave(): void; onQueued(): void } | null = null

  function detach(): void {
    current?.leave()
    current = null
  }

  return {
    attach(link) {
      detach()
      current = sendOver(link, queue, spool, clock, log)
    },
    detach,
    onQueued: () => current?.onQueued(),
  }
}

/** Sends over one connection until it is left. */
function sendOver(link: OutboxLink, queue: Queue, spool: Spool, clock: Clock, log: Log) {
  let left = false
  /** False until the stream has told what it has: before, numbers are not sure and order is not known. */
  let copying = false
  /** Stores what comes next; set while there is nothing to store. */
  let wake: (() => void) | null = null

  function copyAhead(): void {
    if (copying && !left) for (const record of takeCopies(queue)) link.copy(record)
  }

  function compact(): void {
    spool.compact(STALE_LINES + 4 * queue.kept.length)
  }

  async function resync(doubled: string | null): Promise<void> {
    const sight = await link.sight()
    if (left) return
    const { renumbered, missing } = reconcile(queue, sight, doubled)
    if (renumbered > 0) log.warn({ renumbered }, 'put unsent events behind what the event log had already')
    if (missing > 0) log.error({ missing }, 'the event log has lost acknowledged events')
    if (renumbered > 0) spool.compact(-1)
    else compact()
    copying = true
  }

  /** Returns the id of a record that the server had seen before. */
  async function storeNext(): Promise<string | null> {
    const record = queue.kept[queue.cursor]?.record
    if (left || record === undefined) return null
    // The record is its own live copy; those of the events behind it follow at once.
    queue.copied = Math.max(queue.copied, queue.cursor + 1)
    const acknowledged = link.store(record)
    copyAhead()
    const { duplicate } = await acknowledged
    if (left) return null
    if (duplicate) return record.envelope.id
    settle(queue, queue.cursor + 1)
    compact()
    return null
  }

  /** Stores the next event within the call that makes it, so that it leaves before any copy of a later one. */
  function nextQueued(): Promise<string | null> {
    return new Promise((resolve) => {
      wake = () => {
        wake = null
        resolve(storeNext())
      }
    })
  }

  /** While nothing is stored, the services must go on hearing each other. */
  function pause(ms: number): Promise<void> {
    queue.copied = queue.cursor
    copying = true
    copyAhead()
    return new Promise((resolve) => clock.at(clock.now() + ms, resolve))
  }

  async function work(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    let doubled: string | null = null
    let synced = false
    while (!left) {
      try {
        if (!synced || doubled !== null) await resync(doubled)
        if (left) return
        synced = true
        doubled = await (queue.cursor === queue.kept.length ? nextQueued() : storeNext())
        pauseMs = FIRST_PAUSE_MS
      } catch (cause) {
        if (left) return
        log.debug({ err: describeError(cause) }, 'the event log does not take the event')
        synced = false
        await pause(pauseMs)
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
      }
    }
  }

  void work()
  return {
    leave() {
      left = true
      wake?.()
    },
    onQueued: () => (wake === null ? copyAhead() : wake()),
  }
}
