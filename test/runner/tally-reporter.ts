import type { TestEvent } from 'node:test/reporters'

/**
 * A reporter of `node --test` for the runner, beside the one that people read: a line `passed`, `failed` or `skipped`
 * for each test, as it ends, `file` for each file that has a process of its own and came to its end, and `end` last. A
 * run that dies half-way leaves its lines and no `end`; a file that does so with status 0 passes for node, without `file`.
 */
export default async function* tallyReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    const outcome = outcomeOf(event)
    if (outcome !== undefined) yield `${outcome}\n`
  }
  yield 'end\n'
}

function outcomeOf(event: TestEvent): 'passed' | 'failed' | 'skipped' | 'file' | undefined {
  if (event.type === 'test:summary') return event.data.file === undefined ? undefined : 'file'
  if (event.type === 'test:fail') {
    // A suite stands for its tests; only one that fails by itself, in a hook, has no test that says so.
    const { type, error } = event.data.details
    const isEcho = type === 'suite' && 'failureType' in error && error.failureType === 'subtestsFailed'
    return isEcho ? undefined : 'failed'
  }
  if (event.type !== 'test:pass' || event.data.details.type === 'suite') return undefined
  const isSkipped = event.data.skip !== undefined && event.data.skip !== false
  return isSkipped ? 'skipped' : 'passed'
}
