import type { Cause, Envelope, EventDraft } from '#schemas/envelope.ts'
import type { ServiceName } from '#schemas/subjects.ts'

/** An event on its way: numbered and chained at once, stored when JetStream has acknowledged it. */
export interface Published {
  envelope: Envelope
  /** Resolves when the event is in the stream; stays pending while the bus is down. Never rejects. */
  stored: Promise<void>
}

/** A service's own state as of a place in the stream. A cache: it may be deleted at any time. */
export interface Snapshot {
  /** Version of the state's shape; another one than expected is ignored. */
  version: number
  /** Sequence of the stream up to which events are in the state; `saveSnapshot` fills in where `follow` is. */
  position: number
  state: unknown
}

export interface FollowOptions {
  /** Subjects of the stream (schemas/subjects.ts). */
  filters: string[]
  /** Stream sequence after which to begin; 0 for all there is. */
  after: number
  /**
   * Each event once, in order within its source. `replay` before `onCaughtUp`, `live` from then on, also for what a
   * gap in the connection held back. `position` is null for a live copy that is not in the stream yet. Events that this
   * process published itself do not come back. While the bus has no stream to replay from, events come `live` before
   * `onCaughtUp`, and once more in their place when there is one: an event applied twice must do no harm.
   */
  onEvent(event: Envelope, phase: 'replay' | 'live', position: number | null): void
  /** The history up to now has been handed over; called once, and only when the bus could be reached. */
  onCaughtUp(): void
}

/** What a work handler says of an event: done, or to be offered again after a while. */
export type WorkResult = { done: true } | { done: false; retryInMs: number }

export interface WorkOptions {
  /** Name of the durable consumer: the service's name, or one of `durablesOf` in bus-config.ts. */
  durable: string
  filters: string[]
  /** How many events may be in hand at the same time. */
  parallel: number
  /** So long after the death of a process its events are offered again, milliseconds; handlers may take any time. */
  patienceMs: number
  handle(event: Envelope): Promise<WorkResult>
}

export interface BusStatus {
  connected: boolean
  /** Events that JetStream has not acknowledged. */
  spooled: number
}

/** The event log as a service sees it. Nothing here blocks or throws because the bus is away. */
export interface Bus {
  status(): BusStatus
  /** Called with every change of the connection, and once at the start with the state then. */
  onConnection(listener: (connected: boolean) => void): void
  publish(draft: EventDraft, cause: Cause | null): Published
  loadSnapshot(version: number): Promise<Snapshot | null>
  /** The state must hold every event handed over so far. Nothing is saved before a `follow` has caught up. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  follow(options: FollowOptions): void
  work(options: WorkOptions): void
  /** A plain message that says this service is alive; never stored. */
  beat(): void
  onBeat(service: ServiceName | '*', listener: (service: string) => void): void
  /** Answers what people's tools ask this service; `request` is JSON of anybody's making, and so is what is returned. */
  onRequest(listener: (request: unknown) => unknown): void
  /** Waits until all is stored or `timeoutMs` has passed, then leaves. */
  close(timeoutMs: number): Promise<void>
}
