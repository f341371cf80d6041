import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Effect, Input } from '../../services/supervisor/core/state.ts'
import { ALL, exit, run, running } from './given.ts'

const found = (recorded: string | null): Input => ({ type: 'RecordFound', recorded })
const read = (digest: string, differences: string[] = []): Input => ({
  type: 'ConfigRead',
  at: 0,
  reading: { ok: true, digest, wanted: ALL, differences },
})
const records = (effects: Effect[]) => effects.filter(({ type }) => type === 'RecordConfig').length

test('a refused configuration is recorded and touches no process', () => {
  const reading = { ok: false as const, digest: 'e', diagnostics: ['x.conf:3:5 …'] }
  const { facts, effects } = run([{ type: 'ConfigRead', at: 0, reading }], running())
  assert.deepEqual(facts, [{ type: 'ConfigRejected', digest: 'e', diagnostics: ['x.conf:3:5 …'] }])
  assert.deepEqual(effects, [])
})

test('a good configuration is told to every service but not to the embedded server', () => {
  const reading = { ok: true as const, digest: 'e', wanted: ALL, differences: ['changed VI_1'] }
  const { effects } = run([{ type: 'ConfigRead', at: 0, reading }], running())
  assert.deepEqual(
    effects.filter(({ type }) => type === 'Signal'),
    [101, 102, 103, 104].map((pid, index) => ({ type: 'Signal', process: ALL[index + 1], pid, signal: 'SIGHUP' })),
  )
})

test('a configuration without virtual servers ends the checker and does not start it again', () => {
  const wanted = ALL.filter((name) => name !== 'checker')
  const reading = { ok: true as const, digest: 'e', wanted, differences: [] }
  const reloaded = run([{ type: 'ConfigRead', at: 0, reading }], running())
  assert(reloaded.effects.some((effect) => effect.type === 'Signal' && effect.process === 'checker'))
  const ended = run([exit('checker', 9_000)], reloaded.state)
  assert.deepEqual(ended.effects, [])
  assert.equal(ended.state.processes.checker, undefined)
})

test('a configuration that the log does not have last is recorded, once', () => {
  const empty = run([found(null)], running())
  assert.equal(records(empty.effects), 1)
  assert.equal(records(run([found(null), found('old')], empty.state).effects), 0)
  assert.equal(records(run([found('old')], running()).effects), 1)
})

test('a restart with the configuration that the log has last records nothing', () => {
  const { effects, state } = run([found('d')], running())
  assert.equal(records(effects), 0)
  assert.equal(state.recorded, 'd')
})

test('a reload records what it changed, and the same file again says that nothing did', () => {
  const changed = run([found('d'), read('e', ['changed VI_1 priority'])], running())
  assert.equal(records(changed.effects), 1)
  const again = run([read('e')], changed.state)
  assert.equal(records(again.effects), 0)
  assert.deepEqual(
    again.facts.filter(({ type }) => type === 'ConfigApplied'),
    [{ type: 'ConfigApplied', digest: 'e', differences: [] }],
  )
})

test('a reload before the log could be asked is recorded without asking', () => {
  const early = run([read('e'), found(null)], running())
  assert.equal(records(early.effects), 1)
})

test('another store has to be asked anew', () => {
  const full: Input = { type: 'StoreSeen', at: 1, free: 'none', stuck: true }
  const { state } = run([found('d'), full], running())
  assert.equal(state.recorded, null)
  assert.equal(records(run([found(null)], state).effects), 1)
})
