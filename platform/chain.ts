import { hash } from 'node:crypto'
import { type Cause, Envelope, type EventDraft } from '#schemas/envelope.ts'
import { eventId, eventSource, eventSubject, eventType, type NodeName, ServiceName } from '#schemas/subjects.ts'

/** Where a source's chain stands: the number of its last event and the SHA-256 (hex) of that event's bytes. */
export interface Head {
  sequence: number
  hash: string
}

/** Before the first event of a source. */
export const GENESIS: Head = { sequence: 0, hash: '0'.repeat(64) }

/** An event as it is published: `bytes` are what is hashed, spooled, sent and stored. */
export interface Chained {
  envelope: Envelope
  bytes: Uint8Array
  head: Head
}

/** Who produces, and when. */
export interface Stamp {
  name: NodeName
  /** One run of the producing process; with `counter` it makes the id unique for ever. */
  run: string
  counter: number
  hlc: string
  /** RFC 3339 */
  time: string
}

/** Numbers a draft, links it to its cause and to the source's previous event. */
export function nextEvent(head: Head, draft: EventDraft, cause: Cause | null, stamp: Stamp): Chained {
  const id = eventId(stamp.name, draft.service, stamp.run, stamp.counter)
  return sealed({
    specversion: '1.0',
    id,
    source: eventSource(stamp.name, draft.service),
    type: eventType(draft.service, draft.data.type),
    time: stamp.time,
    subject: draft.entity,
    datacontenttype: 'application/json',
    data: draft.data,
    sequence: head.sequence + 1,
    hlc: stamp.hlc,
    ...(cause === null ? {} : { causationid: cause.id }),
    correlationid: cause?.correlationId ?? id,
    prevhash: head.hash,
  })
}

/** The same event behind another head: its id stays, so that what it caused still points at it. */
export function rechain(head: Head, envelope: Envelope): Chained {
  return sealed({ ...envelope, sequence: head.sequence + 1, prevhash: head.hash })
}

/** SHA-256, hex, of an event as published. */
export function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/** Reads an event's bytes; null for what is no envelope. */
export function readEvent(bytes: Uint8Array): Envelope | null {
  try {
    const parsed = Envelope.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The subject that an event of this node's own goes out on. */
export function subjectOf(name: NodeName, envelope: Envelope): string {
  const service = ServiceName.parse(envelope.source.slice(envelope.source.lastIndexOf('/') + 1))
  return eventSubject(name, service, envelope.subject, String(envelope.data.type))
}

/** Place of an event in the order in which its source made events: survives renumbering. */
export interface Creation {
  run: number
  counter: number
}

/** Text of a run for event ids: the boot, and the start of this process in milliseconds since 1970. */
export function runName(boot: string, startedMs: number): string {
  return `${boot}-${startedMs.toString(36)}`
}

/** Reads a creation back out of an id made with `runName`. */
export function creationOf(id: string): Creation {
  const [run = '', counter = ''] = id.split('.').slice(-2)
  return { run: Number.parseInt(run.slice(run.lastIndexOf('-') + 1), 36) || 0, counter: Number(counter) || 0 }
}

/** Negative, zero or positive as `a` was made before, with or after `b`; both of one source. */
export function compareCreation(a: Creation, b: Creation): number {
  return a.run - b.run || a.counter - b.counter
}

/** What is wrong with the first bad event. */
export interface ChainFault {
  /** Place in the iteration, from 0. */
  index: number
  source: string
  sequence: number
  reason: 'unreadable' | 'double' | 'gap' | 'broken-hash'
}

export interface ChainReport {
  events: number
  /** The last good head of each source. */
  heads: Map<string, Head>
  fault: ChainFault | null
}

/**
 * Follows the chain of each source through stored events in stream order and stops at the first bad one. The first
 * event of a source is taken as it is: older ones may have been trimmed by age.
 */
export function verifyChain(records: Iterable<Uint8Array>): ChainReport {
  const heads = new Map<string, Head>()
  let index = 0
  for (const bytes of records) {
    const event = readEvent(bytes)
    if (event === null) return { events: index, heads, fault: { index, source: '', sequence: 0, reason: 'unreadable' } }
    const reason = faultOf(event, heads.get(event.source))
    if (reason !== null) {
      return { events: index, heads, fault: { index, source: event.source, sequence: event.sequence, reason } }
    }
    heads.set(event.source, { sequence: event.sequence, hash: hashOf(bytes) })
    index += 1
  }
  return { events: index, heads, fault: null }
}

function faultOf(event: Envelope, head: Head | undefined): ChainFault['reason'] | null {
  // The first event ever has nothing to be trimmed before it: it must start from zeros.
  if (head === undefined) return event.sequence === 1 && event.prevhash !== GENESIS.hash ? 'broken-hash' : null
  if (event.sequence <= head.sequence) return 'double'
  if (event.sequence > head.sequence + 1) return 'gap'
  return event.prevhash === head.hash ? null : 'broken-hash'
}

function sealed(envelope: Envelope): Chained {
  const bytes = new TextEncoder().encode(JSON.stringify(envelope))
  return { envelope, bytes, head: { sequence: envelope.sequence, hash: hashOf(bytes) } }
}
