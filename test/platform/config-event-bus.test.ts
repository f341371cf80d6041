import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

function eventBus(statements: string) {
  const { config, diagnostics } = parse(`event_bus {\n${statements}\n}`)
  const said = diagnostics.filter(({ code }) => code !== 'NOTHING_TO_DO')
  return { eventBus: config?.eventBus, said: complaints(said) }
}

test('without event_bus everything is kept', () => {
  assert.deepEqual(parse('').config?.eventBus, { maxAgeS: null, maxBytes: null })
  assert.deepEqual(instanceWith('').diagnostics, [])
})

test('the log is limited by age, by size, or by both', () => {
  assert.deepEqual(eventBus('max_age 90d').eventBus, { maxAgeS: 7_776_000, maxBytes: null })
  assert.deepEqual(eventBus('max_size 2G').eventBus, { maxAgeS: null, maxBytes: 2 ** 31 })
  assert.deepEqual(eventBus('max_age 4w\nmax_size 16M'), {
    eventBus: { maxAgeS: 2_419_200, maxBytes: 2 ** 24 },
    said: [],
  })
})

test('several event_bus blocks are one, and the last word counts', () => {
  const { config } = parse('event_bus {\n max_age 30d\n max_size 1G\n}\nevent_bus {\n max_size 2G\n}')
  assert.deepEqual(config?.eventBus, { maxAgeS: 2_592_000, maxBytes: 2 ** 31 })
})

test('a log that forgets what a mail may still wait for is warned of', () => {
  assert.deepEqual(eventBus('max_age 4d').said, ['2:9 SHORT_LOG max_age'])
  assert.deepEqual(eventBus('max_age 5d').said, [])
})

test('what is out of range is left out, and everything is kept', () => {
  const { eventBus: bus, said } = eventBus('max_age 30\nmax_size 1M')
  assert.deepEqual(bus, { maxAgeS: null, maxBytes: null })
  assert.deepEqual(said, ['2:9 OUT_OF_RANGE max_age', '3:10 OUT_OF_RANGE max_size'])
})

test('what of it is not in force is said', () => {
  assert.deepEqual(eventBus('server nats://192.0.2.1:4222').said, ['2:1 NOT_IN_FORCE server'])
  assert.deepEqual(
    complaints(parse('alert_sink ops {\n type webhook\n}').diagnostics)[0],
    '1:1 NOT_IN_FORCE alert_sink',
  )
})

test('a reload names what changes in the words of the file', () => {
  const before = parse('event_bus {\n max_size 1G\n}').config ?? assert.fail()
  const after = parse('event_bus {\n max_size 2G\n max_age 30d\n}').config ?? assert.fail()
  assert.deepEqual(difference(before, after).map(inWords), [
    'changed event_bus max_age: none -> 30d',
    'changed event_bus max_size: 1G -> 2G',
  ])
})

test('no finding shows a secret of a sink', () => {
  const secrets = [
    'secret "hush',
    'header Authorization "Bearer hush',
    'password "hush',
    'url https://me:hush@a.example/ "',
  ]
  for (const line of secrets) {
    const { diagnostics } = parse(`alert_sink a {\n type webhook\n ${line}\n}`)
    assert.ok(diagnostics.some(({ text }) => text.includes('****')))
    assert.doesNotMatch(JSON.stringify(diagnostics), /hush/)
  }
})
