import type { Bus } from '#platform/bus-port.ts'
import { systemClock } from '#platform/clock.ts'
import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import type { Loop } from '#platform/loop.ts'
import { ServiceName } from '#schemas/subjects.ts'
import { ProcessName } from '#schemas/supervisor.ts'
import type { BusServer } from './adapters/bus-server.ts'
import { recordOf } from './adapters/config-record.ts'
import { type NodeOptions, serviceCommand, settingsFor } from './commands.ts'
import type { Effect, Fact, Input, State } from './core/state.ts'
import type { Command, LoadedConfig, NodeFiles, Processes, RememberedProcess } from './ports.ts'

type SupervisorLoop = Loop<State, Input, Fact>

/** Carries out what the core calls for. */
export function createEffects(parts: {
  options: NodeOptions
  files: NodeFiles
  server: BusServer
  processes: Processes
  bus: Bus
  log: Log
  current: { loaded: LoadedConfig }
}) {
  const { options, files, server, processes, bus, log, current } = parts
  const clock = systemClock()

  function writeSettings(service: ServiceName): string {
    return files.writeSettings(settingsFor(service, options, server, current.loaded))
  }

  function commandOf(name: ProcessName, storage: 'file' | 'memory'): Command {
    if (name === 'nats-server') return server.command(storage)
    return serviceCommand(name, writeSettings(name), options.stateDir)
  }

  function ended(loop: SupervisorLoop, process: ProcessName, pid: number) {
    return ({ status, signal }: { status: number | null; signal: string | null }) =>
      loop.dispatch({ type: 'ProcessEnded', at: clock.now(), process, pid, status, signal })
  }

  /** A process that could not even be started counts as one that ended at once, and is tried again like it. */
  function spawn(name: ProcessName, storage: 'file' | 'memory', loop: SupervisorLoop): void {
    const failed = (reason: unknown) => {
      log.error({ process: name, err: describeError(reason) }, 'cannot start a process')
      loop.dispatch({ type: 'ProcessSpawned', at: clock.now(), process: name, pid: 0 })
      ended(loop, name, 0)({ status: 127, signal: null })
    }
    try {
      let pid: number | null = null
      pid = processes.spawn(commandOf(name, storage), {
        onEnd: (end) => pid !== null && ended(loop, name, pid)(end),
        onFailure: failed,
      })
      if (pid !== null) loop.dispatch({ type: 'ProcessSpawned', at: clock.now(), process: name, pid })
    } catch (cause) {
      failed(cause)
    }
  }

  function signal(effect: Extract<Effect, { type: 'Signal' }>): void {
    if (effect.process !== 'nats-server' || effect.signal !== 'SIGTERM') {
      processes.signal(effect.pid, effect.signal)
      return
    }
    // Our own last event goes into the log before the log ends.
    void bus.close(1_000).then(() => processes.signal(effect.pid, effect.signal))
  }

  function armRestart({ process, delayMs }: Extract<Effect, { type: 'ArmRestart' }>, loop: SupervisorLoop): void {
    clock.at(clock.now() + delayMs, () => loop.dispatch({ type: 'RestartDue', at: clock.now(), process }))
  }

  function armPatience(effect: Extract<Effect, { type: 'ArmPatience' }>, loop: SupervisorLoop): void {
    const { process, pid, delayMs } = effect
    clock.at(clock.now() + delayMs, () => loop.dispatch({ type: 'PatienceEnded', at: clock.now(), process, pid }))
  }

  function remember(state: State): void {
    try {
      files.writeProcesses(running(state))
    } catch (cause) {
      // A full disk must not end the node: only a successor of ours would miss the list.
      log.warn({ err: describeError(cause) }, 'cannot note which processes are ours')
    }
  }

  /** Past the loop, which would write all of it into the daemon's log as well. */
  function recordConfig(): void {
    const { config, digest } = current.loaded
    const events = recordOf(config, digest)
    for (const data of events) bus.publish({ service: 'supervisor', entity: 'node', data }, null)
    log.info({ digest, parts: events.length }, 'ConfigRecorded')
  }

  return {
    /** Settings of every service, for a reload. */
    writeAllSettings(): void {
      for (const service of ServiceName.options) if (service !== 'supervisor') writeSettings(service)
    },
    act(effect: Effect, loop: SupervisorLoop): void {
      switch (effect.type) {
        case 'Spawn':
          spawn(effect.process, effect.storage, loop)
          break
        case 'Signal':
          signal(effect)
          break
        case 'ArmRestart':
          armRestart(effect, loop)
          break
        case 'ArmPatience':
          armPatience(effect, loop)
          break
        case 'Watch':
          processes.watch(effect.pid, ended(loop, effect.process, effect.pid))
          break
        case 'Remember':
          remember(loop.state())
          break
        case 'RecordConfig':
          recordConfig()
          break
        case 'MoveStoreAside':
          log.error(
            { kept: server.moveStoreAside(new Date().toISOString()) },
            'the event store is damaged: moved aside',
          )
          break
        case 'Exit':
          files.writeProcesses([])
          process.exit(0)
      }
    },
  }
}

function running({ processes }: State): RememberedProcess[] {
  return ProcessName.options.flatMap((name) => {
    const known = processes[name]
    return known?.phase === 'running' ? [{ process: name, pid: known.pid, restarts: known.restarts }] : []
  })
}
