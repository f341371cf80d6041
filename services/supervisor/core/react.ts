import type { ProcessName } from '#schemas/supervisor.ts'
import type { Effect, Fact, State } from './state.ts'
import { LATER_MS, PATIENCE_MS } from './timing.ts'

/** What has to be done because of a fact; `state` is already the one after it. */
export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'Booted':
      return missing(state)
        .filter((name) => FIRST.includes(name))
        .map((name) => spawn(name, state))
    case 'SignOfLife':
      return firstAreUp(state) ? missing(state).map((name) => spawn(name, state)) : []
    case 'Time':
      return fact.at - state.bootedAt > LATER_MS ? missing(state).map((name) => spawn(name, state)) : []
    case 'ProcessKnown': {
      const watch: Effect[] = fact.adopted ? [{ type: 'Watch', process: fact.process, pid: fact.pid }] : []
      return [...watch, { type: 'Remember' }]
    }
    case 'ProcessExited':
      if (fact.restartInMs === null) return []
      return [{ type: 'ArmRestart', process: fact.process, delayMs: fact.restartInMs }]
    case 'RestartCame':
      return [spawn(fact.process, state)]
    case 'WantedChanged':
      return [...missing(state).map((name) => spawn(name, state)), ...reloads(state)]
    case 'EndAsked':
      return [
        { type: 'Signal', process: fact.process, pid: fact.pid, signal: 'SIGTERM' },
        { type: 'ArmPatience', process: fact.process, pid: fact.pid, delayMs: PATIENCE_MS },
      ]
    case 'EndForced':
      return [{ type: 'Signal', process: fact.process, pid: fact.pid, signal: 'SIGKILL' }]
    case 'StoreMovedAside':
      return [{ type: 'MoveStoreAside' }]
    case 'RecordMissing':
      return [{ type: 'RecordConfig' }]
    case 'BusStoreChanged':
      return endServer(state)
    case 'AllEnded':
      return [{ type: 'Exit' }]
    case 'ProcessGone':
    case 'TrialMoved':
    case 'RecordKnown':
    case 'BusSeen':
    case 'StopBegun':
    case 'NodeStarted':
    case 'ProcessStarted':
    case 'ProcessHung':
    case 'ConfigApplied':
    case 'ConfigRejected':
    case 'NodeStopped':
      return []
  }
}

/** An address is dark until these run; the others would only compete with them for the processor. */
const FIRST: ProcessName[] = ['vrrp', 'ipvs', 'nats-server']

function firstAreUp({ wanted, processes }: State): boolean {
  return wanted
    .filter((name) => FIRST.includes(name) && name !== 'nats-server')
    .every((name) => processes[name] !== undefined && processes[name].aliveAt > processes[name].startedAt)
}

function spawn(process: ProcessName, state: State): Effect {
  return { type: 'Spawn', process, storage: state.bus.storage }
}

function missing(state: State): ProcessName[] {
  if (state.stopping !== null) return []
  return state.wanted.filter((name) => state.processes[name] === undefined)
}

/** The embedded server has no configuration of the operator's: it is never told to reload. */
function reloads(state: State): Effect[] {
  return state.wanted.flatMap((name) => {
    const process = state.processes[name]
    if (name === 'nats-server' || process?.phase !== 'running') return []
    return [{ type: 'Signal' as const, process: name, pid: process.pid, signal: 'SIGHUP' as const }]
  })
}

/** It comes back with the other storage; SIGKILL, because a server with a full disk ignores SIGTERM (measured). */
function endServer(state: State): Effect[] {
  const server = state.processes['nats-server']
  if (server?.phase !== 'ending') return []
  return [{ type: 'Signal', process: 'nats-server', pid: server.pid, signal: 'SIGKILL' }]
}
