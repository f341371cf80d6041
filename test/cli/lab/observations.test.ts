import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  alternates,
  answersNothing,
  answersOnly,
  type Fetch,
  failuresIn,
  lastOf,
  longestGap,
  parseFetch,
} from '../../../cli/lab/observations.ts'

const PACE_MS = 10
const TOOK_MS = 3

/** One fetch each 10 ms from 0 on; `.` stands for a failure. */
function fetchesOf(answers: string): Fetch[] {
  return [...answers].map((answer, at) => ({
    number: at + 1,
    start: at * PACE_MS,
    end: at * PACE_MS + TOOK_MS,
    answer: answer === '.' ? null : `web${answer}`,
    failure: answer === '.' ? 'timeout' : null,
  }))
}

test('a line of the client is a fetch with its times and its answer', () =>
  assert.deepEqual(parseFetch('7 1000.25 1003.50 web2'), {
    number: 7,
    start: 1000.25,
    end: 1003.5,
    answer: 'web2',
    failure: null,
  }))

test('a line with an exclamation mark is a fetch that failed, with the reason', () => {
  const fetch = parseFetch('8 1 501 !timeout')
  assert.equal(fetch?.answer, null)
  assert.equal(fetch?.failure, 'timeout')
})

test('a torn line is no fetch', () => assert.equal(parseFetch('8 1'), null))

test('the last fetches come in the order of their starts, however they ended', () => {
  const [one, two, three] = fetchesOf('121')
  assert.ok(one && two && three)
  assert.deepEqual(lastOf([two, one, three], 3), [one, two, three])
})

test('nothing is said about the last fetches while one of them is still on its way', () => {
  const [one, , three, four] = fetchesOf('1212')
  assert.ok(one && three && four)
  assert.equal(lastOf([one, three, four], 3), null)
})

test('answers in turn alternate', () => assert.equal(alternates(fetchesOf('212121'), 6, 0), true))
test('the same answer twice does not alternate', () => assert.equal(alternates(fetchesOf('212211'), 6, 0), false))
test('a failure among the answers does not alternate', () => assert.equal(alternates(fetchesOf('21.121'), 6, 0), false))
test('answers from before the moment in question do not count', () =>
  assert.equal(alternates(fetchesOf('212121'), 6, 1), false))

test('only one web server answers when all answers are its own', () => {
  assert.equal(answersOnly(fetchesOf('1122222'), 5, 0, 'web2'), true)
  assert.equal(answersOnly(fetchesOf('11222.2'), 5, 0, 'web2'), false)
})

test('nothing answers when every fetch failed', () => {
  assert.equal(answersNothing(fetchesOf('12....'), 4, 0), true)
  assert.equal(answersNothing(fetchesOf('12..1.'), 4, 0), false)
})

test('an outage lasts from the end of one good answer to the end of the next', () =>
  assert.deepEqual(longestGap(fetchesOf('12...12'), 0, 1_000), { ms: 40, from: 13, to: 53 }))

test('an outage that began before the period counts in full', () =>
  assert.equal(longestGap(fetchesOf('12...12'), 35, 1_000)?.ms, 40))

test('an outage that ended before the period does not count', () =>
  assert.equal(longestGap(fetchesOf('12...12'), 54, 1_000)?.ms, 10))

test('an outage before the first answer of all is counted from the beginning of the period', () =>
  assert.deepEqual(longestGap(fetchesOf('..1..'), 5, 1_000), { ms: 18, from: 5, to: 23 }))

test('a period without an answer has no outage that has ended', () =>
  assert.equal(longestGap(fetchesOf('1....'), 5, 1_000), null))

test('failures are counted by the start of the fetch', () =>
  assert.deepEqual(
    failuresIn(fetchesOf('1..2.'), 15, 40).map(({ number }) => number),
    [3, 5],
  ))
