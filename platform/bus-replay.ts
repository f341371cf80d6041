import type { NatsConnection } from 'nats'
import type { Envelope } from '#schemas/envelope.ts'
import { addConsumer, deliveryOf, isStatus, pullNext, removeConsumer, streamState } from './bus-jetstream.ts'
import { inboxPrefix } from './bus-link.ts'
import { createParser, guarded } from './bus-message.ts'
import { HaError } from './errors.ts'
import type { Log } from './log.ts'

/** Messages asked for at a time: large enough that asking costs nothing. */
const BATCH = 5_000
/** A replay in which nothing arrives for this long has broken. */
const STALLED_MS = 5_000

/** How far somebody has come in the stream. */
export interface Place {
  /** When the stream was created: another one counts from 1 again. null before the first replay. */
  stream: string | null
  /** Everything up to here has been handed over; a replay begins after it. */
  position: number
  /** Highest place of anything handed over. */
  reached: number
}

export interface ReplayDeps {
  filters: string[]
  user: string
  /** Name of the consumer that replays; one of those the user may create. */
  consumer: string
  log: Log
}

type Accept = (event: Envelope, position: number) => void

/**
 * Hands over what the stream has behind `place`, and moves it to where the stream ended.
 *
 * @throws HaError BUS_API or the client's own errors; what was handed over by then has moved the place
 */
export async function replay(nc: NatsConnection, place: Place, deps: ReplayDeps, accept: Accept): Promise<void> {
  const state = await streamState(nc)
  // A stream moved aside or kept in memory for a while counts from 1 again.
  if ((place.stream !== null && place.stream !== state.created) || state.lastSequence < place.position) {
    place.position = 0
    place.reached = 0
  }
  place.stream = state.created
  if (state.lastSequence === place.position) return
  await removeConsumer(nc, deps.consumer)
  const request = { name: deps.consumer, filters: deps.filters, start: place.position + 1 }
  const pending = await addConsumer(nc, { ...request, kind: { type: 'replay' } })
  if (pending > 0) {
    await pullAll(nc, deps, (event, position) => {
      accept(event, position)
      place.position = Math.max(place.position, position)
    })
  }
  // Tidiness only: what is left over is removed before the next replay, and by the server when nobody uses it.
  void removeConsumer(nc, deps.consumer).catch(() => undefined)
  // Events that the filters leave out count as handed over.
  place.position = Math.max(place.position, state.lastSequence)
}

/** Pulls everything that a fresh consumer has, in batches. A connection that is lost meanwhile counts as a stall. */
function pullAll(nc: NatsConnection, { consumer, user, log }: ReplayDeps, accept: Accept): Promise<void> {
  const inbox = `${inboxPrefix(user)}.replay.${consumer}.${crypto.randomUUID()}`
  const parse = createParser(log)
  return new Promise((resolve, reject) => {
    let inBatch = 0
    const stall = setTimeout(() => end(new HaError('BUS_API', 'the replay stalled')), STALLED_MS).unref()
    const subscription = nc.subscribe(inbox, {
      callback(error, message) {
        stall.refresh()
        if (error !== null) return end(error)
        const delivery = deliveryOf(message)
        if (delivery === null)
          return isStatus(message) ? end(new HaError('BUS_API', 'the replay was cut off')) : undefined
        const event = parse(message)
        if (event !== null) guarded(() => accept(event, delivery.sequence))
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
    pull()
  })
}
