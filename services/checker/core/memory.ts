/** What a restarted checker takes up again: standings, not schedules. */
import type { CheckState, Memory, State } from './state.ts'

/** Version of the snapshot's shape. */
export const MEMORY_VERSION = 1

export function memoryOf({ virtualServer, realServer, verdict, checks }: State): Memory {
  const standings = checks.map(({ name, status, failures, failure }) => ({ name, status, failures, failure }))
  return { virtualServer, realServer, verdict, checks: standings }
}

/** What this run has seen for itself wins. */
export function withMemory(state: State, memory: Memory): State {
  const checks = state.checks.map((check): CheckState => {
    const known = memory.checks.find(({ name }) => name === check.name)
    return known === undefined || check.observed ? check : { ...check, ...known }
  })
  return { ...state, checks, verdict: state.verdictIsNew ? state.verdict : memory.verdict }
}
