import type { Msg, NatsConnection } from 'nats'
import { liveSubject, storedSubject } from '#schemas/subjects.ts'
import { createDelivery, createHoldWatch, createPreview, type DeliveryDeps, type Heard } from './bus-delivery.ts'
import { createParser, guarded } from './bus-message.ts'
import type { DeliveredBySource } from './bus-order.ts'
import { replay } from './bus-replay.ts'
import { describeError } from './errors.ts'
import type { Log } from './log.ts'

/** Live events wait this long for a replay; a bus without a store must not keep them back. */
const REPLAY_PATIENCE_MS = 1_000
const RETRY_MS = 200

export interface FollowDeps extends DeliveryDeps {
  user: string
  /** Name of the consumer that replays; one of those the user may create. */
  consumer: string
  /** Resolves when own events of an earlier run have been stored, or after a short while. */
  ready(): Promise<void>
  log: Log
}

export interface Follower {
  attach(nc: NatsConnection): void
  detach(): void
  /** Where in which stream everything before has been handed over; null while a replay is under way. */
  reached(): Reached | null
  delivered(): DeliveredBySource
}

export interface Reached {
  /** When the stream was created: another one counts from 1 again. */
  stream: string
  position: number
}

/**
 * Hands events over from three sources: the stream (replay), the subjects themselves (the fast path, before the store
 * has them) with their live copies, and the server's republication of what has been stored, which tells the place in
 * the stream and shows what the fast path missed.
 */
export function createFollower(deps: FollowDeps): Follower {
  const { filters } = deps.options
  const gapless = filters.every(coversSources)
  const delivery = createDelivery(deps, gapless)
  const preview = createPreview(deps)
  let session: NatsConnection | null = null
  let replaying: NatsConnection | null = null
  /** What is heard while it cannot be told yet where in the order it belongs. */
  let buffer: Heard[] | null = null

  const watchHeld = createHoldWatch(delivery, () => {
    // A replay that is under way brings the missing one, or ends in another watch.
    if (session !== null && replaying !== session) void catchUp(session)
  })

  function hear(heard: Heard): void {
    if (buffer !== null) {
      buffer.push(heard)
      preview.show(heard)
      return
    }
    // Before the replay is through, what is stored now says nothing of what was stored before.
    const steady = replaying !== session
    delivery.accept(heard, steady && heard.position !== null)
    if (steady) delivery.settle()
    watchHeld()
  }

  /** Reads what the stream has by now. Without gaps the numbers alone keep the order of what comes live. */
  async function catchUp(nc: NatsConnection): Promise<void> {
    replaying = nc
    buffer = delivery.isLive() && gapless ? null : []
    const patience = performance.now() + REPLAY_PATIENCE_MS
    while (nc === session && !(await hasReplayed(nc))) {
      if (nc === session && performance.now() > patience) guarded(() => preview.begin(buffer ?? []))
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    if (nc !== session) return
    replaying = null
    guarded(goLive)
  }

  async function hasReplayed(nc: NatsConnection): Promise<boolean> {
    try {
      if (!delivery.isLive()) await deps.ready()
      await replay(nc, delivery.place, { ...deps, filters }, (event, position) =>
        delivery.accept({ event, position }, true),
      )
      return true
    } catch (cause) {
      if (nc === session) deps.log.debug({ err: describeError(cause) }, 'cannot replay the event log yet')
      return false
    }
  }

  function goLive(): void {
    preview.end()
    delivery.goLive()
    for (const heard of buffer ?? []) delivery.accept(heard, heard.position !== null)
    buffer = null
    delivery.settle()
    watchHeld()
  }

  return {
    attach(nc) {
      session = nc
      subscribe(nc, deps, hear)
      void catchUp(nc)
    },
    detach() {
      session = null
    },
    reached() {
      const { stream, position } = delivery.place
      return stream === null || session === null || replaying === session ? null : { stream, position }
    },
    delivered: delivery.delivered,
  }
}

function subscribe(nc: NatsConnection, { options, log }: FollowDeps, hear: (heard: Heard) => void): void {
  const parse = createParser(log)
  const fast = (error: Error | null, message: Msg) => {
    const event = error === null ? parse(message) : null
    if (event !== null) guarded(() => hear({ event, position: null }))
  }
  const stored = (error: Error | null, message: Msg) => {
    const position = Number(message.headers?.get('Nats-Sequence'))
    const event = error === null ? parse(message) : null
    if (event !== null && position > 0) guarded(() => hear({ event, position }))
  }
  for (const filter of options.filters) {
    nc.subscribe(filter, { callback: fast })
    nc.subscribe(liveSubject(filter), { callback: fast })
    nc.subscribe(storedSubject(filter), { callback: stored })
  }
}

/** True when a filter carries every event of the sources it touches: `ha.<site>.<node>.<service>.>` or wider. */
function coversSources(filter: string): boolean {
  return filter.endsWith('>') && filter.split('.').length <= 5
}
