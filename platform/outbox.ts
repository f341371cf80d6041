import type { Cause, EventDraft } from '#schemas/envelope.ts'
import type { NodeName } from '#schemas/subjects.ts'
import type { Published } from './bus-port.ts'
import {
  type Chained,
  compareCreation,
  creationOf,
  GENESIS,
  hashOf,
  nextEvent,
  readEvent,
  rechain,
  runName,
  subjectOf,
} from './chain.ts'
import type { Clock } from './clock-port.ts'
import { describeError } from './errors.ts'
import { formatHlc, HLC_START, parseHlc, receive, tick } from './hlc.ts'
import type { Log } from './log.ts'
import type { Spool } from './spool.ts'

/** Live copies run at most this many events ahead of the record in flight, so that a hung server cannot pile them up. */
const COPY_AHEAD = 1_000
/** Above this many waiting events the log says so, and again with each as many more; nothing is ever dropped. */
const CROWDED = 100_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

export interface OutboxRecord extends Chained {
  subject: string
}

/** What the stream holds of our source. */
export interface StreamSight {
  storage: 'file' | 'memory'
  /** Bytes of the source's last event; null when there is none. */
  last: Uint8Array | null
}

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
  last(): { source: string; sequence: number; id: string } | null
  /** Reads a clock that an event from elsewhere carried. */
  observe(hlc: string): void
  /** All lines the spool must hold. */
  contents(): Uint8Array[]
  run(): string
}

export interface OutboxOptions {
  name: NodeName
  boot: string
  clock: Clock
  log: Log
  /** Lines of the spool as an earlier process left them. */
  loaded: Uint8Array[]
  openSpool(contents: () => Uint8Array[]): Spool
}

interface Kept {
  record: OutboxRecord
  stored: PromiseWithResolvers<void>
}

/**
 * How many of these events, oldest first, the stream has, given the id of the last one it holds of their source.
 * Strict order of publishing makes that one id a cut through the order of creation, whatever numbers they carry.
 */
export function countStored(ids: string[], lastId: string): number {
  const found = ids.lastIndexOf(lastId)
  if (found >= 0) return found + 1
  const last = creationOf(lastId)
  const firstLater = ids.findIndex((id) => compareCreation(creationOf(id), last) > 0)
  return firstLater < 0 ? ids.length : firstLater
}

