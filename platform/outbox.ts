import type { Cause, Envelope, EventDraft } from '#schemas/envelope.ts'
import { eventId, type NodeName, type ServiceName } from '#schemas/subjects.ts'
import type { Published } from './bus-port.ts'
import { creationOf, nextEvent, runName } from './chain.ts'
import type { Clock } from './clock-port.ts'
import { formatHlc, HLC_START, parseHlc, receive, tick } from './hlc.ts'
import type { Log } from './log.ts'
import { enqueue, openQueue, type Queue, spoolLines } from './outbox-queue.ts'
import { createSender, type OutboxLink } from './outbox-sender.ts'
import type { Spool } from './spool.ts'

/** With this many waiting events, and each as many more, the log complains; nothing is ever dropped. */
const CROWDED = 100_000

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
  /** Resolves when the spool has all there is, or its disk refuses. */
  written(): Promise<void>
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
    written: spool.settled,
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
