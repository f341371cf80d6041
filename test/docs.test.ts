// The pages say what the code says. UPDATE=1 node --test test/docs.test.ts writes what is generated.
import { deepEqual } from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { conformancePage, idleExcuses, shownBy, unproved } from './docs/conformance.ts'
import { documentedCodes, errorCodes } from './docs/errors.ts'
import { describeEvents } from './docs/events.ts'
import { keywordReference, keywordsHarmless, keywordsUnprotected, keywordsUnsafe } from './docs/keywords.ts'
import { controlOptions, daemonOptions, knownOptions, mentionedOptions } from './docs/options.ts'
import { assertSection, ROOT, readPage } from './docs/page.ts'
import { missingPaths } from './docs/paths.ts'

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: ROOT }).sort()]

test('docs/events.md has every event of the schemas, each with its fields', () => {
  const events = describeEvents()
  for (const service of new Set(events.map((event) => event.service))) {
    const own = events.filter((event) => event.service === service)
    assertSection('docs/events.md', service, own.map(({ markdown }) => markdown).join('\n\n'))
  }
})

test('every event says in its schema what it means', () => {
  deepEqual(
    describeEvents().flatMap(({ name, doc }) => (doc === '' ? [name] : [])),
    [],
  )
})

test('docs/events.md has no event that the schemas do not have', () => {
  const known = new Set(describeEvents().map(({ name }) => name))
  const headings = [...readPage('docs/events.md').matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name)
  deepEqual(headings.toSorted(), [...known].toSorted())
})

test('docs/errors.md has every error code of the code, and no other', () => {
  deepEqual(documentedCodes(readPage('docs/errors.md')).toSorted(), [...errorCodes()].toSorted())
})

test('docs/configuration.md has every keyword, and says which are not in force', () => {
  assertSection('docs/configuration.md', 'keywords', keywordReference())
  assertSection('docs/configuration.md', 'unsafe', keywordsUnsafe())
  assertSection('docs/configuration.md', 'unprotected', keywordsUnprotected())
  assertSection('docs/configuration.md', 'harmless', keywordsHarmless())
})

test('docs/operations.md has every option of both programs', () => {
  assertSection('docs/operations.md', 'failoverd', daemonOptions())
  assertSection('docs/operations.md', 'failoverctl', controlOptions())
})

test('every statement of VRRP has a test that names it, or an excuse that is still needed', () => {
  const shown = shownBy()
  deepEqual(unproved(shown), [], 'without a test, and not in NOT_YET of test/docs/conformance-statements.ts')
  deepEqual(idleExcuses(shown), [], 'in NOT_YET, and not needed there')
})

test('docs/conformance.md has every statement with its tests', () => {
  assertSection('docs/conformance.md', 'statements', conformancePage(shownBy()))
})

for (const page of PAGES) {
  test(`${page} names only files that exist`, () => deepEqual(missingPaths(readPage(page), page), []))

  test(`${page} names only options that exist`, () => {
    const known = knownOptions()
    deepEqual(
      mentionedOptions(readPage(page)).filter((option) => !known.has(option)),
      [],
    )
  })
}
