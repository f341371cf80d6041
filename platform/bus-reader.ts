import { DeliverPolicy, jetstream, jetstreamManager, type OrderedConsumerOptions } from '@nats-io/jetstream'
import { connect, type NatsConnection } from 'nats'
import { Envelope } from '#schemas/envelope.ts'
import type { BusAccess } from '#schemas/settings.ts'
import { EVENT_STREAM } from '#schemas/subjects.ts'
import { HaError } from './errors.ts'

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
  /** Everything up to the head of this moment, in order. */
  read(options: ReadOptions): AsyncIterable<StoredEvent>
  /** As `read`, and then on for ever. */
  follow(options: ReadOptions): AsyncIterable<StoredEvent>
  close(): Promise<void>
}

/** @throws HaError BUS_AWAY when no server answers within two seconds */
export async function openReader(access: BusAccess): Promise<BusReader> {
  const connection = await reach(access)
  const js = jetstream(connection)
  const manager = await jetstreamManager(connection, { checkAPI: false })

  async function consume(options: ReadOptions) {
    const consumer = await js.consumers.get(EVENT_STREAM, consumerOptions(options))
    const pending = (await consumer.info(true)).num_pending
    return { consumer, pending }
  }

  return {
    head: async () => (await manager.streams.info(EVENT_STREAM)).state.last_seq,
    async *read(options) {
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
    },
    async *follow(options) {
      const { consumer } = await consume(options)
      for await (const message of await consumer.consume()) yield toStored(message)
    },
    close: () => connection.close(),
  }
}

async function reach({ url, user, password }: BusAccess): Promise<NatsConnection> {
  try {
    return await connect({
      servers: url,
      user,
      pass: password,
      timeout: 2_000,
      reconnect: false,
      inboxPrefix: `_INBOX_${user}`,
    })
  } catch (cause) {
    throw new HaError('BUS_AWAY', `the event log at ${url} does not answer`, { cause })
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
