import type { NatsConnection } from 'nats'
import type { Settings } from '#schemas/settings.ts'
import { eventFilter, heartbeatSubject, liveSubject } from '#schemas/subjects.ts'
import { durablesOf } from './bus-config.ts'
import { createFollower, type Follower } from './bus-follow.ts'
import { lastMessage, storeMessage, streamState, writeSnapshot } from './bus-jetstream.ts'
import { keepLinked } from './bus-link.ts'
import type { DeliveredBySource } from './bus-order.ts'
import type { Bus } from './bus-port.ts'
import { completeSnapshot, loadStored } from './bus-snapshot.ts'
import { createWorker, type Worker as Part } from './bus-work.ts'
import { GENESIS, nextEvent, readEvent } from './chain.ts'
import { systemClock } from './clock.ts'
import { describeError, HaError } from './errors.ts'
import type { Log } from './log.ts'
import { createOutbox, type Outbox, type OutboxLink } from './outbox.ts'
import { openSpool, readSpool, type Spool } from './spool.ts'

/** What the bus needs of a service's settings. */
export type BusSettings = Pick<Settings, 'service' | 'site' | 'node' | 'boot' | 'spoolDir' | 'bus' | 'identity'>

/** How long a start waits for its snapshot: without one the whole log is replayed. */
const SNAPSHOT_PATIENCE_MS = 1_500
/** How long a replay waits for own events of an earlier run to get into the stream. */
const DRAIN_PATIENCE_MS = 500

/** The event log of a service: connects for ever, and never blocks or throws because the bus is away. */
export function connectBus(settings: BusSettings, log: Log): Bus {
  const { bus: access, identity } = settings
  const asRoot = process.getuid?.() === 0
  const parts: { spool: Spool | null } = { spool: null }
  const outbox = createOutbox({
    name: settings,
    service: settings.service,
    boot: settings.boot,
    clock: systemClock(),
    log,
    loaded: readSpool(settings.spoolDir, log),
    openSpool(contents) {
      parts.spool = openSpool({ folder: settings.spoolDir, owner: asRoot ? identity : null, contents, log })
      return parts.spool
    },
  })
  warmUp(settings)
  const session = createSession()
  const followers: Follower[] = []
  let loaded: { position: number; delivered: DeliveredBySource } | null = null

  const unlink = keepLinked({
    access,
    name: `${settings.service}@${settings.node}`,
    log,
    onUp(nc) {
      log.info('connected to the bus')
      outbox.attach(outboxLink(nc, settings))
      session.up(nc)
    },
    onDown(orderly) {
      if (orderly) log.debug('left the bus')
      else log.warn('lost the bus')
      outbox.detach()
      session.down()
    },
  })

  return {
    status: () => ({ connected: session.current() !== null, spooled: outbox.spooled() }),
    onConnection: session.onConnection,
    publish: outbox.publish,
    async loadSnapshot(version) {
      try {
        const nc = await session.connected(SNAPSHOT_PATIENCE_MS)
        const found = nc === null ? null : await loadStored(nc, settings.service, version)
        if (found === null) return null
        loaded = { position: found.position, delivered: found.delivered }
        return { version, position: found.position, state: found.state }
      } catch (cause) {
        log.warn({ err: describeError(cause) }, 'starts without a snapshot')
        return null
      }
    },
    async saveSnapshot(snapshot) {
      const nc = session.current()
      if (nc === null) return
      // Completed before anything is awaited: what arrives later is not in the state.
      const complete = completeSnapshot(snapshot, followers, outbox.last())
      if (complete === null) return
      await writeSnapshot(nc, settings.service, complete).catch((cause: unknown) =>
        log.warn({ err: describeError(cause) }, 'cannot save the snapshot'),
      )
    },
    follow(options) {
      const known = loaded !== null && options.after > 0 && loaded.position === options.after
      const follower = createFollower({
        options,
        user: access.user,
        consumer: `${settings.service}-follow-${followers.length}`,
        baseline: known ? (loaded?.delivered ?? {}) : {},
        isOwn: (id) => id.startsWith(outbox.idPrefix),
        ready: () => drained(outbox, DRAIN_PATIENCE_MS),
        observe: outbox.observe,
        log,
      })
      followers.push(follower)
      session.add(follower)
    },
    work(options) {
      if (!durablesOf(settings.service).includes(options.durable))
        throw new HaError('BUS_DURABLE', `${settings.service} has no right to a consumer named ${options.durable}`)
      session.add(createWorker({ options, user: access.user, log }))
    },
    beat() {
      session.current()?.publish(heartbeatSubject(settings, settings.service))
    },
    onBeat(service, listener) {
      session.add({
        attach(nc) {
          nc.subscribe(heartbeatSubject(settings, service), {
            callback: (error, message) => {
              if (error === null) listener(message.subject.slice(message.subject.lastIndexOf('.') + 1))
            },
          })
        },
        detach() {},
      })
    },
    async close(timeoutMs) {
      await drained(outbox, timeoutMs)
      await parts.spool?.settled()
      await unlink()
    },
  }
}

/** The one connection at hand, and those who live on it. */
function createSession() {
  const parts: Part[] = []
  const listeners: ((connected: boolean) => void)[] = []
  let current: NatsConnection | null = null
  /** The library closes a connection a moment before it says so, and throws at whoever uses it meanwhile. */
  const usable = () => (current?.isClosed() === false ? current : null)
  return {
    current: usable,
    /** Waits for a connection; null when none has come by then. */
    async connected(patienceMs: number) {
      const deadline = performance.now() + patienceMs
      while (usable() === null && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
      return usable()
    },
    onConnection(listener: (connected: boolean) => void) {
      listeners.push(listener)
      listener(current !== null)
    },
    add(part: Part) {
      parts.push(part)
      const nc = usable()
      if (nc !== null) part.attach(nc)
    },
    up(nc: NatsConnection) {
      current = nc
      for (const part of parts) part.attach(nc)
      for (const listener of listeners) listener(true)
    },
    down() {
      current = null
      for (const part of parts) part.detach()
      for (const listener of listeners) listener(false)
    },
  }
}

function outboxLink(nc: NatsConnection, settings: BusSettings): OutboxLink {
  const own = eventFilter(settings, settings.service)
  return {
    async sight() {
      const [{ storage }, last] = await Promise.all([streamState(nc), lastMessage(nc, own)])
      return { storage, last }
    },
    store: ({ subject, bytes, envelope }) => storeMessage(nc, subject, bytes, envelope.id),
    copy({ subject, bytes }) {
      if (!nc.isClosed()) nc.publish(liveSubject(subject), bytes)
    },
  }
}

/** The first event a process makes or hears may be a failover: it must not pay for compiling what it goes through. */
function warmUp(settings: BusSettings): void {
  const { service } = settings
  const draft = { service, entity: service, data: { type: 'WarmedUp' } }
  const stamp = { name: settings, run: settings.boot, counter: 0, hlc: '', time: '' }
  readEvent(nextEvent(GENESIS, draft, null, stamp).bytes)
}

async function drained(outbox: Outbox, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (outbox.spooled() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
}
