import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { assertSection, table } from '../docs/page.ts'
import { compare } from './comparison.ts'
import { DIFFERENCES } from './documented.ts'
import type { Verdict } from './keepalived.ts'
import type { Reading } from './ours.ts'

function finding(code: string, keyword: string, message = code): Diagnostic {
  const place = { file: 'x.conf', line: 1, column: 1, text: '' }
  return { severity: 'error', code, keyword, message, hint: null, ...place }
}

function verdict(status: number, ...messages: string[]): Verdict {
  return { status, messages, unchecked: false }
}

function reading(...diagnostics: Diagnostic[]): Reading {
  const missing = diagnostics.some(({ code }) => code === 'MISSING_PARAMETER')
  const status = missing ? 2 : diagnostics.length > 0 ? 5 : 0
  return { status, runs: !missing, complaints: diagnostics, diagnostics, milliseconds: 1 }
}

test('the same verdict needs no account', () => {
  const clean = compare(verdict(0), reading())
  assert.deepEqual(clean, { theirs: 'clean', ours: 'clean', because: [], unexplained: [] })
  const both = compare(verdict(5, 'Unknown keyword'), reading(finding('UNKNOWN_KEYWORD', 'x')))
  assert.deepEqual([both.theirs, both.ours, both.unexplained], ['complaints', 'complaints', []])
  const fatal = compare(verdict(2, '*** missing'), reading(finding('MISSING_PARAMETER', 'state')))
  assert.deepEqual([fatal.theirs, fatal.ours, fatal.unexplained], ['fatal', 'fatal', []])
})

test('what concerns the machine counts for nobody', () => {
  const messages = [
    'SECURITY VIOLATION - scripts are being executed',
    "WARNING - interface eth9 for instance doesn't exist",
  ]
  const { theirs, ours } = compare(verdict(6, ...messages), reading(finding('SCRIPT_DISABLED', 'notify')))
  assert.deepEqual([theirs, ours], ['clean', 'clean'])
})

test('a difference that nothing accounts for is told with what was said', () => {
  assert.deepEqual(compare(verdict(5, 'so so'), reading()).unexplained, ['only keepalived says: so so'])
  assert.deepEqual(compare(verdict(0), reading(finding('NEW', 'x', 'is new'))).unexplained, ['NEW x: is new'])
  assert.deepEqual(compare(verdict(2, '*** state'), reading()).unexplained, [
    'only keepalived does not start: 2 *** state',
  ])
  assert.deepEqual(compare(verdict(0), reading(finding('MISSING_PARAMETER', 'x', 'more'))).unexplained, [
    'only failoverd does not start: MISSING_PARAMETER x: more',
  ])
})

test('a documented difference has to account for everything that one of them said', () => {
  const route = 'Warning - cannot track route 192.0.2.0/24 with no interface specified, not tracking'
  assert.deepEqual(compare(verdict(5, route), reading()).because, ['routes without an interface'])
  assert.deepEqual(compare(verdict(5, route, 'so so'), reading()).unexplained, ['only keepalived says: so so'])
})

test('an include that failed keeps keepalived from starting, whatever the status says of scripts', () => {
  assert.equal(compare(verdict(6, 'include failed'), reading()).theirs, 'fatal')
})

test('what keepalived did not check is no verdict', () => {
  const { because, unexplained } = compare({ ...verdict(0), unchecked: true }, reading(finding('NEW', 'x')))
  assert.deepEqual([because, unexplained], [['a network namespace that is not there'], []])
})

test('docs/configuration.md lists every documented difference', () => {
  const rows = DIFFERENCES.map(({ name, reason }) => [name, reason])
  assertSection('docs/configuration.md', 'differences', table(['what', 'why'], rows))
})
