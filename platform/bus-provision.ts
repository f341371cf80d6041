import { JetStreamApiError, jetstreamManager, type StreamConfig, type StreamInfo } from '@nats-io/jetstream'
import { connect, type NatsConnection } from 'nats'
import type { BusAccess } from '#schemas/settings.ts'
import { EVENT_STREAM, type NodeName, SNAPSHOT_BUCKET, storedSubject, streamSubjects } from '#schemas/subjects.ts'
import { inboxPrefix } from './bus-link.ts'
import { HaError } from './errors.ts'

/** Before it, a kill -9 could make the server forget a stream (nats-server 2.10.20 to 2.10.22). */
const OLDEST_SERVER = [2, 10, 23]
/** Same id, same event: long enough for any retry over a living connection. */
const DUPLICATE_WINDOW_NS = 120 * 1_000_000_000

export interface LogLimits {
  /** Oldest event kept, milliseconds; null for ever. */
  maxAgeMs: number | null
  /** Size of the log, bytes; null without limit. */
  maxBytes: number | null
  /** What is free on the disk besides the log, bytes. A larger log is not asked for. */
  freeBytes: number
}

const NO_LIMITS: LogLimits = { maxAgeMs: null, maxBytes: null, freeBytes: 0 }
/** The smallest limit that is set, however full the disk is. */
const SMALLEST_BYTES = 16 * 1024 ** 2
const MEGABYTE = 1024 ** 2

/**
 * Makes sure of the event stream and the snapshot bucket, and that the server does what it was asked: old servers
 * ignore what they do not know. A limit takes effect at once, also on a log that is there already.
 *
 * @returns the size that the log is kept to, bytes; null without limit
 * @throws HaError BUS_DOWNGRADED naming what differs, BUS_TOO_OLD, BUS_PROVISION
 */
export async function provisionBus(
  access: BusAccess,
  name: NodeName,
  storage: 'file' | 'memory',
  limits: LogLimits = NO_LIMITS,
): Promise<number | null> {
  const nc = await connectOnce(access)
  try {
    checkVersion(nc.info?.version ?? '')
    const manager = await jetstreamManager(nc)
    const maxBytes = storage === 'file' ? await affordable(manager.streams, limits) : null
    // Memory holds events for a while, and what must reach a disk is in the outboxes: no limit there.
    const kept = storage === 'file' ? { ...limits, maxBytes } : NO_LIMITS
    await ensureStream(manager.streams, { name: EVENT_STREAM, ...eventStream(name, storage, kept) })
    await ensureStream(manager.streams, { name: `KV_${SNAPSHOT_BUCKET}`, ...snapshotStream(storage) })
    return maxBytes
  } catch (cause) {
    if (cause instanceof HaError) throw cause
    throw new HaError('BUS_PROVISION', 'cannot prepare the event log', { cause })
  } finally {
    await nc.close()
  }
}

type Wanted = Partial<StreamConfig> & { name: string }
/** Error code of the JetStream API. */
const STREAM_NOT_FOUND = 10_059

type Streams = Awaited<ReturnType<typeof jetstreamManager>>['streams']

/** No optimistic-concurrency headers: they wedge sourcing on older servers, and each source has one writer. */
function eventStream(name: NodeName, storage: 'file' | 'memory', limits: LogLimits): Partial<StreamConfig> {
  return {
    subjects: streamSubjects(name),
    storage,
    retention: 'limits',
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    duplicate_window: DUPLICATE_WINDOW_NS,
    max_age: (limits.maxAgeMs ?? 0) * 1_000_000,
    max_bytes: limits.maxBytes ?? -1,
    republish: { src: '>', dest: storedSubject('>') },
  }
}

/** What the key-value API expects of a bucket with one revision (ADR-8). */
function snapshotStream(storage: 'file' | 'memory'): Partial<StreamConfig> {
  return {
    subjects: [`$KV.${SNAPSHOT_BUCKET}.>`],
    storage,
    retention: 'limits',
    discard: 'new',
    max_msgs_per_subject: 1,
    deny_delete: true,
    allow_direct: true,
    allow_rollup_hdrs: true,
  }
}

/**
 * What of the size asked for the disk has room for, next to what the log takes already.
 * A tenth is left to others. In whole MB.
 */
async function affordable(streams: Streams, { maxBytes, freeBytes }: LogLimits): Promise<number | null> {
  if (maxBytes === null) return null
  const held = (await infoOf(streams, EVENT_STREAM))?.state.bytes ?? 0
  const room = Math.ceil((held + freeBytes * 0.9) / MEGABYTE) * MEGABYTE
  return Math.min(maxBytes, Math.max(SMALLEST_BYTES, room))
}

/** null when there is no such stream. */
function infoOf(streams: Streams, name: string): Promise<StreamInfo | null> {
  return streams.info(name).catch((cause: unknown) => {
    if (cause instanceof JetStreamApiError && cause.code === STREAM_NOT_FOUND) return null
    throw cause
  })
}

async function ensureStream(streams: Streams, wanted: Wanted): Promise<void> {
  const existing = await infoOf(streams, wanted.name)
  if (existing !== null && differences(wanted, existing.config).length === 0) return
  const { config } = existing === null ? await streams.add(wanted) : await streams.update(wanted.name, wanted)
  const differing = differences(wanted, config)
  if (differing.length === 0) return
  throw new HaError('BUS_DOWNGRADED', `the server keeps ${wanted.name} otherwise than asked: ${differing.join(', ')}`)
}

/** Names of the settings that are not as wanted. */
export function differences(wanted: object, actual: object): string[] {
  const found = new Map<string, unknown>(Object.entries(actual))
  return Object.entries(wanted)
    .filter(([key, value]) => !matches(value, found.get(key)))
    .map(([key]) => key)
}

function matches(wanted: unknown, actual: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) {
    // The server leaves out what is false or zero.
    return wanted === actual || (actual === undefined && (wanted === false || wanted === 0))
  }
  return typeof actual === 'object' && actual !== null && differences(wanted, actual).length === 0
}

/** @throws HaError BUS_TOO_OLD */
export function checkVersion(version: string): void {
  const parts = version.split(/[.-]/).map(Number)
  for (const [index, oldest] of OLDEST_SERVER.entries()) {
    const part = parts[index] ?? 0
    if (part > oldest) return
    if (part < oldest || Number.isNaN(part))
      throw new HaError('BUS_TOO_OLD', `nats-server ${version} is older than ${OLDEST_SERVER.join('.')}`)
  }
}

async function connectOnce({ url, user, password }: BusAccess): Promise<NatsConnection> {
  try {
    return await connect({ servers: url, user, pass: password, inboxPrefix: inboxPrefix(user), reconnect: false })
  } catch (cause) {
    throw new HaError('BUS_PROVISION', 'cannot reach the bus', { cause })
  }
}
