import type { NatsConnection } from 'nats'
import { z } from 'zod'
import type { Follower } from './bus-follow.ts'
import { readSnapshot, streamState } from './bus-jetstream.ts'
import type { Delivered, DeliveredBySource } from './bus-order.ts'
import type { Snapshot } from './bus-port.ts'

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

/** null when there is none, or one of another shape, version or stream: all of which mean a longer replay. */
export async function loadStored(nc: NatsConnection, key: string, version: number): Promise<StoredSnapshot | null> {
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
