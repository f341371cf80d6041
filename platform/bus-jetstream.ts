/**
 * The few JetStream requests that services make, spoken as JSON over plain requests: a service then needs no more of
 * the client library than the connection, which saves memory six times over, and the server's answers are checked
 * here. Subjects and fields: nats.docs, "JetStream wire API reference".
 */
import { errors, headers, type Msg, type NatsConnection } from 'nats'
import * as z from 'zod'
import { EVENT_STREAM, SNAPSHOT_BUCKET } from '#schemas/subjects.ts'
import { HaError } from './errors.ts'

const API = '$JS.API'
/** A server that has not answered by then is taken for hung or overloaded, milliseconds. */
const PATIENCE_MS = 2_000
const NO_MESSAGE_FOUND = 10_037
const CONSUMER_NOT_FOUND = 10_014

const ApiError = z.object({ error: z.object({ err_code: z.number().optional(), description: z.string().optional() }) })

const PubAck = z.object({ seq: z.number().int(), duplicate: z.boolean().optional() })

const StreamReply = z.object({
  created: z.string(),
  config: z.object({ storage: z.enum(['file', 'memory']) }),
  state: z.object({ first_seq: z.number().int(), first_ts: z.string(), last_seq: z.number().int() }),
})

const StoredMessage = z.object({ message: z.object({ data: z.string().optional(), seq: z.number().int() }) })

const ConsumerReply = z.object({ num_pending: z.number().int().optional() })

export interface StreamState {
  /** RFC 3339; another one means another stream. */
  created: string
  storage: 'file' | 'memory'
  lastSequence: number
  /** When the oldest event kept was stored, wall milliseconds; null while none has left. */
  oldestMs: number | null
}

/** What a consumer is asked for; durations in milliseconds. */
export interface ConsumerRequest {
  name: string
  filters: string[]
  /** First sequence of the stream. */
  start: number
  kind: { type: 'replay' } | { type: 'durable'; parallel: number; patienceMs: number }
}

/** @throws HaError BUS_API or the client's own errors */
export async function streamState(nc: NatsConnection, stream = EVENT_STREAM): Promise<StreamState> {
  const { created, config, state } = await ask(nc, `${API}.STREAM.INFO.${stream}`, {}, StreamReply)
  const oldestMs = state.first_seq > 1 ? Date.parse(state.first_ts) : null
  return { created, storage: config.storage, lastSequence: state.last_seq, oldestMs }
}

/** The last event whose subject matches; null when there is none. */
export async function lastMessage(nc: NatsConnection, filter: string): Promise<Uint8Array | null> {
  const reply = await call(nc, `${API}.STREAM.MSG.GET.${EVENT_STREAM}`, { last_by_subj: filter })
  const failure = ApiError.safeParse(reply)
  if (failure.success && failure.data.error.err_code === NO_MESSAGE_FOUND) return null
  return Buffer.from(checked(reply, StoredMessage).message.data ?? '', 'base64')
}

/** Stores a message under its id and waits for the acknowledgement. */
export async function storeMessage(nc: NatsConnection, subject: string, bytes: Uint8Array, id: string | null) {
  const hdrs = headers()
  if (id !== null) hdrs.set('Nats-Msg-Id', id)
  const reply = await nc.request(subject, bytes, { timeout: PATIENCE_MS, headers: hdrs })
  const { seq, duplicate } = checked(reply.json(), PubAck)
  return { sequence: seq, duplicate: duplicate === true }
}

/** A key of the snapshot bucket; null when it has no value, or when there is no bucket, as on a fresh node. */
export async function readSnapshot(nc: NatsConnection, key: string): Promise<unknown> {
  const subject = `${API}.DIRECT.GET.KV_${SNAPSHOT_BUCKET}.$KV.${SNAPSHOT_BUCKET}.${key}`
  try {
    const reply = await nc.request(subject, '', { timeout: PATIENCE_MS })
    return isStatus(reply) || reply.data.length === 0 ? null : reply.json()
  } catch (cause) {
    if (cause instanceof errors.RequestError && cause.isNoResponders()) return null
    throw cause
  }
}

