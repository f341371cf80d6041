/** What an input means given what we know. Pure: time arrives as input.at, chance as input.luck. */
import { isEqual } from '#platform/equality.ts'
import type { Check } from '#schemas/config.ts'
import { endpointName } from '#schemas/names.ts'
import { evolve } from './evolve.ts'
import type { CheckState, Fact, Input, State } from './state.ts'
import { firstProbeAt, nextProbeAt } from './timing.ts'

export function decide(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'ChecksConfigured':
      return asConfigured(input, state)
    case 'ProbeTimeCame': {
      const check = currentCheck(input, state)
      return check === null ? [] : [{ type: 'ProbeBegan', check: check.name, round: check.round }]
    }
    case 'ProbeEnded': {
      const check = currentCheck(input, state)
      return check === null ? [] : asEnded(input, check, state)
    }
    case 'HistoryRead':
      return withVerdict([{ type: 'HistorySettled', history: 'known' }], state)
    case 'HistoryMissing':
      return state.history === 'known' ? [] : withVerdict([{ type: 'HistorySettled', history: 'unavailable' }], state)
  }
}

function currentCheck({ check: name, round }: { check: string; round: number }, state: State): CheckState | null {
  return state.checks.find((check) => check.name === name && check.round === round) ?? null
}

/** Only differences: what is defined as before keeps its standing and its schedule. */
function asConfigured({ checks, luck, at }: Extract<Input, { type: 'ChecksConfigured' }>, state: State): Fact[] {
  const names = namesOf(checks)
  const taken = checks.map((definition, index): CheckState => {
    const name = names[index] ?? ''
    const known = state.checks.find((check) => check.name === name)
    return known === undefined ? newCheck(name, definition) : { ...known, definition }
  })
  const scheduled = taken.flatMap((check, index): Fact[] => {
    const known = state.checks.find(({ name }) => name === check.name)
    if (known !== undefined && isEqual(known.definition, check.definition)) return []
    const when = firstProbeAt(at, check.definition.warmupMs, luck[index] ?? 0)
    return [{ type: 'ProbeScheduled', check: check.name, when }]
  })
  return withVerdict([{ type: 'ChecksTaken', checks: taken }, ...scheduled], state)
}

/** The same target may be checked twice, with other timing or from another address. */
function namesOf(checks: readonly Check[]): string[] {
  const plain = checks.map(
    ({ type, connectAddress, connectPort }) =>
      `${type} ${endpointName({ address: connectAddress, port: connectPort })}`,
  )
  return plain.map((name, index) => {
    const before = plain.slice(0, index).filter((other) => other === name).length
    return before === 0 ? name : `${name} #${before + 1}`
  })
}

function newCheck(name: string, definition: Check): CheckState {
  const standing = { status: 'unknown', failures: 0, failure: null, observed: false } as const
  return { name, definition, ...standing, tookMs: 0, round: 0 }
}

function asEnded({ result, at }: Extract<Input, { type: 'ProbeEnded' }>, check: CheckState, state: State): Fact[] {
  const facts = [outcomeOf(result, check)]
  const after = facts.reduce(evolve, state).checks.find(({ name }) => name === check.name) ?? check
  return withVerdict([...facts, { type: 'ProbeScheduled', check: check.name, when: nextProbeAt(after, at) }], state)
}

function outcomeOf(result: Extract<Input, { type: 'ProbeEnded' }>['result'], check: CheckState): Fact {
  switch (result.outcome) {
    case 'passed':
      return {
        type: check.status === 'up' ? 'AttemptPassed' : 'CheckPassed',
        check: check.name,
        tookMs: result.tookMs,
      }
    case 'impossible':
      return { type: 'ProbeMadeImpossible', check: check.name, detail: result.detail }
    case 'failed': {
      const { reason, detail } = result
      // Retries are for servers that were up: before the first success one failure is final (keepalived's rule).
      const spared = check.status === 'down' || (check.status === 'up' && check.failures < check.definition.retry)
      return { type: spared ? 'AttemptFailed' : 'CheckFailed', check: check.name, reason, detail }
    }
  }
}

function withVerdict(facts: Fact[], state: State): Fact[] {
  return [...facts, ...verdictOn(facts.reduce(evolve, state))]
}

/** The event that the standing of the checks calls for: none while it says what was said last. */
function verdictOn(state: State): Fact[] {
  const { virtualServer, realServer, checks, verdict, verdictIsNew, history } = state
  // Half-read history: what it says next may be the opposite.
  if (history === 'awaited' && verdict !== null && !verdictIsNew) return []
  const target = { virtualServer, realServer }
  const failed = checks.find(({ status }) => status === 'down')
  if (failed !== undefined) return verdict?.alive === false ? [] : [downOf(target, failed)]
  if (checks.length === 0 || checks.some(({ status }) => status === 'unknown')) return []
  const tookMs = Math.max(...checks.map((check) => check.tookMs))
  if (verdict === null) {
    // A server in service that turns out to be alive is no news, unless ipvs may think otherwise.
    if (history !== 'unavailable') return []
    return [{ type: 'RealServerUp', ...target, check: checks[0]?.name ?? '', tookMs, previously: 'unknown' }]
  }
  return verdict.alive ? [] : [{ type: 'RealServerUp', ...target, check: verdict.check, tookMs }]
}

function downOf(target: { virtualServer: string; realServer: string }, { name, failure, failures }: CheckState): Fact {
  const { reason, detail } = failure ?? { reason: 'unknown', detail: '' }
  return { type: 'RealServerDown', ...target, check: name, reason, detail, attempts: Math.max(1, failures) }
}
