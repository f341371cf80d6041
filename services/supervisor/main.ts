import { connectBus } from '#platform/bus.ts'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { createLoop } from '#platform/loop.ts'
import type { NodeRecord } from '#schemas/node.ts'
import type { BusAccess } from '#schemas/settings.ts'
import { ProcessName, SupervisorEvent } from '#schemas/supervisor.ts'
import { embeddedServer } from './adapters/bus-server.ts'
import { realProcesses } from './adapters/child-process.ts'
import { complaints, differencesInWords, isAcceptable, obstacleTo, readConfigFile } from './adapters/config-file.ts'
import { lastRecorded } from './adapters/config-record.ts'
import { nodeFiles } from './adapters/node-files.ts'
import { processMark } from './adapters/process-mark.ts'
import { type NodeOptions, restricted, settingsFor, wantedProcesses } from './commands.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { react } from './core/react.ts'
import { type Fact, initialState, type Reading } from './core/state.ts'
import { createEffects } from './effects.ts'
import { identityOf } from './identities.ts'
import { keepLog } from './log-keeping.ts'
import type { LoadedConfig } from './ports.ts'
import { watchRecord } from './record-watch.ts'
import { watchStore } from './store-watch.ts'

const TICK_MS = 1_000

/** Starts a node, or takes over the processes of a supervisor that was killed, and keeps it until SIGTERM. */
export async function runNode(options: NodeOptions, loaded: LoadedConfig): Promise<void> {
  const clock = systemClock()
  const first = { ...loaded, config: restricted(loaded.config, options.only) }
  const log = createLog('supervisor', options.logLevel)
  const files = nodeFiles(options.stateDir)
  const adopted = files.readProcesses()
  const server = await embeddedServer({
    name: options,
    stateDir: options.stateDir,
    program: options.busProgram,
    identity: identityOf('nats-server', options.dropRights.busServer, null),
    adopted: adopted.some(({ process }) => process === 'nats-server'),
  })
  files.writeNode(nodeRecord(options, first.config.netNamespace, server.access('cli')))
  const bus = connectBus(settingsFor('supervisor', options, server, first), log)
  const current = { loaded: first }
  const effects = createEffects({ options, files, server, bus, log, processes: realProcesses(), current })
  const loop = createLoop({
    core: { decide, evolve, react },
    initial: initialState(),
    order: 'act-first',
    act: (effect) => effects.act(effect, loop),
    toEvent,
    publish: bus.publish,
    log,
  })

  const eventLog = keepLog({
    name: options,
    server,
    storage: () => loop.state().bus.storage,
    wanted: () => current.loaded.config.eventBus,
    log,
  })
  bus.onConnection((connected) => {
    loop.dispatch({ type: 'BusConnectionChanged', at: clock.now(), connected })
    if (connected) eventLog.ensure()
  })
  bus.onBeat('*', (service) => {
    const name = ProcessName.safeParse(service)
    if (name.success) loop.dispatch({ type: 'BeatHeard', at: clock.now(), process: name.data })
  })
  const store = watchStore(server, bus, clock)
  const record = watchRecord({
    status: bus.status,
    lastRecorded: () => lastRecorded(server.access('supervisor'), options),
    onFound: (recorded) => loop.dispatch({ type: 'RecordFound', recorded }),
    log,
  })
  setInterval(() => {
    loop.dispatch({ type: 'Ticked', at: clock.now() })
    const seen = store.look()
    if (seen !== null) loop.dispatch({ type: 'StoreSeen', at: clock.now(), ...seen })
    if (loop.state().recorded === null) record.look()
  }, TICK_MS)
  process.on('SIGHUP', () => {
    const reading = readAgain(options, current)
    if (reading.ok) {
      effects.writeAllSettings()
      eventLog.ensure()
    }
    loop.dispatch({ type: 'ConfigRead', at: clock.now(), reading })
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => loop.dispatch({ type: 'StopAsked', at: clock.now(), signal }))

  const { version, configFile } = options
  const wanted = wantedProcesses(first.config)
  const booted = { version, pid: process.pid, configFile, configDigest: first.digest, wanted }
  loop.dispatch({ type: 'NodeBooted', at: clock.now(), booted, adopted })
}

function nodeRecord(options: NodeOptions, netNamespace: string | null, bus: BusAccess): NodeRecord {
  const { site, node, version, configFile, configId, allConfig, only } = options
  const { pid } = process
  const mark = processMark(pid) ?? ''
  return { site, node, version, pid, mark, configFile, configId, allConfig, only, netNamespace, bus }
}

const EVENT_TYPES = new Set<string>(SupervisorEvent.options.map((event) => event.shape.type.value))

function isEvent(fact: Fact): fact is Extract<Fact, SupervisorEvent> {
  return EVENT_TYPES.has(fact.type)
}

function toEvent(fact: Fact) {
  if (!isEvent(fact)) return null
  return { service: 'supervisor' as const, entity: 'process' in fact ? fact.process : 'node', data: fact }
}

/** The running configuration is replaced only by one without any error, in the same network namespace. */
function readAgain(options: NodeOptions, current: { loaded: LoadedConfig }): Reading {
  const reading = readConfigFile(options.configFile, options.configId, options.allConfig)
  const { digest, diagnostics } = reading
  if (!isAcceptable(reading)) return { ok: false, digest, diagnostics: complaints(diagnostics) }
  const obstacle = obstacleTo(reading.config, current.loaded.config)
  if (obstacle !== null) return { ok: false, digest, diagnostics: [obstacle] }
  const config = restricted(reading.config, options.only)
  const differences = differencesInWords(current.loaded.config, config)
  current.loaded = { config, digest }
  return { ok: true, digest, wanted: wantedProcesses(config), differences }
}
