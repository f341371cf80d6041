import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evolve } from '../../services/notifier/core/evolve.ts'
import { memoryOf, withMemory } from '../../services/notifier/core/memory.ts'
import { type Input, initialState } from '../../services/notifier/core/state.ts'
import type { MailResult } from '../../services/notifier/ports.ts'
import { ABOUT, becameBackup, becameMaster, config, offered, run } from './given.ts'

const HOUR_MS = 3_600_000

const offer = (about = ABOUT) => offered('mail', becameMaster, about)
const ends = (result: MailResult, about = ABOUT, ageMs = 0): Input => ({ type: 'MailEnded', about, ageMs, result })
const deferred = (by: 'answer' | 'silence', about = ABOUT, ageMs = 0): Input =>
  ends({ outcome: 'deferred', by, reason: '451 later', delivered: [] }, about, ageMs)
const retry: Input = { type: 'MailRetryCame', about: ABOUT }

/** Put off by the server so often that others may pass. */
const aside = (about = ABOUT): Input[] => [1, 2, 3].flatMap(() => [offer(about), deferred('answer', about)])

test('a mail that the server puts off a third time is set aside, and the log goes on with the next', () => {
  const { facts, effects } = run(aside())
  assert.deepEqual(facts.at(-1), {
    ...{ type: 'MailFailed', about: ABOUT, messageId: `${ABOUT}@failoverd`, reason: '451 later' },
    ...{ retryInMs: 4_000, setAside: true },
  })
  assert.deepEqual(effects, [
    { type: 'RetryMail', about: ABOUT, inMs: 4_000 },
    { type: 'Acknowledge', channel: 'mail', about: ABOUT },
  ])
})

test('a mail that was set aside is tried on its own, less and less often, to every half hour', () => {
  const delays: number[] = []
  let { state } = run(aside())
  for (let index = 0; index < 12; index += 1) {
    const sending = run([retry], state)
    assert.deepEqual(
      sending.effects.map(({ type }) => type),
      ['SendMail'],
    )
    const after = run([deferred('answer')], sending.state)
    assert.deepEqual(
      after.facts.map(({ type }) => type),
      ['MailAttemptFailed'],
    )
    delays.push(...after.effects.flatMap((effect) => (effect.type === 'RetryMail' ? [effect.inMs / 1_000] : [])))
    state = after.state
  }
  assert.deepEqual(delays, [8, 16, 32, 64, 128, 256, 512, 1_024, 1_800, 1_800, 1_800, 1_800])
  assert.equal(run([retry, ends({ outcome: 'sent' })], state).facts[0]?.type, 'MailSent')
})

test('while the server is away the first mail keeps its place, however often it fails', () => {
  let { state } = run([])
  for (let index = 0; index < 50; index += 1) {
    const after = run([offer(), deferred('silence')], state)
    assert.deepEqual(after.effects.at(-1)?.type, 'PutBack')
    state = after.state
  }
})

test('no more than ten are set aside: then it is the server, and the order is kept', () => {
  const others = Array.from({ length: 10 }, (_, index) => aside(`e${index}`)).flat()
  assert.equal(run([...others, ...aside()]).effects.at(-1)?.type, 'PutBack')
  const oneDone = [...others, ends({ outcome: 'sent' }, 'e4')]
  assert.equal(run([...oneDone, ...aside()]).effects.at(-1)?.type, 'Acknowledge')
})

test('a mail is given up after five days, loudly, whether set aside or first in its queue', () => {
  for (const before of [aside(), [offer()]]) {
    const { state } = run(before)
    assert.equal(run([deferred('answer', ABOUT, 119 * HOUR_MS)], state).facts[0]?.type, 'MailAttemptFailed')
    const [given] = run([deferred('silence', ABOUT, 120 * HOUR_MS)], state).facts
    assert.equal(given?.type === 'MailFailed' ? given.retryInMs : 'not given up', null)
    assert.deepEqual(run([deferred('silence', ABOUT, 120 * HOUR_MS), retry], state).facts, [])
  }
})

test('a restarted notifier goes on with what was set aside, by its snapshot or by the log alone', () => {
  const { state } = run(aside())
  const text = { messageId: `${ABOUT}@failoverd`, subject: 's', body: 'b' }
  const logged = [
    { type: 'MailDue', about: ABOUT, ...text, since: 't' } as const,
    { type: 'MailFailed', about: ABOUT, ...text, reason: 'x', retryInMs: 4_000, setAside: true } as const,
  ].reduce(evolve, initialState(config()))
  for (const restored of [withMemory(initialState(config()), memoryOf(state)), logged])
    assert.deepEqual(
      run([{ type: 'HistoryRead' }], restored).effects.map(({ type }) => type),
      ['SendMail'],
    )
})

test('a mail that was not set aside is left to the log at a restart', () => {
  const { state } = run([offer(), deferred('answer')])
  assert.deepEqual(run([{ type: 'HistoryRead' }], state).effects, [])
})

test('the event of a mail that was set aside, offered again, is acknowledged and sends nothing', () => {
  assert.deepEqual(run([...aside(), offer()]).effects, [{ type: 'Acknowledge', channel: 'mail', about: ABOUT }])
})

test('a mail whose recipients a reload took away is given up when its turn comes', () => {
  const nobody = config({ mail: { ...config().mail, recipients: [] } })
  const { facts } = run([...aside(), { type: 'ConfigurationReloaded', config: nobody }, retry])
  assert.equal(facts[0]?.type === 'MailFailed' ? facts[0].retryInMs : 'not given up', null)
})

test('later news is sent while one is set aside', () => {
  assert.deepEqual(
    run([...aside(), offered('mail', becameBackup, 'later')]).effects.map(({ type }) => type),
    ['SendMail'],
  )
})
