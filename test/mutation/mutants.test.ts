import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyMutant, mutantsOf } from './mutants.ts'

const faulty = (source: string) => mutantsOf(source).map((mutant) => applyMutant(source, mutant))

test('a comparison is moved by one and turned round', () => {
  assert.deepEqual(faulty('const a = b < c'), ['const a = b <= c', 'const a = b >= c'])
})

test('a guard always holds, or never', () => {
  assert.deepEqual(faulty('function f(a) {\n  if (a) return 1\n}'), [
    'function f(a) {\n  if (true || a) return 1\n}',
    'function f(a) {\n  if (false && a) return 1\n}',
  ])
})

test('comments, texts and types are left alone', () => {
  assert.deepEqual(faulty("type A = true | false // a < b\nconst a: Set<true> = 'x && y' /* b + c */"), [])
})

test('a fault knows its line, and how that would read', () => {
  const [first] = mutantsOf('const a = 1\n  const b = a && c\n')
  assert.deepEqual([first?.line, first?.text], [2, 'const b = a || c'])
})
