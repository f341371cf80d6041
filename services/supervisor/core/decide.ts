import type { ProcessName } from '#schemas/supervisor.ts'
import { type Fact, type Input, type Process, type Reading, STOP_ORDER, type State } from './state.ts'
import { BUS_SILENT_MS, FIRST_BEAT_MS, JUMP_MS, QUICK_MS, restartDelayMs, SILENT_MS, STORE_SUSPECT } from './timing.ts'

/** What an input means given what we know. Pure: time arrives as input.at. */
export function decide(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'NodeBooted':
      return asBooted(input)
    case 'ProcessSpawned':
      return asSpawned(input, state)
    case 'ProcessEnded':
      return asEnded(input, state)
    case 'RestartDue':
      return dueForRestart(input.process, state) ? [{ type: 'RestartCame', process: input.process }] : []
    case 'BeatHeard':
      return [{ type: 'SignOfLife', at: input.at, process: input.process }]
    case 'BusConnectionChanged':
      return [{ type: 'BusSeen', at: input.at, connected: input.connected }, ...asAnswered(input.connected, state)]
    case 'Ticked':
      return asTicked(input.at, state)
    case 'StoreSeen':
      return asStoreSeen(input, state)
    case 'ConfigRead':
      return asRead(input.reading, state)
    case 'RecordFound':
      return asRecordFound(input.recorded, state)
    case 'StopAsked':
      return asStopAsked(input.signal, state)
    case 'PatienceEnded': {
      const process = state.processes[input.process]
      const same = process?.phase === 'ending' && process.pid === input.pid
      return same ? [{ type: 'EndForced', process: input.process, pid: input.pid }] : []
    }
  }
}

function asBooted({ at, booted, adopted }: Extract<Input, { type: 'NodeBooted' }>): Fact[] {
  const { wanted, ...node } = booted
  return [
    { type: 'NodeStarted', ...node, adopted: adopted.map(({ process }) => process) },
    ...adopted.map((known): Fact => ({ type: 'ProcessKnown', at, ...known, adopted: true })),
    { type: 'Booted', at, wanted, digest: booted.configDigest },
  ]
}

function asSpawned({ at, process, pid }: Extract<Input, { type: 'ProcessSpawned' }>, state: State): Fact[] {
  const before = state.processes[process]
  const restarts = before === undefined ? 0 : before.restarts + 1
  return [
    { type: 'ProcessKnown', at, process, pid, restarts, adopted: false },
    { type: 'ProcessStarted', process, pid, restarts },
  ]
}

function asEnded(input: Extract<Input, { type: 'ProcessEnded' }>, state: State): Fact[] {
  const { at, process, pid, status, signal } = input
  const known = state.processes[process]
  if (known === undefined || known.pid !== pid) return []
  const quick = known.phase === 'running' && at - known.startedAt < QUICK_MS
  const again = state.stopping === null && state.wanted.includes(process)
  const restartInMs = again ? restartDelayMs(process, quick ? known.quickEnds + 1 : 0) : null
  const inVain = again && process === 'nats-server' && quick
  return [
    { type: 'ProcessExited', process, pid, status, signal, restartInMs },
    { type: 'ProcessGone', at, process, quick },
    ...(inVain ? asStartedInVain(known.quickEnds + 1, state) : []),
    ...(state.stopping === null ? [] : nextToEnd(state, process)),
  ]
}

/**
 * The ladder of DESIGN 2.6. A server may fail to start for reasons that are not its store's (its program is being
 * replaced, memory is short): the log is moved aside only when the server was seen to start without it, and only then.
 */
function asStartedInVain(times: number, { bus }: State): Fact[] {
  const change = (storage: 'file' | 'memory', reason: string): Fact[] => [{ type: 'BusStoreChanged', storage, reason }]
  switch (bus.trial) {
    case 'none':
      if (times < STORE_SUSPECT || bus.storage === 'memory') return []
      return [
        { type: 'TrialMoved', to: 'without-store' },
        ...change('memory', 'the server does not start: is it its store?'),
      ]
    case 'without-store':
      return [
        { type: 'TrialMoved', to: 'innocent' },
        ...change('file', 'the server does not start without its store either'),
      ]
    case 'again':
      return [{ type: 'TrialMoved', to: 'fresh' }, { type: 'StoreMovedAside' }]
    case 'fresh':
      return [
        { type: 'TrialMoved', to: 'failed' },
        ...change('memory', 'the server does not start with a fresh store either'),
      ]
    case 'failed':
    case 'innocent':
      return []
  }
}

