import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Envelope } from '#schemas/envelope.ts'
import { evolve } from '../../services/notifier/core/evolve.ts'
import { type Fact, initialState } from '../../services/notifier/core/state.ts'
import { createDesk } from '../../services/notifier/desk.ts'
import { eventOf, noticeOf, recalledFact } from '../../services/notifier/events.ts'
import { ABOUT, becameMaster, config, offered, run, serverDown } from './given.ts'

function envelope(type: string, data: Envelope['data']): Envelope {
  const chain = { sequence: 1, prevhash: '0'.repeat(64), correlationid: 'story', hlc: '', time: '' }
  return {
    ...chain,
    specversion: '1.0',
    id: ABOUT,
    source: '/s/n/x',
    type,
    subject: 'x',
    datacontenttype: 'application/json',
    data,
  }
}

const started = run([offered('scripts', becameMaster)]).facts[0]

test('the event of a started script tells its command line and nothing of our own', () => {
  assert.deepEqual(started === undefined ? null : eventOf(started), {
    service: 'notifier',
    entity: 'scripts',
    data: { type: 'ScriptStarted', about: ABOUT, argv: ['/opt/master', '--fast'] },
  })
})

test('mails and scripts are entities of their own, and inner facts are no events', () => {
  const sent: Fact = { type: 'MailSent', about: ABOUT, messageId: 'm', attempts: 1 }
  assert.equal(eventOf(sent)?.entity, 'mail')
  assert.equal(eventOf({ type: 'MailTriedAgain', about: ABOUT }), null)
})

test('a script that an earlier run recorded as started, but not as ended, is started again', () => {
  const draft = started === undefined ? null : eventOf(started)
  const recalled = recalledFact(envelope('failoverd.notifier.script-started.v1', draft?.data ?? {}))
  assert.ok(recalled !== null)
  const { effects } = run([offered('scripts', becameMaster)], evolve(initialState(config()), recalled))
  assert.deepEqual(
    effects.map(({ type }) => type),
    ['RunScript', 'RunScript', 'Acknowledge'],
  )
})

test('events of vrrp and checker are notices, and kinds that are not known here are none', () => {
  assert.deepEqual(noticeOf(envelope('failoverd.vrrp.became-master.v1', becameMaster)), becameMaster)
  assert.deepEqual(noticeOf(envelope('failoverd.checker.real-server-down.v1', serverDown)), serverDown)
  assert.equal(noticeOf(envelope('failoverd.vrrp.something-new.v1', { type: 'SomethingNew' })), null)
})

test('an event that is in hand is begun once, however often it is offered, and every offer gets the answer', async () => {
  const desk = createDesk()
  let begun = 0
  const begin = () => {
    begun += 1
  }
  const offers = [desk.take('mail', ABOUT, begin), desk.take('mail', ABOUT, begin)]
  const other = desk.take('scripts', ABOUT, begin)
  assert.equal(begun, 2)
  desk.leave('mail', ABOUT, { done: false, retryInMs: 5 })
  assert.deepEqual(await Promise.all(offers), [
    { done: false, retryInMs: 5 },
    { done: false, retryInMs: 5 },
  ])
  desk.leave('scripts', ABOUT, { done: true })
  assert.deepEqual(await other, { done: true })
  void desk.take('mail', ABOUT, begin)
  assert.equal(begun, 3)
})
