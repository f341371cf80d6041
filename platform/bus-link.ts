import { connect, type NatsConnection } from 'nats'
import type { BusAccess } from '#schemas/settings.ts'
import { describeError } from './errors.ts'
import type { Log } from './log.ts'

/** A restarted server is noticed at once; after the quick tries one that stays away is asked rarely. */
const QUICK_MS = 20
const QUICK_TRIES = 500
const SLOW_MS = 250
/** A server that answers no ping for two of these is hung. */
const PING_MS = 1_000
/** Who leaves in order waits this long for what is not written yet; a hung server would never read it. */
const FAREWELL_MS = 500

export interface LinkOptions {
  access: BusAccess
  /** Shown in the server's list of connections. */
  name: string
  onUp(nc: NatsConnection): void
  /** `orderly`: it was ended from here, not lost. */
  onDown(orderly: boolean): void
  log: Log
}

/**
 * Keeps one connection to the server, for ever: a lost one is replaced by a new one rather than mended, so that
 * nothing of the old one (queued bytes, requests nobody will answer) can leak into the new one. `onUp` and `onDown`
 * take turns. Returns what ends it.
 */
export function keepLinked(options: LinkOptions): () => Promise<void> {
  const leaving = Promise.withResolvers<void>()
  let closing = false
  const ended = run()

  async function run(): Promise<void> {
    while (!closing) {
      try {
        await holdOne()
      } catch (cause) {
        if (closing) return
        options.log.warn({ err: describeError(cause) }, 'cannot connect to the bus')
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS).unref())
      }
    }
  }

  async function holdOne(): Promise<void> {
    const nc = await dial(options, () => closing)
    if (!closing) {
      options.onUp(nc)
      await Promise.race([nc.closed(), hung(nc), leaving.promise])
      options.onDown(closing)
    }
    // Not waited for but in order: the library first writes all it has, which a hung server never lets it.
    // What it says of a connection that is given up anyway changes nothing: its loss has been told above.
    const closed = nc.close().catch(() => undefined)
    if (closing) await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref())])
  }

  return async () => {
    closing = true
    leaving.resolve()
    await ended
  }
}

/** The prefix of the reply subjects that only this user may subscribe to. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`
}

function dial({ access, name }: LinkOptions, closing: () => boolean): Promise<NatsConnection> {
  let tries = 0
  return connect({
    servers: access.url,
    user: access.user,
    pass: access.password,
    name,
    inboxPrefix: inboxPrefix(access.user),
    waitOnFirstConnect: true,
    reconnect: false,
    ignoreAuthErrorAbort: true,
    ignoreClusterUpdates: true,
    resolve: false,
    noAsyncTraces: true,
    timeout: 2_000,
    pingInterval: PING_MS,
    maxPingOut: 2,
    reconnectDelayHandler() {
      // The only door out of the library's endless loop of tries.
      if (closing()) throw new Error('closed')
      tries += 1
      return tries < QUICK_TRIES ? QUICK_MS : SLOW_MS
    },
  })
}

/** Resolves when the server answers no more. */
function hung(nc: NatsConnection): Promise<void> {
  return new Promise((resolve) => {
    // Read to its end: the library's close waits for those who read the status.
    const watch = async () => {
      for await (const { type } of nc.status()) if (type === 'staleConnection') resolve()
    }
    void watch()
  })
}
