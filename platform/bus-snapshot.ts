import type { NatsConnection } from 'nats'
import * as z from 'zod'
import type { Follower } from './bus-follow.ts'
import { readSnapshot, streamState, writeSnapshot } from './bus-jetstream.ts'
import type { Delivered, DeliveredBySource } from './bus-order.ts'
import type { Snapshot } from './bus-port.ts'
import type { Session } from './bus-session.ts'
import { describeError } from './errors.ts'
import type { Log } from './log.ts'

/** How long a start waits for its snapshot: without one the whole log is replayed. */
const PATIENCE_MS = 1_500

/** A snapshot as it lies in the bucket. */
const StoredSnapshot = z.object({
  version: z.number().int(),
  position: z.number().int(),
  state: z.unknown(),
  /** The stream that `position` belongs to. */
  stream: z.string(),
  /** The last event of each source that is in the state: a replay skips what is not newer. */
  delivered: z.record(z.string(), z.object({ sequence: z.number().int(), id: z.string() })),
})
export type StoredSnapshot = z.infer<typeof StoredSnapshot>

export interface SnapshotDeps {
  /** The service's key in the bucket. */
  key: string
  session: Session
  followers: Follower[]
  /** The last event of the service's own. */
  last(): (Delivered & { source: string }) | null
  log: Log
}

/** The service's snapshot in the bucket: read once at the start, written again and again. */
export function createSnapshots({ key, session, followers, last, log }: SnapshotDeps) {
  let loaded: StoredSnapshot | null = null
  return {
    async load(version: number): Promise<Snapshot | null> {
      try {
        const nc = await session.connected(PATIENCE_MS)
        const found = nc === null ? null : await loadStored(nc, key, version)
        if (found === null) return null
        loaded = found
        return { version, position: found.position, state: found.state }
      } catch (cause) {
        log.warn({ err: describeError(cause) }, 'starts without a snapshot')
        return null
      }
    },
    async save(snapshot: Snapshot): Promise<void> {
      const nc = session.current()
      if (nc === null) return
      // Completed before anything is awaited: what arrives later is not in the state.
      const complete = completeSnapshot(snapshot, followers, last())
      if (complete === null) return
      await writeSnapshot(nc, key, complete).catch((cause: unknown) =>
        log.warn({ err: describeError(cause) }, 'cannot save the snapshot'),
      )
    },
    /** What a replay after this position knows to be in the state: all that the snapshot holds, if it is of there. */
    baseline: (after: number): DeliveredBySource =>
      loaded !== null && after > 0 && loaded.position === after ? loaded.delivered : {},
  }
}

/** null when there is none, or one of another shape, version or stream: all of which mean a longer replay. */
async function loadStored(nc: NatsConnection, key: string, version: number): Promise<StoredSnapshot | null> {
  const parsed = StoredSnapshot.safeParse(await readSnapshot(nc, key))
  if (!parsed.success || parsed.data.version !== version) return null
  const { created } = await streamState(nc)
  return parsed.data.stream === created ? parsed.data : null
}

/**
 * A snapshot with what the bus knows better than the service: live events come before their place in the stream is
 * known, so the position is where the followers are by now. null while one of them is still reading.
 */
export function completeSnapshot(
  snapshot: Snapshot,
  followers: Pick<Follower, 'reached' | 'delivered'>[],
  own: (Delivered & { source: string }) | null,
): StoredSnapshot | null {
  const places = followers.map((follower) => follower.reached())
  const [first] = places
  if (first === undefined || first === null) return null
  const delivered: DeliveredBySource = {}
  for (const follower of followers) Object.assign(delivered, follower.delivered())
  if (own !== null) delivered[own.source] = { sequence: own.sequence, id: own.id }
  let position = first.position
  for (const place of places) {
    if (place === null || place.stream !== first.stream) return null
    position = Math.min(position, place.position)
  }
  return { ...snapshot, position, delivered, stream: first.stream }
}
