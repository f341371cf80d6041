import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterRun, firstRound, type RoundRules } from '../../services/vrrp/core/rounds.ts'

/** Verdicts after each run: `g` good, `b` bad. */
function verdicts(runs: string, rules: RoundRules, initFail = false): string {
  let rounds = firstRound(initFail, rules)
  return Array.from(runs, (run) => {
    rounds = afterRun(rounds, run === 'g', rules)
    return rounds.verdict
  }).join(' ')
}

test('the first run decides alone, whatever rise and fall are', () => {
  assert.equal(verdicts('g', { rise: 3, fall: 3 }), 'up')
  assert.equal(verdicts('b', { rise: 3, fall: 3 }), 'down')
})

test('it takes fall bad runs in a row to go down, and rise good ones to come back', () => {
  assert.equal(verdicts('gbgbb', { rise: 1, fall: 2 }), 'up up up up down')
  assert.equal(verdicts('bggbggg', { rise: 3, fall: 1 }), 'down down down down down down up')
})

test('with init_fail it is down from the start, until its first good run, as measured with keepalived', () => {
  const rules = { rise: 3, fall: 1 }
  assert.equal(firstRound(true, rules).verdict, 'down')
  assert.equal(verdicts('g', rules, true), 'up')
  assert.equal(verdicts('bgggg', rules, true), 'down down down up up')
  assert.equal(firstRound(false, rules).verdict, 'unknown')
})