/** A server that answers without its store gets one more chance with it: what kept it away may be over. */
function asAnswered(connected: boolean, { bus, stopping }: State): Fact[] {
  if (!connected || stopping !== null) return []
  if (bus.storage === 'file') return bus.trial === 'none' ? [] : [{ type: 'TrialMoved', to: 'none' }]
  if (bus.trial !== 'without-store') return []
  return [
    { type: 'TrialMoved', to: 'again' },
    { type: 'BusStoreChanged', storage: 'file', reason: 'the server starts without its store: once more with it' },
  ]
}

function asStoreSeen({ free, stuck }: Extract<Input, { type: 'StoreSeen' }>, { bus, stopping }: State): Fact[] {
  if (stopping !== null) return []
  if (bus.storage === 'file' && free === 'none' && stuck)
    return [{ type: 'BusStoreChanged', storage: 'memory', reason: 'the disk of the event store is full or read-only' }]
  if (bus.storage === 'memory' && free === 'enough' && bus.trial === 'none')
    return [{ type: 'BusStoreChanged', storage: 'file', reason: 'the disk of the event store has room again' }]
  return []
}

function dueForRestart(process: ProcessName, state: State): boolean {
  return state.stopping === null && state.wanted.includes(process) && state.processes[process]?.phase === 'waiting'
}

function asTicked(at: number, state: State): Fact[] {
  const jumped = state.tickedAt > 0 && at - state.tickedAt > JUMP_MS
  const time: Fact = { type: 'Time', at, jumped }
  if (jumped || state.stopping !== null) return [time]
  return [time, ...state.wanted.flatMap((name) => asSilence(name, at, state))]
}

function asSilence(name: ProcessName, at: number, state: State): Fact[] {
  const process = state.processes[name]
  if (process?.phase !== 'running') return []
  const silentMs = name === 'nats-server' ? busSilence(process, at, state) : serviceSilence(process, at, state)
  if (silentMs === null) return []
  return [
    { type: 'ProcessHung', process: name, pid: process.pid, silentMs: Math.round(silentMs) },
    { type: 'EndForced', process: name, pid: process.pid },
  ]
}

function busSilence(process: Process, at: number, { bus }: State): number | null {
  const silentMs = at - Math.max(bus.since, process.startedAt)
  return !bus.connected && silentMs > BUS_SILENT_MS ? silentMs : null
}

/** Without the bus no heartbeat can arrive: silence means nothing then. */
function serviceSilence(process: Process, at: number, { bus }: State): number | null {
  if (!bus.connected) return null
  const silentMs = at - Math.max(process.aliveAt, bus.since, process.startedAt)
  const limitMs = process.heard ? SILENT_MS : FIRST_BEAT_MS
  return silentMs > limitMs ? silentMs : null
}

function asRead(reading: Reading, state: State): Fact[] {
  if (!reading.ok) return [{ type: 'ConfigRejected', digest: reading.digest, diagnostics: reading.diagnostics }]
  const { digest, differences, wanted } = reading
  const surplus = state.wanted.filter((name) => !wanted.includes(name))
  return [
    { type: 'WantedChanged', wanted, digest },
    ...(digest === state.configDigest ? [] : [{ type: 'RecordMissing', digest } as const]),
    { type: 'ConfigApplied', digest, differences },
    ...surplus.flatMap((name) => endAsked(name, state)),
  ]
}

/** A restart finds in the log what it runs with, unless the file has changed meanwhile, or the log is a new one. */
function asRecordFound(recorded: string | null, { recorded: known, configDigest: digest }: State): Fact[] {
  if (known !== null) return []
  return [{ type: recorded === digest ? 'RecordKnown' : 'RecordMissing', digest }]
}

function asStopAsked(signal: string, state: State): Fact[] {
  if (state.stopping !== null) return []
  return [{ type: 'StopBegun', signal }, ...nextToEnd(state, null)]
}

/** The next process in the order of stopping; the node's own last word goes out before the log itself ends. */
function nextToEnd(state: State, ended: ProcessName | null): Fact[] {
  const next = STOP_ORDER.find((name) => name !== ended && isAlive(state.processes[name]))
  if (next === undefined) return [{ type: 'AllEnded' }]
  const farewell: Fact[] = next === 'nats-server' ? [{ type: 'NodeStopped', signal: state.stopping ?? 'SIGTERM' }] : []
  return [...farewell, ...endAsked(next, state)]
}

function isAlive(process: Process | undefined): process is Process {
  return process !== undefined && process.phase !== 'waiting'
}

function endAsked(name: ProcessName, state: State): Fact[] {
  const process = state.processes[name]
  return isAlive(process) ? [{ type: 'EndAsked', process: name, pid: process.pid }] : []
}
