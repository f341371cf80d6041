import { JetStreamApiError, jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
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
  /** Oldest event kept, milliseconds; 0 for ever. */
  maxAgeMs: number
  /** Size of the log, bytes; -1 without limit. */
  maxBytes: number
}

const NO_LIMITS: LogLimits = { maxAgeMs: 0, maxBytes: -1 }

/**
 * Makes sure of the event stream and the snapshot bucket, and that the server does what it was asked: old servers
 * ignore what they do not know.
 *
 * @throws HaError BUS_DOWNGRADED naming what differs, BUS_TOO_OLD, BUS_PROVISION
 */
export async function provisionBus(
  access: BusAccess,
  name: NodeName,
  storage: 'file' | 'memory',
  limits: LogLimits = NO_LIMITS,
): Promise<void> {
  const nc = await connectOnce(access)
  try {
    checkVersion(nc.info?.version ?? '')
    const manager = await jetstreamManager(nc)
    await ensureStream(manager.streams, { name: EVENT_STREAM, ...eventStream(name, storage, limits) })
    await ensureStream(manager.streams, { name: `KV_${SNAPSHOT_BUCKET}`, ...snapshotStream(storage) })
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
    max_age: limits.maxAgeMs * 1_000_000,
    max_bytes: limits.maxBytes,
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

async function ensureStream(streams: Streams, wanted: Wanted): Promise<void> {
  const existing = await streams.info(wanted.name).catch((cause: unknown) => {
    if (cause instanceof JetStreamApiError && cause.code === STREAM_NOT_FOUND) return null
    throw cause
  })
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
