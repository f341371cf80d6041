import type { NatsConnection } from 'nats'
import type { Settings } from '#schemas/settings.ts'
import { controlSubject, eventFilter, heartbeatSubject, liveSubject } from '#schemas/subjects.ts'
import { durablesOf } from './bus-config.ts'
import { createFollower, type Follower } from './bus-follow.ts'
import { lastMessage, storeMessage, streamState } from './bus-jetstream.ts'
import { keepLinked } from './bus-link.ts'
import type { Bus } from './bus-port.ts'
import { createSession, type Session } from './bus-session.ts'
import { createSnapshots } from './bus-snapshot.ts'
import { createWorker } from './bus-work.ts'
import { GENESIS, nextEvent, readEvent } from './chain.ts'
import { systemClock } from './clock.ts'
import { HaError } from './errors.ts'
import type { Log } from './log.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { OutboxLink } from './outbox-sender.ts'
import { openSpool, readSpool } from './spool.ts'

/** What the bus needs of a service's settings. */
export type BusSettings = Pick<Settings, 'service' | 'site' | 'node' | 'boot' | 'spoolDir' | 'bus' | 'identity'>

/** How long a replay waits for own events of an earlier run to get into the stream. */
const DRAIN_PATIENCE_MS = 500

/** The event log of a service: connects for ever, and never blocks or throws because the bus is away. */
export function connectBus(settings: BusSettings, log: Log): Bus {
  warmUp(settings)
  const { service, bus: access } = settings
  const outbox = openOutbox(settings, log)
  const session = createSession()
  const followers: Follower[] = []
  const snapshots = createSnapshots({ key: service, session, followers, last: outbox.last, log })
  const unlink = link(settings, log, outbox, session)
  return {
    status: () => ({ connected: session.current() !== null, spooled: outbox.spooled() }),
    onConnection: session.onConnection,
    publish: outbox.publish,
    loadSnapshot: snapshots.load,
    saveSnapshot: snapshots.save,
    follow(options) {
      const follower = createFollower({
        options,
        user: access.user,
        consumer: `${service}-follow-${followers.length}`,
        baseline: snapshots.baseline(options.after),
        isOwn: (id) => id.startsWith(outbox.idPrefix),
        ready: () => drained(outbox, DRAIN_PATIENCE_MS),
        observe: outbox.observe,
        log,
      })
      followers.push(follower)
      session.add(follower)
    },
    work(options) {
      if (!durablesOf(service).includes(options.durable))
        throw new HaError('BUS_DURABLE', `${service} has no right to a consumer named ${options.durable}`)
      session.add(createWorker({ options, user: access.user, log }))
    },
    beat: () => session.current()?.publish(heartbeatSubject(settings, service)),
    onBeat: (of, listener) =>
      session.listen(heartbeatSubject(settings, of), (subject) =>
        listener(subject.slice(subject.lastIndexOf('.') + 1)),
      ),
    onRequest: (listener) => session.answer(controlSubject(settings, service), listener),
    async close(timeoutMs) {
      await drained(outbox, timeoutMs)
      await outbox.written()
      await unlink()
    },
  }
}

/** The outbox with its spool in the service's folder. */
function openOutbox(settings: BusSettings, log: Log): Outbox {
  const { service, boot, spoolDir: folder, identity } = settings
  const owner = process.getuid?.() === 0 ? identity : null
  return createOutbox({
    name: settings,
    service,
    boot,
    clock: systemClock(),
    log,
    loaded: readSpool(folder, log),
    openSpool: (contents) => openSpool({ folder, owner, contents, log }),
  })
}

/** Keeps the connection, and whatever lives on it informed. Returns what ends it. */
function link(settings: BusSettings, log: Log, outbox: Outbox, session: Session): () => Promise<void> {
  return keepLinked({
    access: settings.bus,
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
}

function outboxLink(nc: NatsConnection, settings: BusSettings): OutboxLink {
  const own = eventFilter(settings, settings.service)
  return {
    async sight() {
      const [{ storage, oldestMs }, last] = await Promise.all([streamState(nc), lastMessage(nc, own)])
      return { storage, last, oldestMs }
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
