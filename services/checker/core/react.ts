/** What has to be done because of a fact; `state` is already the one after it. */
import type { Effect, Fact, State } from './state.ts'

export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'ProbeScheduled': {
      const { check, when } = fact
      const round = state.checks.find(({ name }) => name === check)?.round
      return round === undefined ? [] : [{ type: 'ProbeAt', check, round, when }]
    }
    case 'ProbeBegan': {
      const definition = state.checks.find(({ name }) => name === fact.check)?.definition
      return definition === undefined ? [] : [{ type: 'Probe', check: fact.check, round: fact.round, definition }]
    }
    case 'ProbeMadeImpossible':
      return [{ type: 'Complain', check: fact.check, detail: fact.detail }]
    case 'ChecksTaken':
    case 'CheckPassed':
    case 'AttemptPassed':
    case 'AttemptFailed':
    case 'CheckFailed':
    case 'HistorySettled':
    case 'EventRecalled':
    case 'RealServerUp':
    case 'RealServerDown':
      return []
  }
}
