import { systemClock } from '#platform/clock.ts'
import { dropRights, startService } from '#platform/service.ts'
import { CheckerSnapshot } from '#schemas/checker.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { networkProbes } from './adapters/probes.ts'
import { MEMORY_VERSION } from './core/memory.ts'
import { recalledEvent } from './events.ts'
import { createRoster } from './roster.ts'

/** So long is the log waited for before every living server is reported anew. */
const HISTORY_PATIENCE_MS = 5_000
/** Changed standings are saved this often at most: they are what a killed checker forgets. */
const SNAPSHOT_MS = 10_000

const { settings, bus, log, onReload, onStop } = startService('checker')
dropRights(settings)
const clock = systemClock()
const probes = networkProbes(clock)
const roster = createRoster({ clock, log, probes, publish: bus.publish, random: Math.random })
// Probing begins without the log; what the log knows is added when it comes.
roster.apply(settings.config.virtualServers)
clock.at(clock.now() + HISTORY_PATIENCE_MS, () => roster.historyMissing())
let position = 0
let caughtUp = false
let saved = 0

onReload(({ config }) => roster.apply(config.virtualServers))
onStop(async () => {
  await save()
  roster.stop()
})
await restore()
setInterval(() => void save(), SNAPSHOT_MS).unref()

async function restore(): Promise<void> {
  const snapshot = await bus.loadSnapshot(MEMORY_VERSION)
  const memory = CheckerSnapshot.safeParse(snapshot?.state)
  if (snapshot !== null && memory.success) {
    position = snapshot.position
    roster.restore(memory.data.servers)
  }
  bus.follow({
    filters: [eventFilter(settings, 'checker')],
    after: position,
    onEvent(envelope, _phase, at) {
      const event = recalledEvent(envelope)
      if (event !== null) roster.recall(event)
      if (at !== null) position = Math.max(position, at)
    },
    onCaughtUp() {
      caughtUp = true
      roster.historyRead()
    },
  })
}

async function save(): Promise<void> {
  if (!caughtUp || roster.changes() === saved) return
  saved = roster.changes()
  await bus.saveSnapshot({ version: MEMORY_VERSION, position, state: { servers: roster.memories() } })
}
