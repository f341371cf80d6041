import { systemClock } from '#platform/clock.ts'
import { createLoop } from '#platform/loop.ts'
import { dropRights, startService } from '#platform/service.ts'
import type { Config } from '#schemas/config.ts'
import { IpvsSnapshot } from '#schemas/ipvs.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { kernelAcceptance } from './adapters/acceptance.ts'
import { kernelAddresses } from './adapters/addresses.ts'
import { kernelAdvertSight } from './adapters/advert-sight.ts'
import { kernelAnnouncer } from './adapters/announcer.ts'
import { kernelNeighbourSight } from './adapters/neighbour-sight.ts'
import { kernelRouting } from './adapters/routing.ts'
import { kernelSecondaries } from './adapters/secondaries.ts'
import { kernelDevices } from './adapters/virtual-devices.ts'
import { kernelVirtualServers } from './adapters/virtual-servers.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { MEMORY_VERSION, memoryOf, withMemory } from './core/memory.ts'
import { react } from './core/react.ts'
import { hasRouting } from './core/routing-state.ts'
import { allAddresses, type Fact, type Input, initialState, type State } from './core/state.ts'
import { createEffects } from './effects.ts'
import { eventOf, inputOf, recalledFact } from './events.ts'
import { rehearse } from './rehearsal.ts'

/** Events between two snapshots: the length of history that a restart reads at most, roughly. */
const SNAPSHOT_EVERY = 200

const { settings, bus, log, onReload, onStop } = startService('ipvs')
const clock = systemClock()
const addresses = kernelAddresses({ clock })
const announcer = kernelAnnouncer({
  clock,
  onFailure: (failure) => dispatch({ type: 'AnnouncementFailed', failure, at: clock.now() }),
})
const virtualDevices = kernelDevices({ node: settings.node, clock })
const virtualServers = kernelVirtualServers()
const sight = kernelAdvertSight({ clock }, (advert) => dispatch({ type: 'OwnAdvertSeen', advert, at: clock.now() }))
const routing = kernelRouting({ clock })
const neighbours = kernelNeighbourSight((claim) => dispatch({ type: 'ClaimSeen', claim, at: clock.now() }))
const effects = createEffects({
  addresses,
  announcer,
  sight,
  secondaries: kernelSecondaries(),
  acceptance: kernelAcceptance(),
  devices: virtualDevices,
  routing,
  neighbours,
  virtualServers,
  clock,
  log,
  dispatch: (input, cause) => loop.dispatch(input, cause),
})
const loop = createLoop<State, Input, Fact, Parameters<typeof effects.act>[0]>({
  core: { decide, evolve, react },
  initial: initialState(settings.config),
  // A VIP that waited for the store would come late; what was done is in the outbox by then.
  order: 'act-first',
  act: effects.act,
  toEvent: eventOf,
  publish: bus.publish,
  log,
})
let position = 0
let unsaved = 0
let routingWatch: { close(): void } | null = null

function dispatch(input: Input): void {
  loop.dispatch(input)
}

/** Only where there is something to watch: a router with a full table tells of many changes. */
function watchRouting(config: Config): void {
  if (routingWatch !== null || !hasRouting(config)) return
  routingWatch = routing.watch((hint) => dispatch({ type: 'RoutingHinted', hint, at: clock.now() }))
}

function devices(): string[] {
  const all = loop.state().config.instances.flatMap(allAddresses)
  return [...new Set(all.map(({ device }) => device))]
}

// Watched before they are listed: nothing happens in between unseen.
addresses.watch((change) => {
  if (change.type === 'AddressGone') dispatch({ type: 'AddressVanished', held: change.held, at: clock.now() })
  if (change.type === 'AddressesListed')
    dispatch({ type: 'AddressesListed', devices: devices(), held: change.held, at: clock.now() })
})
virtualDevices.watch(() => dispatch({ type: 'DevicesDisturbed', at: clock.now() }))
watchRouting(settings.config)
dispatch({ type: 'Started', held: devices().flatMap((device) => addresses.list(device)), at: clock.now() })
rehearse({ addresses, announcer, routing, clock, config: settings.config })
dropRights(settings)

bus.onConnection((connected) => dispatch({ type: 'BusConnectionChanged', connected, at: clock.now() }))
onReload(({ config }) => {
  watchRouting(config)
  dispatch({ type: 'ConfigurationReloaded', config, at: clock.now() })
})
onStop(async () => {
  dispatch({ type: 'StopRequested', at: clock.now() })
  await effects.settled()
  await save()
})
// Everything above works without the log; from here on it adds what it knows.
await restore()

async function restore(): Promise<void> {
  const snapshot = await bus.loadSnapshot(MEMORY_VERSION)
  const memory = IpvsSnapshot.safeParse(snapshot?.state)
  if (snapshot !== null && memory.success) {
    position = snapshot.position
    loop.reset(withMemory(loop.state(), memory.data))
  }
  bus.follow({
    filters: [eventFilter(settings, 'vrrp'), eventFilter(settings, 'checker'), eventFilter(settings, 'ipvs')],
    after: position,
    onEvent(event, phase, at) {
      if (event.type.startsWith('failoverd.ipvs.')) {
        const fact = phase === 'replay' ? recalledFact(event) : null
        if (fact !== null) loop.recall(fact)
      } else {
        const input = inputOf(event, phase, clock)
        const cause = { id: event.id, correlationId: event.correlationid }
        if (input !== null) loop.dispatch(input, cause)
      }
      if (at !== null) moved(at)
    },
    onCaughtUp: () => dispatch({ type: 'HistoryRead', at: clock.now() }),
  })
}

function moved(at: number): void {
  position = Math.max(position, at)
  unsaved += 1
  if (unsaved >= SNAPSHOT_EVERY) void save()
}

async function save(): Promise<void> {
  unsaved = 0
  await bus.saveSnapshot({ version: MEMORY_VERSION, position, state: memoryOf(loop.state()) })
}
