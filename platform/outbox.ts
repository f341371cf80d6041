import type { Cause, Envelope, EventDraft } from '#schemas/envelope.ts'
import { eventId, type NodeName, type ServiceName } from '#schemas/subjects.ts'
import type { Published } from './bus-port.ts'
import { creationOf, nextEvent, runName } from './chain.ts'
import type { Clock } from './clock-port.ts'
import { describeError } from './errors.ts'
import { formatHlc, HLC_START, parseHlc, receive, tick } from './hlc.ts'
import type { Log } from './log.ts'
import {
  enqueue,
  type OutboxRecord,
  openQueue,
  type Queue,
  reconcile,
  type StreamSight,
  settle,
  spoolLines,
  takeCopies,
} from './outbox-queue.ts'
import type { Spool } from './spool.ts'

/** With this many waiting events, and each as many more, the log complains; nothing is ever dropped. */
const CROWDED = 100_000
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

export interface Outbox {
  publish(draft: EventDraft, cause: Cause | null): Published
  /** A connection is there; it takes over from the one before. */
  attach(link: OutboxLink): void
  detach(): void
  /** Events not acknowledged by any stream. */
  spooled(): number
  /** The last event made: what a snapshot of the service's state includes of its own events. */
  last(): Envelope | null
  /** Reads a clock that an event from elsewhere carried. */
  observe(hlc: string): void
  /** What the ids of all events of this run of this service begin with, and of no other. */
  idPrefix: string
}

export interface OutboxOptions {
  name: NodeName
  service: ServiceName
  boot: string
  clock: Clock
  log: Log
  /** Lines of the spool as an earlier process left them. */
  loaded: Uint8Array[]
  openSpool(contents: () => Uint8Array[]): Spool
}

/**
 * The outbox: every event is numbered, chained and spooled at once, and goes to the stream in strict order with one
 * record in flight, so that neither a refusing store nor a dying server can reorder or break the chain. While a
 * record waits, the live copies of later ones go out.
 */
export function createOutbox({ name, service, boot, clock, log, loaded, openSpool }: OutboxOptions): Outbox {
  const queue = openQueue(name, loaded)
  const spool = openSpool(() => spoolLines(queue))
  const run = runName(boot, startOf(queue, clock.wall()))
  const sender = createSender(queue, spool, clock, log)
  let hlc = parseHlc(queue.newest?.hlc ?? '') ?? HLC_START
  let counter = 0
  return {
    idPrefix: eventId(name, service, run, 0).slice(0, -1),
    publish(draft, cause) {
      hlc = tick(hlc, clock.wall())
      // Ids read like sequences, and never repeat within the run.
      counter = Math.max(counter, queue.head.sequence) + 1
      const stamp = { name, run, counter, hlc: formatHlc(hlc, name.node), time: new Date(clock.wall()).toISOString() }
      const { record, stored } = enqueue(queue, nextEvent(queue.head, draft, cause, stamp))
      // Others act on it: it is on its way before the disk is asked for anything.
      sender.onQueued()
      spool.append(record.bytes)
      const waiting = queue.kept.length - queue.cursor
      if (waiting % CROWDED === 0) log.error({ waiting }, 'the outbox is crowded: the event log takes nothing')
      return { envelope: record.envelope, stored: stored.promise }
    },
    attach: sender.attach,
    detach: sender.detach,
    spooled: () => queue.kept.length - queue.cursor,
    last: () => queue.newest,
    observe(text) {
      const remote = parseHlc(text)
      if (remote !== null) hlc = receive(hlc, clock.wall(), remote)
    },
  }
}

/** Wall time names a run, but never an earlier one than the last in the spool, whatever was done to the clock. */
function startOf({ newest }: Queue, wallMs: number): number {
  return Math.max(Math.floor(wallMs), newest === null ? 0 : creationOf(newest.id).run + 1)
}

/** Sends a queue over one connection after the other. After any failure the stream is asked what it has. */
function createSender(queue: Queue, spool: Spool, clock: Clock, log: Log) {
  let link: OutboxLink | null = null
  /** False until the stream has told what it has: before, numbers are not sure and order is not known. */
  let copying = false
  let wake: (() => void) | null = null

  function copyAhead(): void {
    if (copying) for (const record of takeCopies(queue)) link?.copy(record)
  }

  async function resync(on: OutboxLink, doubled: string | null): Promise<void> {
    const sight = await on.sight()
    if (on !== link) return
    const { renumbered, missing } = reconcile(queue, sight, doubled)
    if (renumbered > 0) log.warn({ renumbered }, 'put unsent events behind what the event log had already')
    if (missing > 0) log.error({ missing }, 'the event log has lost acknowledged events')
    spool.compact(renumbered > 0 ? -1 : STALE_LINES + 4 * queue.kept.length)
    copying = true
  }

  /** Returns the id of a record that the server had seen before. */
  async function storeNext(on: OutboxLink): Promise<string | null> {
    const record = queue.kept[queue.cursor]?.record
    if (on !== link || record === undefined) return null
    // The record is its own live copy; those of the events behind it follow at once.
    queue.copied = Math.max(queue.copied, queue.cursor + 1)
    const acknowledged = on.store(record)
    copyAhead()
    const { duplicate } = await acknowledged
    if (on !== link) return null
    if (duplicate) return record.envelope.id
    settle(queue, queue.cursor + 1)
    spool.compact(STALE_LINES + 4 * queue.kept.length)
    return null
  }

  async function work(on: OutboxLink): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    let doubled: string | null = null
    let synced = false
    while (on === link) {
      try {
        if (!synced || doubled !== null) await resync(on, doubled)
        if (on !== link) return
        synced = true
        doubled = await (queue.cursor === queue.kept.length ? nextQueued(on) : storeNext(on))
        pauseMs = FIRST_PAUSE_MS
      } catch (cause) {
        if (on !== link) return
        log.debug({ err: describeError(cause) }, 'the event log does not take the event')
        synced = false
        await pause(pauseMs)
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
      }
    }
  }

  /** While nothing is stored, the services must go on hearing each other. */
  function pause(ms: number): Promise<void> {
    queue.copied = queue.cursor
    copying = true
    copyAhead()
    return new Promise((resolve) => clock.at(clock.now() + ms, resolve))
  }

  /** Stores the next event within the call that makes it, so that it leaves before any copy of a later one. */
  function nextQueued(on: OutboxLink): Promise<string | null> {
    return new Promise((resolve) => {
      wake = () => {
        wake = null
        resolve(storeNext(on))
      }
    })
  }

  function detach(): void {
    link = null
    copying = false
    wake?.()
  }

  return {
    attach(next: OutboxLink) {
      detach()
      link = next
      void work(next)
    },
    detach,
    onQueued() {
      if (wake === null) copyAhead()
      else wake()
    },
  }
}
