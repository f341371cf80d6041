import type { Msg, NatsConnection } from 'nats'
import { createParser, guarded } from './bus-follow.ts'
import { addConsumer, deliveryOf, hasConsumer, isStatus, pullNext, streamState } from './bus-jetstream.ts'
import { inboxPrefix } from './bus-link.ts'
import type { WorkOptions, WorkResult } from './bus-port.ts'
import { describeError } from './errors.ts'
import type { Log } from './log.ts'

/** How long one request for work stays open at the server; a lost one is noticed a little later. */
const PULL_MS = 20_000
const GRACE_MS = 2_000
const RETRY_MS = 500
/** Finished events that are remembered, in case the server forgot their acknowledgement when it was killed. */
const REMEMBERED = 2_048

export interface WorkDeps {
  options: WorkOptions
  user: string
  log: Log
}

export interface Worker {
  attach(nc: NatsConnection): void
  detach(): void
}

/** Works events off a durable pull consumer, `parallel` at a time, each in a slot of its own. */
export function createWorker({ options, user, log }: WorkDeps): Worker {
  const finished = new Set<string>()
  const parse = createParser(log)
  let session: NatsConnection | null = null
  let stream: string | null = null
  /** Everything in the stream up to here has been finished by this process. */
  let worked = 0

  /** Makes sure of the consumer; one that the server lost begins after what is known to be done. */
  async function ensure(nc: NatsConnection): Promise<void> {
    const { created } = await streamState(nc)
    if (stream !== null && created !== stream) worked = 0
    stream = created
    const { durable, filters, parallel, patienceMs } = options
    const kind = { type: 'durable' as const, parallel, patienceMs }
    if (!(await hasConsumer(nc, durable))) await addConsumer(nc, { name: durable, filters, start: worked + 1, kind })
  }

  async function handle(nc: NatsConnection, message: Msg): Promise<void> {
    const event = parse(message)
    const sequence = deliveryOf(message)?.sequence ?? 0
    // Without a sign of life the server takes us for dead: long work, short patience with a killed process.
    // A connection that is gone takes no more: it would only pile them up.
    const signs = setInterval(() => {
      if (nc.isClosed()) clearInterval(signs)
      else message.respond('+WPI')
    }, options.patienceMs / 3)
    const result = event === null || finished.has(event.id) ? DONE : await attempt(() => options.handle(event))
    clearInterval(signs)
    if (!result.done) return void message.respond(`-NAK ${JSON.stringify({ delay: result.retryInMs * 1_000_000 })}`)
    if (event !== null) remember(finished, event.id)
    if (options.parallel === 1) worked = Math.max(worked, sequence)
    message.respond('+ACK')
  }

  async function attempt(run: () => Promise<WorkResult>): Promise<WorkResult> {
    try {
      return await run()
    } catch (bug) {
      guarded(() => {
        throw bug
      })
      return { done: false, retryInMs: 1_000 }
    }
  }

  async function runSlot(nc: NatsConnection, slot: number): Promise<void> {
    const inbox = `${inboxPrefix(user)}.work.${options.durable}.${slot}`
    const next = createMailbox(nc, inbox)
    while (isLive(nc)) {
      pullNext(nc, options.durable, 1, PULL_MS, inbox)
      const message = await next(PULL_MS + GRACE_MS)
      if (nc !== session) return
      if (message !== null && !isStatus(message)) await handle(nc, message)
      else if (message === null || message.headers?.code !== 408) await recover(nc)
    }
  }

  /** A connection counts as lost a moment after the library has closed it, and what is closed throws. */
  function isLive(nc: NatsConnection): boolean {
    return nc === session && !nc.isClosed()
  }

  async function recover(nc: NatsConnection): Promise<void> {
    while (isLive(nc)) {
      try {
        return await ensure(nc)
      } catch (cause) {
        if (nc === session) log.debug({ err: describeError(cause) }, 'cannot reach the consumer yet')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  return {
    attach(nc) {
      session = nc
      void recover(nc).then(() => {
        if (!isLive(nc)) return
        for (let slot = 0; slot < options.parallel; slot += 1) void runSlot(nc, slot)
      })
    },
    detach() {
      session = null
    },
  }
}

const DONE: WorkResult = { done: true }

function remember(finished: Set<string>, id: string): void {
  finished.add(id)
  if (finished.size <= REMEMBERED) return
  const oldest = finished.values().next().value
  if (oldest !== undefined) finished.delete(oldest)
}

/** A subscription that is read one message at a time; null after a time without any, or when the connection is gone. */
function createMailbox(nc: NatsConnection, inbox: string): (patienceMs: number) => Promise<Msg | null> {
  const arrived: Msg[] = []
  let wake: (() => void) | null = null
  nc.subscribe(inbox, {
    callback(error, message) {
      if (error === null) arrived.push(message)
      wake?.()
    },
  })
  void nc.closed().then(() => wake?.())
  return async (patienceMs) => {
    if (arrived.length === 0 && !nc.isClosed()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return arrived.shift() ?? null
  }
}