/**
 * The outbox: every event is numbered, chained and spooled at once, and goes to the stream in strict order with one
 * record in flight, so that neither a refusing store nor a dying server can reorder or break the chain. While a
 * record waits, the live copies of later ones go out. After any failure the stream is asked what it has.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { name, clock, log } = options
  let kept = options.loaded.flatMap((bytes) => restored(name, bytes))
  const lastLoaded = kept.at(-1)?.record
  let head = lastLoaded?.head ?? GENESIS
  let newest = lastLoaded ?? null
  let hlc = HLC_START
  for (const { record } of kept) hlc = parseHlc(record.envelope.hlc) ?? hlc
  const startedMs = Math.max(clock.wall(), 1 + (newest === null ? 0 : creationOf(newest.envelope.id).run))
  const run = runName(options.boot, startedMs)
  /** Counts within the run from the number at hand, so that ids read like sequences. */
  let counter = head.sequence
  /** The next record to store; what is before it waits in memory storage for a disk. */
  let cursor = 0
  /** The first record whose live copy has not gone out over this connection. */
  let copied = 0
  let copying = false
  let link: OutboxLink | null = null
  let storage: StreamSight['storage'] = 'file'
  let wake: (() => void) | null = null
  const spool = options.openSpool(contents)

  function contents(): Uint8Array[] {
    if (kept.length > 0) return kept.map(({ record }) => record.bytes)
    return newest === null ? [] : [newest.bytes]
  }

  function publish(draft: EventDraft, cause: Cause | null): Published {
    hlc = tick(hlc, clock.wall())
    counter = Math.max(counter, head.sequence) + 1
    const stamp = { name, run, counter, hlc: formatHlc(hlc, name.node), time: new Date(clock.wall()).toISOString() }
    const chained = nextEvent(head, draft, cause, stamp)
    const record = { ...chained, subject: subjectOf(name, chained.envelope) }
    const stored = Promise.withResolvers<void>()
    kept.push({ record, stored })
    head = record.head
    newest = record
    spool.append(record.bytes)
    const waiting = kept.length - cursor
    if (waiting % CROWDED === 0) log.error({ waiting }, 'the outbox is crowded: the event log takes nothing')
    if (copying) copyAhead()
    wake?.()
    return { envelope: record.envelope, stored: stored.promise }
  }

  function copyAhead(): void {
    const end = Math.min(kept.length, cursor + COPY_AHEAD)
    for (; copied < end; copied += 1) {
      const next = kept[copied]
      if (next !== undefined) link?.copy(next.record)
    }
  }

  /** Everything before `index` is in the stream. */
  function settle(index: number): void {
    for (const { stored } of kept.slice(cursor, index)) stored.resolve()
    cursor = index
    if (storage === 'memory') return
    // Shifting one by one would move the whole array each time.
    if (cursor < kept.length && cursor < 1_000) return
    kept = kept.slice(cursor)
    copied = Math.max(0, copied - cursor)
    cursor = 0
    spool.compact(1_000 + 4 * kept.length)
  }

  /** Puts the unsent events behind the stream's last one, when the spool had fallen behind the stream. */
  function rebase(last: Uint8Array, sequence: number): void {
    const behind = { sequence, hash: hashOf(last) }
    const next = kept[cursor]?.record.envelope
    if (next === undefined) {
      if (head.sequence > sequence) log.error({ ours: head.sequence, stored: sequence }, 'the event log lost events')
      else {
        head = behind
        newest = restored(name, last)[0]?.record ?? newest
        spool.compact(-1)
      }
      return
    }
    if (next.prevhash === behind.hash && next.sequence === sequence + 1) return
    log.warn({ from: next.sequence, to: sequence + 1, events: kept.length - cursor }, 'renumbered unsent events')
    head = behind
    for (const entry of kept.slice(cursor)) {
      entry.record = { ...rechain(head, entry.record.envelope), subject: entry.record.subject }
      head = entry.record.head
      newest = entry.record
    }
    spool.compact(-1)
  }

  /** Asks the stream what it has, and goes on from there. `doubled`: an id it has under an earlier number. */
  async function resync(from: OutboxLink, doubled: string | null): Promise<void> {
    const sight = await from.sight()
    if (from !== link) return
    storage = sight.storage
    const last = sight.last === null ? null : readEvent(sight.last)
    const ids = kept.map(({ record }) => record.envelope.id)
    const stored = last === null ? 0 : countStored(ids, last.id)
    if (stored < cursor) cursor = stored
    settle(stored)
    if (kept[cursor]?.record.envelope.id === doubled) {
      kept[cursor]?.stored.resolve()
      kept.splice(cursor, 1)
    }
    if (last !== null && sight.last !== null) rebase(sight.last, last.sequence)
    copied = cursor
  }

  async function storeNext(to: OutboxLink): Promise<string | null> {
    const record = kept[cursor]?.record
    if (record === undefined) return null
    // The record is its own live copy; those of the events behind it follow at once.
    copied = Math.max(copied, cursor + 1)
    const acknowledged = to.store(record)
    copyAhead()
    const { duplicate } = await acknowledged
    if (to !== link) return null
    if (duplicate) return record.envelope.id
    settle(cursor + 1)
    return null
  }

  async function work(on: OutboxLink): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    let synced = false
    let doubled: string | null = null
    while (on === link) {
      try {
        if (!synced || doubled !== null) await resync(on, doubled)
        synced = true
        copying = true
        doubled = await storeNext(on)
        pauseMs = FIRST_PAUSE_MS
        if (on === link && kept.length === cursor)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      } catch (cause) {
        if (on !== link) return
        log.debug({ err: describeError(cause) }, 'the event log does not take the event')
        synced = false
        // The services must go on hearing each other although nothing is stored.
        copied = cursor
        copying = true
        copyAhead()
        await new Promise<void>((resolve) => {
          clock.at(clock.now() + pauseMs, resolve)
        })
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
      }
    }
  }

  function detach(): void {
    link = null
    copying = false
    wake?.()
  }

  return {
    publish,
    attach(next) {
      detach()
      link = next
      void work(next)
    },
    detach,
    spooled: () => kept.length - cursor,
    last: () => newest?.envelope ?? null,
    observe(text) {
      const remote = parseHlc(text)
      if (remote !== null) hlc = receive(hlc, clock.wall(), remote)
    },
    contents,
    run: () => run,
  }
}

function restored(name: NodeName, bytes: Uint8Array): Kept[] {
  const envelope = readEvent(bytes)
  if (envelope === null) return []
  const head = { sequence: envelope.sequence, hash: hashOf(bytes) }
  return [{ record: { envelope, bytes, head, subject: subjectOf(name, envelope) }, stored: Promise.withResolvers() }]
}
