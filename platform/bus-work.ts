import type { Msg, NatsConnection } from 'nats'
import type { Envelope } from '#schemas/envelope.ts'
import { addConsumer, deliveryOf, hasConsumer, isStatus, pullNext, streamState } from './bus-jetstream.ts'
import { inboxPrefix } from './bus-link.ts'
import { createParser, guarded } from './bus-message.ts'
import type { WorkOptions, WorkResult } from './bus-port.ts'
import type { Part } from './bus-session.ts'
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

/** Works events off a durable pull consumer, `parallel` at a time, each in a slot of its own. */
export function createWorker(deps: WorkDeps): Part {
  const { options, user, log } = deps
  const consumer = createConsumer(options)
  const handle = createHandler(deps, consumer)
  let session: NatsConnection | null = null

  /** A connection counts as lost a moment after the library has closed it, and what is closed throws. */
  function isLive(nc: NatsConnection): boolean {
    return nc === session && !nc.isClosed()
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

  async function recover(nc: NatsConnection): Promise<void> {
    while (isLive(nc)) {
      try {
        await consumer.ensure(nc)
        return
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

type Consumer = ReturnType<typeof createConsumer>

/** The durable at the server, and how far this process has worked the stream off in case the server loses it. */
function createConsumer({ durable, filters, parallel, patienceMs }: WorkOptions) {
  const kind = { type: 'durable' as const, parallel, patienceMs }
  let stream: string | null = null
  /** Everything in the stream up to here has been finished by this process. */
  let worked = 0
  return {
    /** Makes sure of the consumer; one that the server lost begins after what is known to be done. */
    async ensure(nc: NatsConnection): Promise<void> {
      const { created } = await streamState(nc)
      if (stream !== null && created !== stream) worked = 0
      stream = created
      if (!(await hasConsumer(nc, durable))) await addConsumer(nc, { name: durable, filters, start: worked + 1, kind })
    },
    finished(sequence: number): void {
      if (parallel === 1) worked = Math.max(worked, sequence)
    },
  }
}

function createHandler({ options, log }: WorkDeps, consumer: Consumer) {
  const finished = new Set<string>()
  const parse = createParser(log)
  return async (nc: NatsConnection, message: Msg): Promise<void> => {
    const event = parse(message)
    const known = event === null || finished.has(event.id)
    const result = known ? DONE : await withSigns(nc, message, options.patienceMs, () => attempt(options, event))
    if (!result.done) return void message.respond(`-NAK ${JSON.stringify({ delay: result.retryInMs * 1_000_000 })}`)
    if (event !== null) remember(finished, event.id)
    consumer.finished(deliveryOf(message)?.sequence ?? 0)
    message.respond('+ACK')
  }
}

/** Without a sign of life the server takes us for dead: long work, short patience with a killed process. */
async function withSigns<T>(nc: NatsConnection, message: Msg, patienceMs: number, run: () => Promise<T>): Promise<T> {
  const signs = setInterval(() => {
    // A connection that is gone takes no more: it would only pile them up.
    if (nc.isClosed()) clearInterval(signs)
    else message.respond('+WPI')
  }, patienceMs / 3)
  try {
    return await run()
  } finally {
    clearInterval(signs)
  }
}

async function attempt({ handle }: WorkOptions, event: Envelope): Promise<WorkResult> {
  try {
    return await handle(event)
  } catch (bug) {
    guarded(() => {
      throw bug
    })
    return { done: false, retryInMs: 1_000 }
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
