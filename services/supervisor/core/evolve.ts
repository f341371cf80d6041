import type { ProcessName } from '#schemas/supervisor.ts'
import type { Fact, Process, State } from './state.ts'

/** What we know after a fact. */
export function evolve(state: State, fact: Fact): State {
  switch (fact.type) {
    case 'Booted':
      return { ...state, wanted: fact.wanted, configDigest: fact.digest, bootedAt: fact.at, tickedAt: fact.at }
    case 'ProcessKnown':
      return withProcess(state, fact.process, {
        phase: 'running',
        pid: fact.pid,
        startedAt: fact.at,
        aliveAt: fact.at,
        heard: false,
        restarts: fact.restarts,
        quickEnds: state.processes[fact.process]?.quickEnds ?? 0,
      })
    case 'ProcessGone':
      return asGone(state, fact.process, fact.quick)
    case 'SignOfLife':
      return changed(state, fact.process, (process) => ({ ...process, aliveAt: fact.at, heard: true }))
    case 'BusSeen':
      return { ...state, bus: { ...state.bus, connected: fact.connected, since: fact.at } }
    case 'Time':
      return fact.jumped ? awake(state, fact.at) : { ...state, tickedAt: fact.at }
    case 'WantedChanged':
      return { ...state, wanted: fact.wanted, configDigest: fact.digest }
    case 'EndAsked':
    case 'EndForced':
      return changed(state, fact.process, (process) => ({ ...process, phase: 'ending' }))
    case 'RecordKnown':
    case 'RecordMissing':
      return { ...state, recorded: fact.digest }
    case 'StoreMovedAside':
      return { ...state, recorded: null }
    case 'BusStoreChanged':
      // Another store is another log.
      return serverEnding({ ...state, recorded: null, bus: { ...state.bus, storage: fact.storage } })
    case 'TrialMoved':
      return { ...state, bus: { ...state.bus, trial: fact.to } }
    case 'StopBegun':
      return { ...state, stopping: fact.signal }
    case 'RestartCame':
    case 'AllEnded':
    case 'NodeStarted':
    case 'ProcessStarted':
    case 'ProcessExited':
    case 'ProcessHung':
    case 'ConfigApplied':
    case 'ConfigRejected':
    case 'NodeStopped':
      return state
  }
}

/** The end of a server that we replace says nothing about its store. */
function serverEnding(state: State): State {
  if (state.processes['nats-server']?.phase !== 'running') return state
  return changed(state, 'nats-server', (server) => ({ ...server, phase: 'ending' }))
}

function asGone(state: State, name: ProcessName, quick: boolean): State {
  if (state.wanted.includes(name))
    return changed(state, name, (process) => ({
      ...process,
      phase: 'waiting',
      quickEnds: quick ? process.quickEnds + 1 : 0,
    }))
  const { [name]: _gone, ...processes } = state.processes
  return { ...state, processes }
}

/** We stood still: silence in that time says nothing about others. */
function awake(state: State, at: number): State {
  const processes = Object.fromEntries(
    Object.entries(state.processes).map(([name, process]) => [name, { ...process, aliveAt: at }]),
  )
  return { ...state, processes, tickedAt: at, bus: { ...state.bus, since: at } }
}

function withProcess(state: State, name: ProcessName, process: Process): State {
  return { ...state, processes: { ...state.processes, [name]: process } }
}

function changed(state: State, name: ProcessName, change: (process: Process) => Process): State {
  const process = state.processes[name]
  return process === undefined ? state : withProcess(state, name, change(process))
}
