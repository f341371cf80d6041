import type { WorkResult } from '#platform/bus-port.ts'
import { systemClock } from '#platform/clock.ts'
import { createLoop } from '#platform/loop.ts'
import { dropRights, startService } from '#platform/service.ts'
import type { Envelope } from '#schemas/envelope.ts'
import { NotifierSnapshot } from '#schemas/notifier.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { smtpMailer } from './adapters/mail.ts'
import { processScripts } from './adapters/script.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { MEMORY_VERSION, memoryOf, withMemory } from './core/memory.ts'
import { react } from './core/react.ts'
import { type Channel, type Effect, type Fact, type Input, initialState, type State } from './core/state.ts'
import { createDesk } from './desk.ts'
import { createEffects } from './effects.ts'
import { addressWordOf, eventOf, noticeOf, recalledFact } from './events.ts'

/** Deliveries between two snapshots: the length of history that a restart reads at most, roughly. */
const SNAPSHOT_EVERY = 200
/** So long after the death of a notifier the next one is offered what was in hand. */
const PATIENCE_MS = 2_000
/** At the end the last news is already in the log: so long is waited for its delivery. */
const QUIET_MS = 300
const FAREWELL_MS = 2_500

const { settings, bus, log, onReload, onStop } = startService('notifier')
const canSwitch = settings.identity !== null || process.getuid?.() === 0
const scripts = processScripts({ canSwitch, warn: (message) => log.warn(message) })
const clock = systemClock()
const desk = createDesk()
const loop = createLoop<State, Input, Fact, Effect>({
  core: { decide, evolve, react },
  initial: initialState(settings.config),
  order: 'record-first',
  act: createEffects({
    mailer: smtpMailer(),
    scripts,
    clock,
    again: desk.again,
    leave: desk.leave,
    dispatch: (input, cause) => loop.dispatch(input, cause),
  }),
  toEvent: eventOf,
  publish: bus.publish,
  log,
})
dropRights(settings)
let position = 0
let caughtUp = false
let delivered = 0
let stopping = false

onReload(({ config }) => loop.dispatch({ type: 'ConfigurationReloaded', config }))
onStop(async () => {
  await desk.cleared(QUIET_MS, FAREWELL_MS)
  stopping = true
  await scripts.limitedEnded()
  await save()
})
await restore()

async function restore(): Promise<void> {
  const snapshot = await bus.loadSnapshot(MEMORY_VERSION)
  const memory = NotifierSnapshot.safeParse(snapshot?.state)
  if (snapshot !== null && memory.success) {
    position = snapshot.position
    loop.reset(withMemory(loop.state(), memory.data))
  }
  bus.follow({
    filters: [eventFilter(settings, 'notifier'), eventFilter(settings, 'ipvs')],
    after: position,
    onEvent(event, _phase, at) {
      const fact = recalledFact(event)
      if (fact !== null) loop.recall(fact)
      const word = addressWordOf(event)
      if (word !== null) loop.dispatch({ type: 'AddressesHeard', word, said: event.hlc, at: clock.now() })
      if (at !== null) position = Math.max(position, at)
    },
    onCaughtUp() {
      caughtUp = true
      loop.dispatch({ type: 'HistoryRead' })
      // Only now is it known what has been delivered before.
      work('mail')
      work('scripts')
    },
  })
}

function work(channel: Channel): void {
  bus.work({
    durable: `notifier-${channel}`,
    filters: [eventFilter(settings, 'vrrp'), eventFilter(settings, 'checker')],
    // One at a time keeps the order of the log; a script is in hand until it runs, a mail until it is set aside.
    parallel: 1,
    patienceMs: PATIENCE_MS,
    handle: (event) => deliver(channel, event),
  })
}

async function deliver(channel: Channel, event: Envelope): Promise<WorkResult> {
  const notice = noticeOf(event)
  if (notice === null) return { done: true }
  if (stopping) return { done: false, retryInMs: 1_000 }
  const about = event.id
  const cause = { id: event.id, correlationId: event.correlationid }
  const result = await desk.take(channel, about, () => {
    const at = clock.now()
    // The producer runs on this machine: its wall clock is ours.
    const happenedAt = at - Math.max(0, clock.wall() - Date.parse(event.time))
    loop.dispatch(
      { type: 'EventOffered', channel, about, notice, said: event.hlc, since: event.time, happenedAt, at },
      cause,
    )
  })
  delivered += 1
  if (delivered % SNAPSHOT_EVERY === 0) void save()
  return result
}

async function save(): Promise<void> {
  if (!caughtUp) return
  await bus.saveSnapshot({ version: MEMORY_VERSION, position, state: memoryOf(loop.state()) })
}