export async function writeSnapshot(nc: NatsConnection, key: string, value: unknown): Promise<void> {
  await storeMessage(nc, `$KV.${SNAPSHOT_BUCKET}.${key}`, new TextEncoder().encode(JSON.stringify(value)), null)
}

/** Creates a pull consumer, or finds its durable in place. Returns how many messages wait for it. */
export async function addConsumer(nc: NatsConnection, request: ConsumerRequest): Promise<number> {
  const { name, filters, start, kind } = request
  const common = { name, filter_subjects: filters, ...startAt(start) }
  const config =
    kind.type === 'replay'
      ? { ...common, ack_policy: 'none', mem_storage: true, inactive_threshold: nanos(5_000), num_replicas: 1 }
      : {
          ...common,
          durable_name: name,
          ack_policy: 'explicit',
          ack_wait: nanos(kind.patienceMs),
          max_ack_pending: kind.parallel,
          max_deliver: -1,
        }
  const body = { stream_name: EVENT_STREAM, config }
  const reply = await ask(nc, `${API}.CONSUMER.CREATE.${EVENT_STREAM}.${name}`, body, ConsumerReply)
  return reply.num_pending ?? 0
}

/** True when the durable is there. */
export async function hasConsumer(nc: NatsConnection, name: string): Promise<boolean> {
  const reply = await call(nc, `${API}.CONSUMER.INFO.${EVENT_STREAM}.${name}`, {})
  const failure = ApiError.safeParse(reply)
  if (failure.success && failure.data.error.err_code === CONSUMER_NOT_FOUND) return false
  checked(reply, ConsumerReply)
  return true
}

/** A consumer that is not there is as good as removed. */
export async function removeConsumer(nc: NatsConnection, name: string): Promise<void> {
  await call(nc, `${API}.CONSUMER.DELETE.${EVENT_STREAM}.${name}`, {})
}

/** Asks for the next messages, to be delivered to `inbox`; `expiresMs` 0: only what is there now. */
export function pullNext(nc: NatsConnection, name: string, batch: number, expiresMs: number, inbox: string): void {
  const wanted = expiresMs === 0 ? { batch, no_wait: true } : { batch, expires: nanos(expiresMs) }
  nc.publish(`${API}.CONSUMER.MSG.NEXT.${EVENT_STREAM}.${name}`, JSON.stringify(wanted), { reply: inbox })
}

/** What a delivered message's reply subject tells of it; null for a message that no consumer delivered. */
export function deliveryOf(message: Msg): { sequence: number; pending: number } | null {
  // $JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>[.<token>]
  const tokens = message.reply?.split('.') ?? []
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return null
  const first = tokens.length > 9 ? 4 : 2
  return { sequence: Number(tokens[first + 3]), pending: Number(tokens[first + 6]) }
}

/** Status messages carry no data and a code: 404 none, 408 expired, 409 gone, 503 nobody there. */
export function isStatus(message: Msg): boolean {
  return message.data.length === 0 && message.headers !== undefined && message.headers.code >= 400
}

function startAt(start: number) {
  return start <= 1 ? { deliver_policy: 'all' } : { deliver_policy: 'by_start_sequence', opt_start_seq: start }
}

function nanos(ms: number): number {
  return ms * 1_000_000
}

async function call(nc: NatsConnection, subject: string, body: unknown): Promise<unknown> {
  const reply = await nc.request(subject, JSON.stringify(body), { timeout: PATIENCE_MS })
  return reply.json()
}

async function ask<T>(nc: NatsConnection, subject: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  return checked(await call(nc, subject, body), schema)
}

function checked<T>(reply: unknown, schema: z.ZodType<T>): T {
  const failure = ApiError.safeParse(reply)
  if (failure.success) {
    const { err_code, description } = failure.data.error
    throw new HaError('BUS_API', `${description ?? 'refused'} (${err_code ?? 'no code'})`)
  }
  const parsed = schema.safeParse(reply)
  if (!parsed.success)
    throw new HaError('BUS_API', 'an answer of the bus has another shape than expected', { cause: parsed.error })
  return parsed.data
}
