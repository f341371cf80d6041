import type { Envelope } from '#schemas/envelope.ts'
import { compareCreation, creationOf } from './chain.ts'

/** How many delivered ids are remembered of each source; more than live copies ever run ahead. */
const REMEMBERED = 2_048

/** The last event of a source that is in somebody's state. */
export interface Delivered {
  sequence: number
  id: string
}

export type DeliveredBySource = Record<string, Delivered>

/** Turns live copies and records, which come twice and overtake each other, into each event once and in order. */
export interface Order {
  /**
   * What may be handed over now that this event is here.
   *
   * @param settled true for a record out of the stream, which nothing of its source can precede any more
   */
  take(event: Envelope, settled: boolean): Envelope[]
  /** All of the stream has been taken: a source not seen in it has yet to make its first event. */
  begin(): void
  /** Gives up waiting for what is missing before the held copies. */
  release(): Envelope[]
  /** Id of a copy that waits for an earlier event of its source; null when none does. */
  waiting(): string | null
  delivered(): DeliveredBySource
}

interface SourceOrder {
  seen: Map<string, number>
  /** Everything made up to here counts as seen. */
  floor: Delivered | null
  top: Delivered | null
  held: Map<number, Envelope>
}

/**
 * @param gapless whether the subscriptions carry every event of their sources, so that a missing number means an
 *   event still to come
 */
export function createOrder(baseline: DeliveredBySource, gapless: boolean): Order {
  const sources = new Map<string, SourceOrder>()
  /** Where a source stands of which nothing was seen. */
  let unknown = Number.POSITIVE_INFINITY
  for (const [source, last] of Object.entries(baseline)) sources.set(source, emptyOrder(last))

  /** The event, and the held ones that it was missing for. */
  function hand(order: SourceOrder, event: Envelope): Envelope[] {
    const ready: Envelope[] = []
    for (let next: Envelope | undefined = event; next !== undefined; next = order.held.get(next.sequence + 1)) {
      order.held.delete(next.sequence)
      if (isSeen(order, next)) continue
      remember(order, next)
      ready.push(next)
    }
    return ready
  }

  return {
    take(event, settled) {
      const order = sources.get(event.source) ?? emptyOrder(null)
      sources.set(event.source, order)
      if (isSeen(order, event)) return []
      if (settled || !gapless || event.sequence <= (order.top?.sequence ?? unknown) + 1) return hand(order, event)
      order.held.set(event.sequence, event)
      return []
    },
    begin() {
      unknown = 0
    },
    release() {
      return [...sources.values()].flatMap((order) => {
        const waiting = [...order.held.values()].sort((a, b) => a.sequence - b.sequence)
        order.held.clear()
        return waiting.flatMap((event) => hand(order, event))
      })
    },
    waiting() {
      for (const { held } of sources.values()) for (const { id } of held.values()) return id
      return null
    },
    delivered: () =>
      Object.fromEntries([...sources].flatMap(([source, { top }]) => (top === null ? [] : [[source, top]]))),
  }
}

function emptyOrder(last: Delivered | null): SourceOrder {
  return { seen: new Map(), floor: last, top: last, held: new Map() }
}

function isSeen({ seen, floor }: SourceOrder, { id, sequence }: Envelope): boolean {
  if (seen.has(id)) return true
  if (floor === null || sequence > floor.sequence) return false
  // A source whose spool and store are both gone begins at 1 again, but in a later run.
  return compareCreation(creationOf(id), creationOf(floor.id)) <= 0
}

function remember(order: SourceOrder, { id, sequence }: Envelope): void {
  order.seen.set(id, sequence)
  if (order.top === null || compareCreation(creationOf(id), creationOf(order.top.id)) > 0) order.top = { sequence, id }
  if (order.seen.size <= REMEMBERED) return
  const oldest = order.seen.entries().next().value
  if (oldest === undefined) return
  order.seen.delete(oldest[0])
  order.floor = { sequence: oldest[1], id: oldest[0] }
}
