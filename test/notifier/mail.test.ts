import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evolve } from '../../services/notifier/core/evolve.ts'
import { memoryOf, withMemory } from '../../services/notifier/core/memory.ts'
import { type Input, initialState, type Notice } from '../../services/notifier/core/state.ts'
import type { MailResult } from '../../services/notifier/ports.ts'
import {
  ABOUT,
  becameBackup,
  becameFault,
  becameMaster,
  config,
  instance,
  offered,
  resumed,
  run,
  SINCE,
  serverDown,
  serverUp,
  stopped,
  withRealServer,
} from './given.ts'

const acknowledged = { type: 'Acknowledge', channel: 'mail', about: ABOUT }
const offer = offered('mail', becameMaster)
const ends = (result: MailResult): Input => ({ type: 'MailEnded', about: ABOUT, ageMs: 0, result })
/** No mail would have got through. */
const deferred = (reason: string, delivered: string[] = []): Input =>
  ends({ outcome: 'deferred', by: 'silence', reason, delivered })

function textOf(notice: Notice, using = config()) {
  const { facts } = run([offered('mail', notice)], initialState(using))
  return facts.flatMap((fact) => (fact.type === 'MailDue' ? [fact] : []))[0]
}

test('subjects are those that keepalived writes', () => {
  assert.equal(textOf(becameMaster)?.subject, '[R1] VRRP Instance VI_1 - Entering MASTER state')
  assert.equal(textOf(becameBackup)?.subject, '[R1] VRRP Instance VI_1 - Entering BACKUP state')
  assert.equal(textOf(becameFault)?.subject, '[R1] VRRP Instance VI_1 - Entering FAULT state')
  assert.equal(textOf(stopped)?.subject, '[R1] VRRP Instance VI_1 - Stopping')
  const server = '[R1] Realserver [192.0.2.3]:tcp:80 of virtual server [192.0.2.100]:tcp:80'
  assert.equal(textOf(serverDown)?.subject, `${server} - DOWN`)
  assert.equal(textOf(serverUp)?.subject, `${server} - UP`)
})

test('the body begins with the line that filters look for, then says why and which event', () => {
  assert.equal(
    textOf(becameMaster)?.body,
    '=> VRRP Instance is now owning VRRP VIPs <=\n\n' +
      'Why: silence; the master before was 192.0.2.2 (priority 100); last heard 3609 ms ago\n' +
      `Event: ${ABOUT}\n`,
  )
  assert.match(
    textOf(becameBackup)?.body ?? '',
    /^=> VRRP Instance is no longer owning VRRP VIPs <=\n\nWhy: higher pri/,
  )
  assert.match(textOf(serverDown)?.body ?? '', /^=> TCP CHECK failed on service <=\n\nWhy: connection refused; TCP_C/)
  assert.match(textOf(serverUp)?.body ?? '', /^=> TCP CHECK succeeded on service <=\n/)
})

test('the Message-ID follows from the event alone', () => {
  assert.equal(textOf(becameMaster)?.messageId, `${ABOUT}@failoverd`)
})

test('an instance that a reload took away is reported as deleted', () => {
  const reload = { type: 'ConfigurationReloaded', config: config({ instances: [] }) } as const
  const [due] = run([reload, offered('mail', stopped)]).facts
  assert.equal(due?.type === 'MailDue' ? due.subject : '', '[R1] VRRP Instance VI_1 - Deleted')
})

test('a due mail is sent to all recipients, as configured', () => {
  const { effects } = run([offer])
  assert.deepEqual(effects, [
    {
      type: 'SendMail',
      about: ABOUT,
      since: SINCE,
      mail: {
        ...{ server: { host: '192.0.2.25', port: 25 }, connectTimeoutMs: 30_000, heloName: null },
        ...{ from: 'lb@example.org', to: ['admin@example.org'], remaining: ['admin@example.org'] },
        messageId: `${ABOUT}@failoverd`,
        subject: '[R1] VRRP Instance VI_1 - Entering MASTER state',
        body: textOf(becameMaster)?.body,
      },
    },
  ])
})

test('with no_email_faults a fault is the one change of state that nobody is written to about', () => {
  const quiet = initialState(config({ mail: { ...config().mail, silentFaults: true } }))
  const tell = (event: Parameters<typeof offered>[1]) =>
    run([offered('mail', event)], quiet).effects.map(({ type }) => type)
  assert.deepEqual(tell(becameFault), ['Acknowledge'])
  assert.deepEqual(tell(becameMaster), ['SendMail'])
  assert.deepEqual(
    run([offered('mail', becameFault)]).effects.map(({ type }) => type),
    ['SendMail'],
  )
})

test('no transition, no alert flag, no recipient or no server: no mail, and the event is done', () => {
  const { mail } = config()
  const silent = [
    run([offered('mail', resumed)]),
    run([offer], initialState(config({ instances: [instance({ smtpAlert: false })] }))),
    run([offered('mail', serverDown)], initialState(withRealServer({ smtpAlert: false }))),
    run([offer], initialState(config({ mail: { ...mail, recipients: [] } }))),
    run([offer], initialState(config({ mail: { ...mail, server: null } }))),
  ]
  for (const { effects } of silent) assert.deepEqual(effects, [acknowledged])
})

test('a mail that was taken is recorded, and only then is the event acknowledged', () => {
  const { facts, effects } = run([offer, ends({ outcome: 'sent' })])
  assert.deepEqual(facts, [{ type: 'MailSent', about: ABOUT, messageId: `${ABOUT}@failoverd`, attempts: 1 }])
  assert.deepEqual(effects, [acknowledged])
})

