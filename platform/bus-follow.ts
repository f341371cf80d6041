import type { Msg, NatsConnection } from 'nats'
import type { Envelope } from '#schemas/envelope.ts'
import { liveSubject, storedSubject } from '#schemas/subjects.ts'
import { addConsumer, deliveryOf, isStatus, pullNext, removeConsumer, streamState } from './bus-jetstream.ts'
import { inboxPrefix } from './bus-link.ts'
import { createOrder, type DeliveredBySource, type Order } from './bus-order.ts'
import type { FollowOptions } from './bus-port.ts'
import { readEvent } from './chain.ts'
import { describeError, HaError } from './errors.ts'
import type { Log } from './log.ts'

/** Messages asked for at a time: large enough that asking costs nothing. */
const BATCH = 5_000
/** A replay in which nothing arrives for this long has broken. */
const STALLED_MS = 5_000
/** Live events wait this long for a replay; a bus without a store must not keep them back. */
const REPLAY_PATIENCE_MS = 1_000
/** Copies out of order wait this long for the missing one before the stream is asked. */
const HOLD_MS = 250
/** A producer that died without its spool never sends the missing one: so many looks without any progress. */
const LONGEST_LOOKS = 12
const RETRY_MS = 200

export interface FollowDeps {
  options: FollowOptions
  user: string
  /** Name of the consumer that replays; one of those the user may create. */
  consumer: string
  baseline: DeliveredBySource
  /** Events of this run of the process come from the caller itself. */
  isOwn(id: string): boolean
  /** Resolves when own events of an earlier run have been stored, or after a short while. */
  ready(): Promise<void>
  observe(hlc: string): void
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

interface Heard {
  event: Envelope
  /** Place in the stream; null for what is not stored yet. */
  position: number | null
}

/**
 * Hands events over from three sources: the stream (replay), the subjects themselves (the fast path, before the store
 * has them) with their live copies, and the server's republication of what has been stored, which tells the place in
 * the stream and shows what the fast path missed.
 */
export function createFollower(deps: FollowDeps): Follower {
  const { options, log } = deps
  const gapless = options.filters.every(coversSources)
  const order = createOrder(deps.baseline, gapless)
  /** Everything up to here has been handed over; a replay begins after it. */
  let position = options.after
  /** Highest place in the stream of anything handed over. */
  let reached = 0
  let stream: string | null = null
  let caughtUp = false
  let session: NatsConnection | null = null
  let replaying: NatsConnection | null = null
  /** What is heard while it cannot be told yet where in the order it belongs. */
  let buffer: Heard[] | null = null
  /** Set while the bus has no store to replay from. */
  let early: Order | null = null
  let holdTimer: NodeJS.Timeout | null = null
  let lookedFor: string | null = null
  let looks = 0

  function handOver(events: Envelope[], at: number | null): void {
    for (const event of events) {
      if (deps.isOwn(event.id)) continue
      deps.observe(event.hlc)
      options.onEvent(event, caughtUp ? 'live' : 'replay', at)
    }
  }

  function accept({ event, position: at }: Heard, settled: boolean): void {
    handOver(order.take(event, settled), at)
    if (at !== null) reached = Math.max(reached, at)
  }

  function hear(heard: Heard): void {
    if (buffer !== null) {
      buffer.push(heard)
      if (early !== null) showEarly(early, heard)
      return
    }
    // Before the replay is through, what is stored now says nothing of what was stored before.
    const steady = replaying !== session
    accept(heard, steady && heard.position !== null)
    if (steady) position = Math.max(position, reached)
    watchHeld()
  }

  /** Looks again and again whether the stream has what held copies wait for; in the end they go without it. */
  function watchHeld(): void {
    const first = order.waiting()
    if (first === null || holdTimer !== null) return
    looks = first === lookedFor ? looks + 1 : 0
    lookedFor = first
    if (looks > LONGEST_LOOKS) handOver(order.release(), null)
    else
      holdTimer = setTimeout(() => {
        holdTimer = null
        if (order.waiting() === null || session === null) return
        if (replaying === session) watchHeld()
        else void catchUp(session)
      }, HOLD_MS)
  }

  function subscribe(nc: NatsConnection): void {
    const parse = createParser(log)
    for (const filter of options.filters) {
      const fast = (error: Error | null, message: Msg) => {
        const event = error === null ? parse(message) : null
        if (event !== null) guarded(() => hear({ event, position: null }))
      }
      nc.subscribe(filter, { callback: fast })
      nc.subscribe(liveSubject(filter), { callback: fast })
      nc.subscribe(storedSubject(filter), {
        callback(error, message) {
          const at = Number(message.headers?.get('Nats-Sequence'))
          const event = error === null ? parse(message) : null
          if (event !== null && at > 0) guarded(() => hear({ event, position: at }))
        },
      })
    }
  }

  /** Reads what the stream has after `position`. Without gaps the numbers alone keep the order of what comes live. */
  async function catchUp(nc: NatsConnection): Promise<void> {
    replaying = nc
    buffer = caughtUp && gapless ? null : []
    const patience = performance.now() + REPLAY_PATIENCE_MS
    while (nc === session) {
      try {
        await replay(nc)
        break
      } catch (cause) {
        if (nc !== session) return
        log.debug({ err: describeError(cause) }, 'cannot replay the event log yet')
        if (performance.now() > patience) guarded(showWhatIsHeard)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    if (nc !== session) return
    replaying = null
    guarded(goLive)
  }

  function goLive(): void {
    early = null
    if (!caughtUp) {
      caughtUp = true
      if (options.after === 0 || Object.keys(deps.baseline).length > 0) order.begin()
      options.onCaughtUp()
    }
    const waiting = buffer ?? []
    buffer = null
    for (const heard of waiting) accept(heard, heard.position !== null)
    position = Math.max(position, reached)
    watchHeld()
  }

  /** Without a stream an event's place in the order is unknown: it is handed over again after the replay. */
  function showEarly(shown: Order, { event }: Heard): void {
    for (const once of shown.take(event, true)) {
      if (!deps.isOwn(once.id)) options.onEvent(once, 'live', null)
    }
  }

  function showWhatIsHeard(): void {
    if (early !== null) return
    const shown = createOrder({}, false)
    early = shown
    for (const heard of buffer ?? []) showEarly(shown, heard)
  }

  async function replay(nc: NatsConnection): Promise<void> {
    if (!caughtUp) await deps.ready()
    const state = await streamState(nc)
    // A stream moved aside or kept in memory for a while counts from 1 again.
    if ((stream !== null && stream !== state.created) || state.lastSequence < position) {
      position = 0
      reached = 0
    }
    stream = state.created
    if (state.lastSequence === position) return
    await removeConsumer(nc, deps.consumer)
    const request = { name: deps.consumer, filters: options.filters, start: position + 1 }
    const pending = await addConsumer(nc, { ...request, kind: { type: 'replay' } })
    if (pending > 0) await pullAll(nc, deps, takeRecord)
    void removeConsumer(nc, deps.consumer).catch(() => undefined)
    // Events that the filters leave out count as handed over.
    position = Math.max(position, state.lastSequence)
  }

  function takeRecord(heard: Heard): void {
    accept(heard, true)
    position = Math.max(position, heard.position ?? 0)
  }

  return {
    attach(nc) {
      session = nc
      subscribe(nc)
      void catchUp(nc)
    },
    detach() {
      session = null
    },
    reached: () => (stream === null || session === null || replaying === session ? null : { stream, position }),
    delivered: order.delivered,
  }
}

/** Pulls everything that a fresh consumer has, in batches. */
function pullAll(
  nc: NatsConnection,
  { consumer, user, log }: FollowDeps,
  accept: (heard: Heard) => void,
): Promise<void> {
  const inbox = `${inboxPrefix(user)}.replay.${consumer}.${crypto.randomUUID()}`
  const parse = createParser(log)
  return new Promise((resolve, reject) => {
    let inBatch = 0
    const stall = setTimeout(() => end(new HaError('BUS_API', 'the replay stalled')), STALLED_MS)
    const subscription = nc.subscribe(inbox, {
      callback(error, message) {
        stall.refresh()
        const delivery = deliveryOf(message)
        if (error !== null) return end(error)
        if (delivery === null)
          return isStatus(message) ? end(new HaError('BUS_API', 'the replay was cut off')) : undefined
        const event = parse(message)
        if (event !== null) guarded(() => accept({ event, position: delivery.sequence }))
        inBatch += 1
        if (delivery.pending === 0) return end(null)
        if (inBatch === BATCH) pull()
      },
    })
    const pull = () => {
      inBatch = 0
      pullNext(nc, consumer, BATCH, 0, inbox)
    }
    const end = (error: Error | null) => {
      clearTimeout(stall)
      subscription.unsubscribe()
      if (error === null) resolve()
      else reject(error)
    }
    void nc.closed().then(() => end(new HaError('BUS_API', 'the connection was lost during a replay')))
    pull()
  })
}

/** Reads messages into events; what is none is logged once for its subject and skipped. */
export function createParser(log: Log): (message: Msg) => Envelope | null {
  const complained = new Set<string>()
  return (message) => {
    const event = readEvent(message.data)
    if (event === null && !complained.has(message.subject)) {
      complained.add(message.subject)
      log.warn({ subject: message.subject }, 'skipped a message that is no event')
    }
    return event
  }
}

/** True when a filter carries every event of the sources it touches: `ha.<site>.<node>.<service>.>` or wider. */
function coversSources(filter: string): boolean {
  return filter.endsWith('>') && filter.split('.').length <= 5
}

/** A listener that throws is a bug and ends the process; inside the client it would only break the connection. */
export function guarded(run: () => void): void {
  try {
    run()
  } catch (bug) {
    process.nextTick(() => {
      throw bug
    })
  }
}
