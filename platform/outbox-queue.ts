import type { Envelope } from '#schemas/envelope.ts'
import type { NodeName } from '#schemas/subjects.ts'
import {
  type Chained,
  compareCreation,
  creationOf,
  GENESIS,
  type Head,
  hashOf,
  readEvent,
  rechain,
  subjectOf,
} from './chain.ts'

/** Live copies run at most this many events ahead of the record in flight, so that a hung server cannot pile them up. */
const COPY_AHEAD = 1_000
/** Stored records leave the memory in batches: shifting one by one would move the whole array each time. */
const TRIM_BATCH = 1_000

export interface OutboxRecord extends Chained {
  subject: string
}

/** What the stream holds of our source. */
export interface StreamSight {
  storage: 'file' | 'memory'
  /** Bytes of the source's last event; null when there is none. */
  last: Uint8Array | null
  /** When the oldest event of any source that the stream still has got into it, wall milliseconds; null while none has left. */
  oldestMs: number | null
}

export interface Kept {
  record: OutboxRecord
  stored: PromiseWithResolvers<void>
}

/** The events of one source in the order they were made, as far as a disk may still need them. */
export interface Queue {
  name: NodeName
  kept: Kept[]
  /** The next record to store; what is before it is in the present stream. */
  cursor: number
  /** The first record whose live copy has not gone out over this connection. */
  copied: number
  storage: StreamSight['storage']
  head: Head
  /** The last event made, for the spool to remember the head by. */
  newest: Envelope | null
  newestBytes: Uint8Array | null
}

/** What a look at the stream changed. */
export interface Reconciled {
  /** Events that got new numbers behind the stream's last one. */
  renumbered: number
  /** Acknowledged events that the stream has lost at its end. */
  missing: number
}

/** @param lines the spool as an earlier process left it; what is no event in it is left out */
export function openQueue(name: NodeName, lines: Uint8Array[]): Queue {
  const kept = lines.flatMap((bytes) => restored(name, bytes))
  const last = kept.at(-1)?.record ?? null
  return {
    name,
    kept,
    cursor: 0,
    copied: 0,
    storage: 'file',
    head: last?.head ?? GENESIS,
    newest: last?.envelope ?? null,
    newestBytes: last?.bytes ?? null,
  }
}

export function enqueue(queue: Queue, chained: Chained): Kept {
  const record = { ...chained, subject: subjectOf(queue.name, chained.envelope) }
  const entry = { record, stored: Promise.withResolvers<void>() }
  queue.kept.push(entry)
  setHead(queue, record)
  return entry
}

/** All lines that the spool must hold: what a disk may need, and always the head. */
export function spoolLines({ kept, newestBytes }: Queue): Uint8Array[] {
  if (kept.length > 0) return kept.map(({ record }) => record.bytes)
  return newestBytes === null ? [] : [newestBytes]
}

/** Everything before `index` is in the present stream; memory does not count as a disk. */
export function settle(queue: Queue, index: number): void {
  for (const { stored } of queue.kept.slice(queue.cursor, index)) stored.resolve()
  queue.cursor = index
  if (queue.storage === 'memory' || (index < queue.kept.length && index < TRIM_BATCH)) return
  queue.kept = queue.kept.slice(index)
  queue.copied = Math.max(0, queue.copied - index)
  queue.cursor = 0
}

/** The records whose live copies are due, marked as copied. */
export function takeCopies(queue: Queue): OutboxRecord[] {
  const from = queue.copied
  queue.copied = Math.max(from, Math.min(queue.kept.length, queue.cursor + COPY_AHEAD))
  return queue.kept.slice(from, queue.copied).map(({ record }) => record)
}

/**
 * Brings the queue in line with what the stream has: what is stored is settled, and the rest is put behind the
 * stream's last event, in case the spool had fallen behind the stream.
 *
 * @param doubled id of a record that the server had seen before, under whatever number; null for none
 */
export function reconcile(queue: Queue, sight: StreamSight, doubled: string | null): Reconciled {
  queue.storage = sight.storage
  const last = sight.last === null ? null : readEvent(sight.last)
  const ids = queue.kept.map(({ record }) => record.envelope.id)
  const stored = last === null ? countForgotten(queue, sight.oldestMs) : countStored(ids, last.id)
  queue.cursor = Math.min(queue.cursor, stored)
  settle(queue, stored)
  const dropped = doubled !== null && dropDoubled(queue, doubled)
  queue.copied = queue.cursor
  if (last === null || sight.last === null) return { renumbered: 0, missing: 0 }
  return rebase(queue, last, sight.last, dropped)
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
 * How many of these events are older than all that the stream still has: they have left it, or would have by now. To
 * send them again would tell of old alerts as of new ones.
 */
function countForgotten({ kept }: Queue, oldestMs: number | null): number {
  if (oldestMs === null) return 0
  const firstLater = kept.findIndex(({ record }) => Date.parse(record.envelope.time) >= oldestMs)
  return firstLater < 0 ? kept.length : firstLater
}

/** The number of an event that is stored under another one is free again. */
function dropDoubled(queue: Queue, doubled: string): boolean {
  const entry = queue.kept[queue.cursor]
  if (entry?.record.envelope.id !== doubled) return false
  entry.stored.resolve()
  queue.kept.splice(queue.cursor, 1)
  return true
}

function rebase(queue: Queue, last: Envelope, bytes: Uint8Array, dropped: boolean): Reconciled {
  const behind = { envelope: last, bytes, head: { sequence: last.sequence, hash: hashOf(bytes) } }
  const unsent = queue.kept.slice(queue.cursor)
  const first = unsent[0]?.record.envelope
  if (first === undefined) {
    const missing = queue.head.sequence - last.sequence
    if (missing > 0 && !dropped) return { renumbered: 0, missing }
    setHead(queue, behind)
    return { renumbered: 0, missing: 0 }
  }
  if (first.sequence === last.sequence + 1 && first.prevhash === behind.head.hash) return { renumbered: 0, missing: 0 }
  setHead(queue, behind)
  for (const entry of unsent) {
    entry.record = { ...rechain(queue.head, entry.record.envelope), subject: entry.record.subject }
    setHead(queue, entry.record)
  }
  return { renumbered: unsent.length, missing: 0 }
}

function setHead(queue: Queue, { envelope, bytes, head }: Chained): void {
  queue.head = head
  queue.newest = envelope
  queue.newestBytes = bytes
}

function restored(name: NodeName, bytes: Uint8Array): Kept[] {
  const envelope = readEvent(bytes)
  if (envelope === null) return []
  const head = { sequence: envelope.sequence, hash: hashOf(bytes) }
  return [{ record: { envelope, bytes, head, subject: subjectOf(name, envelope) }, stored: Promise.withResolvers() }]
}