test('after a failure the event is put back for a second, doubling up to a minute', () => {
  const delays = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
  let { state } = run([offer])
  for (const retryInMs of delays) {
    const after = run([deferred('connection refused')], state)
    assert.deepEqual(after.effects, [{ type: 'PutBack', channel: 'mail', about: ABOUT, retryInMs }])
    state = run([offer], after.state).state
  }
})

test('a failure is published the first time and when its reason changes; numbers in it are no change', () => {
  const failures = (inputs: Input[]) => run(inputs).facts.filter(({ type }) => type === 'MailFailed')
  const first = [offer, deferred('451 try again in 299 s')]
  assert.deepEqual(failures(first), [
    ...[{ type: 'MailFailed', about: ABOUT, messageId: `${ABOUT}@failoverd`, reason: '451 try again in 299 s' }].map(
      (fact) => ({ ...fact, retryInMs: 1_000, setAside: false }),
    ),
  ])
  assert.equal(failures([...first, offer, deferred('451 try again in 12 s')]).length, 0)
  assert.equal(failures([...first, offer, deferred('connection refused')]).length, 1)
})

test('a mail that the server refuses for good is given up, loudly', () => {
  const { facts, effects } = run([offer, ends({ outcome: 'refused', reason: '550 no such user' })])
  assert.deepEqual(facts, [
    {
      ...{ type: 'MailFailed', about: ABOUT, messageId: `${ABOUT}@failoverd`, reason: '550 no such user' },
      ...{ retryInMs: null, setAside: false },
    },
  ])
  assert.deepEqual(effects, [acknowledged])
})

test('a mail that was given up stays given up when its event is offered again', () => {
  const { effects } = run([offer, ends({ outcome: 'refused', reason: '550 no such user' }), offer])
  assert.deepEqual(effects, [acknowledged])
})

test('who took the mail in any attempt does not get it again', () => {
  const mail = { ...config().mail, recipients: ['a@example.org', 'b@example.org', 'c@example.org'] }
  const attempts = [offer, deferred('450', ['a@example.org']), offer, deferred('450', ['b@example.org']), offer]
  const [sending] = run(attempts, initialState(config({ mail }))).effects
  assert.deepEqual(sending?.type === 'SendMail' ? sending.mail.remaining : [], ['c@example.org'])
})

test('a second attempt goes only to those who do not have the mail', () => {
  const mail = { ...config().mail, recipients: ['a@example.org', 'b@example.org'] }
  const { effects } = run([offer, deferred('450', ['a@example.org']), offer], initialState(config({ mail })))
  const [sending] = effects
  assert.deepEqual(sending?.type === 'SendMail' ? sending.mail.remaining : [], ['b@example.org'])
  assert.deepEqual(sending?.type === 'SendMail' ? sending.mail.to : [], ['a@example.org', 'b@example.org'])
})

test('a mail whose recipients a reload took away is given up', () => {
  const nobody = config({ mail: { ...config().mail, recipients: [] } })
  const { facts, effects } = run([offer, deferred('450'), { type: 'ConfigurationReloaded', config: nobody }, offer])
  assert.deepEqual(
    facts.map((fact) => (fact.type === 'MailFailed' ? fact.retryInMs : fact.type)),
    [null],
  )
  assert.deepEqual(effects, [acknowledged])
})

const due = run([offer]).facts[0]

test('after a crash in between, the mail goes out again under the same Message-ID and is not due a second time', () => {
  assert.ok(due?.type === 'MailDue')
  const { facts, effects } = run([offer], evolve(initialState(config()), due))
  assert.deepEqual(facts, [{ type: 'MailTriedAgain', about: ABOUT }])
  assert.equal(effects[0]?.type === 'SendMail' ? effects[0].mail.messageId : '', `${ABOUT}@failoverd`)
})

test('a mail that the log says was sent is not repeated', () => {
  assert.ok(due?.type === 'MailDue')
  const sent = { type: 'MailSent', about: ABOUT, messageId: `${ABOUT}@failoverd`, attempts: 1 } as const
  const state = [due, sent].reduce(evolve, initialState(config()))
  assert.deepEqual(run([offer], state).effects, [acknowledged])
})

test('a snapshot knows what is open and what is done', () => {
  const other = 'site1.node1.vrrp.boot1.8'
  const { state } = run([
    offer,
    ends({ outcome: 'sent' }),
    offered('mail', becameBackup, other),
    offered('scripts', stopped),
  ])
  const restored = withMemory(initialState(config()), memoryOf(state))
  assert.deepEqual(run([offer], restored).effects, [acknowledged])
  assert.deepEqual(
    run([offered('mail', becameBackup, other)], restored).facts.map(({ type }) => type),
    ['MailTriedAgain'],
  )
})

test('what is remembered as done is bounded', () => {
  let state = initialState(config())
  for (let index = 0; index < 1_000; index += 1) {
    const about = `e${index}`
    const sent: Input = { type: 'MailEnded', about, ageMs: 0, result: { outcome: 'sent' } }
    state = run([offered('mail', becameMaster, about), sent, offered('scripts', becameMaster, about)], state).state
  }
  assert.deepEqual([state.mails.length, state.mailed.length, state.scripts.length], [0, 256, 256])
  assert.equal(state.mailed.at(-1), 'e999')
})
