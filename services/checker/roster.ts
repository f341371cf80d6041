import type { Bus } from '#platform/bus-port.ts'
import type { Cancel, Clock } from '#platform/clock-port.ts'
import type { Log } from '#platform/log.ts'
import { createLoop, type Loop } from '#platform/loop.ts'
import type { CheckerEvent } from '#schemas/checker.ts'
import type { VirtualServer } from '#schemas/config.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { memoryOf, withMemory } from './core/memory.ts'
import { react } from './core/react.ts'
import { type Effect, type Fact, type Input, initialState, type Memory, type State } from './core/state.ts'
import { eventOf, targetName } from './events.ts'
import type { Probes } from './ports.ts'

export interface RosterPorts {
  clock: Clock
  log: Log
  probes: Probes
  publish: Bus['publish']
  /** A number in [0, 1). */
  random(): number
}

/** All real servers that have checks, each with a loop of its own. */
export interface Roster {
  /** Brings the checks to this configuration; those that are the same in it go on untouched. */
  apply(virtualServers: readonly VirtualServer[]): void
  restore(memories: readonly Memory[]): void
  recall(event: CheckerEvent): void
  historyRead(): void
  /** The log could not be read; it may be later. */
  historyMissing(): void
  /** Standing of every server, also of those that the configuration no longer has but the log calls dead. */
  memories(): Memory[]
  /** Counts changes of standing since the start. */
  changes(): number
  stop(): void
}

interface Watched {
  loop: Loop<State, Input, Fact>
  stop(): void
}

export function createRoster(ports: RosterPorts): Roster {
  const watched = new Map<string, Watched>()
  /** Servers without a loop; one that comes back takes its memory up again. */
  const absent = new Map<string, State>()
  let history: State['history'] = 'awaited'
  let changes = 0

  function onFact({ type }: Fact): void {
    if (type === 'CheckPassed' || type === 'CheckFailed' || type === 'ChecksTaken') changes += 1
  }

  function watch(virtualServer: string, realServer: string): Watched {
    const name = targetName({ virtualServer, realServer })
    const known = absent.get(name)
    absent.delete(name)
    const created = createWatched(initialState(virtualServer, realServer, history), ports, onFact)
    if (known !== undefined) created.loop.reset(withMemory(created.loop.state(), memoryOf(known)))
    watched.set(name, created)
    return created
  }

  function retire(name: string): void {
    const leaving = watched.get(name)
    if (leaving === undefined) return
    leaving.stop()
    watched.delete(name)
    const state = leaving.loop.state()
    if (state.verdict?.alive === false) absent.set(name, { ...state, checks: [] })
  }

  return {
    apply(virtualServers) {
      const wanted = new Map(targetsOf(virtualServers).map((target) => [targetName(target), target]))
      for (const name of [...watched.keys()]) if (!wanted.has(name)) retire(name)
      for (const [name, { virtualServer, realServer, checks }] of wanted) {
        const { loop } = watched.get(name) ?? watch(virtualServer, realServer)
        const luck = checks.map(() => ports.random())
        loop.dispatch({ type: 'ChecksConfigured', checks, luck, at: ports.clock.now() })
      }
    },
    restore(memories) {
      for (const memory of memories) {
        const name = targetName(memory)
        const loop = watched.get(name)?.loop
        if (loop !== undefined) loop.reset(withMemory(loop.state(), memory))
        else absent.set(name, withMemory(initialState(memory.virtualServer, memory.realServer, history), memory))
      }
    },
    recall(event) {
      const name = targetName(event)
      const fact: Fact = { type: 'EventRecalled', event }
      const loop = watched.get(name)?.loop
      if (loop !== undefined) return loop.recall(fact)
      const before = absent.get(name) ?? initialState(event.virtualServer, event.realServer, history)
      if (event.type === 'RealServerUp') absent.delete(name)
      else absent.set(name, evolve(before, fact))
    },
    historyRead() {
      history = 'known'
      for (const { loop } of watched.values()) loop.dispatch({ type: 'HistoryRead' })
    },
    historyMissing() {
      if (history === 'known') return
      history = 'unavailable'
      for (const { loop } of watched.values()) loop.dispatch({ type: 'HistoryMissing' })
    },
    memories: () => [...[...watched.values()].map(({ loop }) => loop.state()), ...absent.values()].map(memoryOf),
    changes: () => changes,
    stop() {
      for (const { stop } of watched.values()) stop()
      watched.clear()
    },
  }
}

function targetsOf(virtualServers: readonly VirtualServer[]) {
  return virtualServers.flatMap((server) =>
    server.realServers
      .filter(({ checks }) => checks.length > 0)
      .map((real) => ({
        virtualServer: virtualServerName(server),
        realServer: endpointName(real),
        checks: real.checks,
      })),
  )
}

function createWatched(initial: State, ports: RosterPorts, onFact: (fact: Fact) => void): Watched {
  const { clock, log, probes, publish } = ports
  const timers = new Map<string, Cancel>()
  let stopped = false
  const loop = createLoop<State, Input, Fact, Effect>({
    core: { decide, evolve, react },
    initial,
    // Probing is made of inner facts, which never wait; only what follows from an event does.
    order: 'record-first',
    act,
    toEvent(fact) {
      onFact(fact)
      return eventOf(fact)
    },
    publish,
    log,
  })

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'ProbeAt': {
        const { check, round, when } = effect
        timers.get(check)?.()
        timers.set(
          check,
          clock.at(when, () => loop.dispatch({ type: 'ProbeTimeCame', check, round })),
        )
        return
      }
      case 'Probe': {
        const { check, round, definition } = effect
        probes.probe(definition, (result) => {
          if (!stopped) loop.dispatch({ type: 'ProbeEnded', check, round, result, at: clock.now() })
        })
        return
      }
      case 'Complain':
        log.warn({ check: effect.check, detail: effect.detail }, 'could not probe')
    }
  }

  return {
    loop,
    stop() {
      stopped = true
      for (const cancel of timers.values()) cancel()
    },
  }
}
