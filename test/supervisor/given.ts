/** The supervisor's core without processes: given inputs, when an input, then facts and effects. */
import type { ProcessName } from '#schemas/supervisor.ts'
import { decide } from '../../services/supervisor/core/decide.ts'
import { evolve } from '../../services/supervisor/core/evolve.ts'
import { react } from '../../services/supervisor/core/react.ts'
import { type Effect, type Fact, type Input, initialState, type State } from '../../services/supervisor/core/state.ts'

export const ALL: ProcessName[] = ['nats-server', 'vrrp', 'ipvs', 'checker', 'notifier']

/** Runs inputs through the core as the loop does. */
export function run(inputs: Input[], from: State = initialState()): { state: State; facts: Fact[]; effects: Effect[] } {
  let state = from
  const facts: Fact[] = []
  const effects: Effect[] = []
  for (const input of inputs)
    for (const fact of decide(input, state)) {
      state = evolve(state, fact)
      facts.push(fact)
      effects.push(...react(fact, state))
    }
  return { state, facts, effects }
}

export const booted = (wanted: ProcessName[] = ALL): Input => ({
  type: 'NodeBooted',
  at: 0,
  booted: { version: '1', pid: 9, configFile: 'x.conf', configDigest: 'd', wanted },
  adopted: [],
})

/** A node of which every process runs since `at`, with ids from 100 up. */
export function running(at = 0): State {
  const spawned = ALL.map((process, index): Input => ({ type: 'ProcessSpawned', at, process, pid: 100 + index }))
  const connected: Input = { type: 'BusConnectionChanged', at, connected: true }
  return run([booted(), ...spawned, connected]).state
}

export const exit = (process: ProcessName, at: number, pid = 100 + ALL.indexOf(process)): Input => ({
  type: 'ProcessEnded',
  at,
  process,
  pid,
  status: null,
  signal: 'SIGKILL',
})
