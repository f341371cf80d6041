import {
  DeliverPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import { ClosedConnectionError, connect, type NatsConnection } from 'nats'
import * as z from 'zod'
import { Envelope } from '#schemas/envelope.ts'
import type { BusAccess } from '#schemas/settings.ts'
import { EVENT_STREAM, type ServiceName } from '#schemas/subjects.ts'
import { readSnapshot } from './bus-jetstream.ts'
import { HaError } from './errors.ts'

const Snapshot = z.object({ state: z.unknown() })

/** An event as the stream holds it. */
export interface StoredEvent {
  envelope: Envelope
  /** Sequence of the stream. */
  position: number
  /** The bytes that the next event's prevhash is taken over. */
  bytes: Uint8Array
}

export interface ReadOptions {
  filter: string
  /** Stream sequence or moment to begin with; all there is without it. */
  since?: number | Date
  /** Only the newest event of every subject: bounded by the configuration, however long the history. */
  lastPerSubject?: boolean
}

/** The log for those who only read it: failoverctl. */
export interface BusReader {
  /** Sequence of the newest event; 0 when there is none. */
  head(): Promise<number>
  /** Whether the oldest events have left the log. */
  isTrimmed(): Promise<boolean>
  /** The state in a service's last snapshot; null when there is none. */
  snapshot(service: ServiceName): Promise<unknown>
  /** Everything up to the head of this moment, in order. */
  read(options: ReadOptions): AsyncIterable<StoredEvent>
  /** As `read`, and then on for ever. */
  follow(options: ReadOptions): AsyncIterable<StoredEvent>
  close(): Promise<void>
}

/**
 * The promises and iterators of the reader reject with BUS_AWAY when the server or its stream is not there (any more).
 *
 * @throws HaError BUS_AWAY when no server answers within two seconds
 */
export async function openReader(access: BusAccess): Promise<BusReader> {
  const connection = await reach(access)
  const js = jetstream(connection)
  const manager = await jetstreamManager(connection, { checkAPI: false })

  async function consume(options: ReadOptions) {
    const consumer = await js.consumers.get(EVENT_STREAM, consumerOptions(options))
    const pending = (await consumer.info(true)).num_pending
    return { consumer, pending }
  }

  async function* upToNow(options: ReadOptions): AsyncIterable<StoredEvent> {
    const { consumer, pending } = await consume(options)
    // The server counts from the beginning when the moment lies in its future.
    const from = options.since instanceof Date ? options.since.getTime() : 0
    if (pending === 0 || from > Date.now()) return
    let left = pending
    for await (const message of await consumer.consume({ max_messages: Math.min(pending, 500) })) {
      yield toStored(message)
      left -= 1
      if (left === 0) return
    }
  }

  async function* forEver(options: ReadOptions): AsyncIterable<StoredEvent> {
    const { consumer } = await consume(options)
    for await (const message of await consumer.consume()) yield toStored(message)
  }

  async function state() {
    try {
      return (await manager.streams.info(EVENT_STREAM)).state
    } catch (cause) {
      throw asAway(cause, access)
    }
  }

  return {
    head: async () => (await state()).last_seq,
    isTrimmed: async () => (await state()).first_seq > 1,
    async snapshot(service) {
      const stored = Snapshot.safeParse(await readSnapshot(connection, service))
      return stored.success ? stored.data.state : null
    },
    read: (options) => translated(upToNow(options), access),
    follow: (options) => translated(forEver(options), access),
    close: () => connection.close(),
  }
}

async function* translated(events: AsyncIterable<StoredEvent>, access: BusAccess): AsyncIterable<StoredEvent> {
  try {
    yield* events
  } catch (cause) {
    throw asAway(cause, access)
  }
}

/** A stream that is not provisioned yet, or a server that went while it was read, is as away as one that is not there. */
function asAway(cause: unknown, { url }: BusAccess): unknown {
  const away = cause instanceof JetStreamApiError || cause instanceof ClosedConnectionError
  return away ? new HaError('BUS_AWAY', `the event log at ${url} cannot be read`, { cause }) : cause
}

const ANSWER_MS = 2_000

export async function reach({ url, user, password }: BusAccess): Promise<NatsConnection> {
  const dialled = connect({
    servers: url,
    user,
    pass: password,
    timeout: ANSWER_MS,
    reconnect: false,
    inboxPrefix: `_INBOX_${user}`,
  })
  try {
    return await withinMs(ANSWER_MS, dialled)
  } catch (cause) {
    throw new HaError('BUS_AWAY', `the event log at ${url} does not answer`, { cause })
  }
}

/** A server that is stopped still takes connections, by its kernel, and then says nothing: the client waits much longer. */
async function withinMs<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer in ${limitMs} ms`)), limitMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function consumerOptions({ filter, since, lastPerSubject }: ReadOptions): Partial<OrderedConsumerOptions> {
  // As text, not a list: only then the client names the consumer in the subject, where permissions can see it.
  const base = { filter_subjects: filter }
  if (lastPerSubject === true) return { ...base, deliver_policy: DeliverPolicy.LastPerSubject }
  if (since instanceof Date)
    return { ...base, deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }
  if (since !== undefined)
    return { ...base, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, since) }
  return { ...base, deliver_policy: DeliverPolicy.All }
}

function toStored(message: { data: Uint8Array; seq: number }): StoredEvent {
  const envelope = Envelope.parse(JSON.parse(new TextDecoder().decode(message.data)))
  return { envelope, position: message.seq, bytes: message.data }
}
