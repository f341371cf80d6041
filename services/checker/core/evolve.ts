/** What we know after a fact. */
import type { CheckerEvent } from '#schemas/checker.ts'
import type { CheckState, Fact, State, Verdict } from './state.ts'

export function evolve(state: State, fact: Fact): State {
  switch (fact.type) {
    case 'ChecksTaken':
      return { ...state, checks: fact.checks }
    case 'ProbeScheduled':
      return withCheck(state, fact.check, ({ round }) => ({ round: round + 1 }))
    case 'CheckPassed':
    case 'AttemptPassed':
      return withCheck(state, fact.check, () => ({
        status: 'up',
        failures: 0,
        failure: null,
        observed: true,
        tookMs: fact.tookMs,
      }))
    case 'AttemptFailed':
      return withCheck(state, fact.check, ({ failures }) => ({ failures: failures + 1, failure: causeOf(fact) }))
    case 'CheckFailed':
      return withCheck(state, fact.check, ({ failures }) => ({
        status: 'down',
        failures: failures + 1,
        failure: causeOf(fact),
        observed: true,
      }))
    case 'HistorySettled':
      return { ...state, history: fact.history }
    case 'EventRecalled':
      return afterRecall(state, fact.event)
    case 'RealServerUp':
    case 'RealServerDown':
      return { ...state, verdict: verdictOf(fact), verdictIsNew: true }
    case 'ProbeBegan':
    case 'ProbeMadeImpossible':
      return state
  }
}

function withCheck(state: State, name: string, change: (check: CheckState) => Partial<CheckState>): State {
  return {
    ...state,
    checks: state.checks.map((check) => (check.name === name ? { ...check, ...change(check) } : check)),
  }
}

function causeOf({ reason, detail }: { reason: string; detail: string }): CheckState['failure'] {
  return { reason, detail }
}

export function verdictOf(event: CheckerEvent): Verdict {
  return event.type === 'RealServerUp' ? { alive: true } : { alive: false, check: event.check }
}

/** The log may be read late, when this run has seen for itself: then the log is the older of the two. */
function afterRecall(state: State, event: CheckerEvent): State {
  const checks = state.checks.map((check): CheckState => {
    if (check.observed) return check
    // A server counts as alive only when each of its checks has passed.
    if (event.type === 'RealServerUp') return { ...check, status: 'up', failures: 0, failure: null }
    if (check.name !== event.check) return check
    return { ...check, status: 'down', failures: event.attempts, failure: causeOf(event) }
  })
  return state.verdictIsNew ? { ...state, checks } : { ...state, checks, verdict: verdictOf(event) }
}
