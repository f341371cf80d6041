/** Given facts and inputs, when an input, then facts: checker's core without a clock, a network or a bus. */
import assert from 'node:assert/strict'
import type { z } from 'zod'
import type { RealServerDown } from '#schemas/checker.ts'
import type { TcpCheck } from '#schemas/config.ts'
import { decide } from '../../services/checker/core/decide.ts'
import { evolve } from '../../services/checker/core/evolve.ts'
import { type Fact, type Input, initialState, type State } from '../../services/checker/core/state.ts'
import type { ProbeResult } from '../../services/checker/ports.ts'

export const VIRTUAL = '192.0.2.100:80/tcp'
export const REAL = '192.0.2.3:80'
export const CHECK = 'TCP_CHECK 192.0.2.3:80'
export const SECOND = 'TCP_CHECK 192.0.2.3:8080'

export function tcpCheck(changes: Partial<TcpCheck> = {}): TcpCheck {
  const target = { connectAddress: '192.0.2.3', connectPort: 80, bindAddress: null, connectTimeoutMs: 3_000 }
  const timing = { delayLoopMs: 6_000, retry: 1, delayBeforeRetryMs: 1_000, warmupMs: 6_000 }
  return { type: 'TCP_CHECK', ...target, ...timing, ...changes }
}

export const refused: ProbeResult = { outcome: 'failed', reason: 'connection-refused', detail: 'refused' }
export const passed: ProbeResult = { outcome: 'passed', tookMs: 2 }

/** A step is an input, or one that depends on what is known by then. */
export type Step = Input | ((state: State) => Input)

export function run(steps: Step[], from: State = initialState(VIRTUAL, REAL, 'awaited')) {
  let state = from
  let facts: Fact[] = []
  for (const step of steps) {
    facts = decide(typeof step === 'function' ? step(state) : step, state)
    for (const fact of facts) state = evolve(state, fact)
  }
  return { state, facts }
}

export const configured = (checks = [tcpCheck()], luck = [0.5, 0.5]): Step => ({
  type: 'ChecksConfigured',
  checks,
  luck,
  at: 0,
})

export const historyRead: Step = { type: 'HistoryRead' }

/** The current probe of a check ends. */
export const ended =
  (result: ProbeResult, at = 10_000, check = CHECK): Step =>
  (state) => ({
    type: 'ProbeEnded',
    check,
    round: state.checks.find(({ name }) => name === check)?.round ?? -1,
    result,
    at,
  })

export const published = (facts: Fact[]): Fact[] =>
  facts.filter(({ type }) => type === 'RealServerUp' || type === 'RealServerDown')

export const scheduled = (facts: Fact[]): number[] =>
  facts.flatMap((fact) => (fact.type === 'ProbeScheduled' ? [fact.when] : []))

export const down = (attempts: number, check = CHECK): z.infer<typeof RealServerDown> => ({
  type: 'RealServerDown',
  virtualServer: VIRTUAL,
  realServer: REAL,
  check,
  reason: 'connection-refused',
  detail: 'refused',
  attempts,
})

export const up = (check = CHECK): Fact => ({
  type: 'RealServerUp',
  virtualServer: VIRTUAL,
  realServer: REAL,
  check,
  tookMs: 2,
})

/** What the last of these steps publishes. */
export function publishes(steps: Step[], expected: Fact[], from?: State): void {
  assert.deepEqual(published(run(steps, from).facts), expected)
}
