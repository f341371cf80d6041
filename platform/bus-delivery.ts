/** What a follower's listener gets, and when: each event once and in order. */
import type { Envelope } from '#schemas/envelope.ts'
import { createOrder, type DeliveredBySource } from './bus-order.ts'
import type { FollowOptions } from './bus-port.ts'
import type { Place } from './bus-replay.ts'

/** Copies out of order wait this long for the missing one before the stream is asked, milliseconds. */
const HOLD_MS = 250
/** A producer that died without its spool never sends the missing one: so many looks without any progress. */
const LONGEST_LOOKS = 12

export interface Heard {
  event: Envelope
  /** Place in the stream; null for what is not stored yet. */
  position: number | null
}

export interface DeliveryDeps {
  options: FollowOptions
  baseline: DeliveredBySource
  /** Events of this run of the process come from the caller itself. */
  isOwn(id: string): boolean
  observe(hlc: string): void
}

export type Delivery = ReturnType<typeof createDelivery>

/** @param gapless whether the filters carry every event of their sources */
export function createDelivery({ options, baseline, isOwn, observe }: DeliveryDeps, gapless: boolean) {
  const order = createOrder(baseline, gapless)
  const place: Place = { stream: null, position: options.after, reached: 0 }
  let live = false

  function handOver(events: Envelope[], at: number | null): void {
    for (const event of events) {
      if (isOwn(event.id)) continue
      observe(event.hlc)
      options.onEvent(event, live ? 'live' : 'replay', at)
    }
  }

  return {
    place,
    isLive: () => live,
    waiting: order.waiting,
    delivered: order.delivered,
    accept({ event, position }: Heard, settled: boolean): void {
      handOver(order.take(event, settled), position)
      if (position !== null) place.reached = Math.max(place.reached, position)
    },
    /** Everything before what was reached has been handed over too. */
    settle(): void {
      place.position = Math.max(place.position, place.reached)
    },
    /** Held copies go without the one that they waited for. */
    release: () => handOver(order.release(), null),
    goLive(): void {
      if (live) return
      live = true
      if (options.after === 0 || Object.keys(baseline).length > 0) order.begin()
      options.onCaughtUp()
    },
  }
}

/** Shows events while the bus has no stream: their place is unknown, so they are handed over again after the replay. */
export function createPreview({ options, isOwn }: Pick<DeliveryDeps, 'options' | 'isOwn'>) {
  let shown: ReturnType<typeof createOrder> | null = null

  function show({ event }: Heard): void {
    for (const once of shown?.take(event, true) ?? []) if (!isOwn(once.id)) options.onEvent(once, 'live', null)
  }

  return {
    begin(heardBefore: Heard[]): void {
      if (shown !== null) return
      shown = createOrder({}, false)
      heardBefore.forEach(show)
    },
    show,
    end(): void {
      shown = null
    },
  }
}

/**
 * Watches over copies that are held for a missing one: looks again and again whether the stream has it; in the end
 * they go without it. Returns what to call whenever copies may be held, and after each look.
 */
export function createHoldWatch(delivery: Delivery, look: () => void): () => void {
  let timer: NodeJS.Timeout | null = null
  let lookedFor: string | null = null
  let looks = 0

  return () => {
    const first = delivery.waiting()
    if (first === null || timer !== null) return
    looks = first === lookedFor ? looks + 1 : 0
    lookedFor = first
    if (looks > LONGEST_LOOKS) {
      delivery.release()
      return
    }
    timer = setTimeout(() => {
      timer = null
      if (delivery.waiting() !== null) look()
    }, HOLD_MS)
  }
}
