import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { CONFORMANCE, SECTIONS } from './conformance.ts'
import { ALL } from './vectors.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const LIST = resolve(ROOT, '../shared/spec/vrrp-conformance.md')

/** Titles as they stand in the test files; those made in loops over the golden vectors are spelled out. */
function titles(): Set<string> {
  const found = new Set<string>([
    ...ALL.map(({ id }) => `${id}: an advert is encoded to the bytes of the golden vector`),
    ...ALL.map(({ id }) => `${id}: the golden vector is accepted`),
  ])
  for (const folder of ['test/vrrp', 'test/platform', 'test/system']) {
    const files = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.test.ts'))
    for (const file of files) {
      const text = readFileSync(join(ROOT, folder, file), 'utf8')
      for (const [, title] of text.matchAll(/^ *test\('((?:[^'\\]|\\.)*)'/gm)) found.add(title ?? '')
    }
  }
  return found
}

test('every statement that is proved names tests that exist', () => {
  const known = titles()
  for (const [id, proof] of Object.entries(CONFORMANCE)) {
    if ('notHere' in proof) continue
    assert.ok(proof.tests.length > 0, id)
    for (const title of proof.tests) assert.ok(known.has(title), `${id}: no test "${title}"`)
  }
})

test('every statement of the conformance list has a test, or a reason why it has none', {
  skip: existsSync(LIST) ? false : 'the conformance list is not beside this checkout',
}, () => {
  const text = readFileSync(LIST, 'utf8')
  const ids = [...text.matchAll(/^\| ([A-Z])(\d+) \|/gm)]
    .filter(([, letter]) => SECTIONS.includes(letter ?? ''))
    .map(([, letter, number]) => `${letter}${number}`)
  assert.ok(ids.length > 90)
  assert.deepEqual(new Set(Object.keys(CONFORMANCE)), new Set(ids))
})
