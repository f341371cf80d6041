import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { smtpMailer } from '../../services/notifier/adapters/mail.ts'
import type { Mail } from '../../services/notifier/ports.ts'
import { type SmtpSink, smtpSink } from './smtp-sink.ts'

let sink: SmtpSink
beforeEach(async () => {
  sink = await smtpSink()
})
afterEach(() => sink.close())

function mail(changes: Partial<Mail> = {}): Mail {
  const to = ['a@example.org', 'b@example.org']
  return {
    ...{ server: { host: '127.0.0.1', port: sink.port }, connectTimeoutMs: 500, heloName: 'lb.example.org' },
    ...{ from: 'lb@example.org', to, remaining: to, messageId: 'event.7@failoverd' },
    ...{ subject: '[R1] VRRP Instance VI_1 - Entering MASTER state', body: '=> now owning <=\n\nWhy: silence\n' },
    ...changes,
  }
}

test('a mail arrives with its subject, Message-ID, X-Mailer and body, under the configured HELO name', async () => {
  assert.deepEqual(await smtpMailer().send(mail()), { outcome: 'sent' })
  const [taken] = sink.taken
  assert.deepEqual([taken?.messageId, taken?.helo], ['<event.7@failoverd>', 'lb.example.org'])
  assert.equal(taken?.subject, '[R1] VRRP Instance VI_1 - Entering MASTER state')
  assert.deepEqual(taken?.to, ['a@example.org', 'b@example.org'])
  assert.match(taken?.text ?? '', /^X-Mailer: failoverd\r$/m)
  assert.match(taken?.text ?? '', /^To: a@example.org,\r\n b@example.org\r$/m)
  assert.match(taken?.text ?? '', /\r\n\r\n=> now owning <=\r\n\r\nWhy: silence\r\n/)
})

test('a server that refuses the connection is tried again later', async () => {
  const port = sink.port
  await sink.close()
  const result = await smtpMailer().send(mail({ server: { host: '127.0.0.1', port } }))
  assert.equal(result.outcome, 'deferred')
  assert.match(result.outcome === 'deferred' ? `${result.by} ${result.reason}` : '', /^silence .*ECONNREFUSED/)
  sink = await smtpSink()
})

test('a server that says nothing is given up after the connect timeout', async () => {
  const mute = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const address = mute.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const result = await smtpMailer().send(mail({ server: { host: '127.0.0.1', port }, connectTimeoutMs: 200 }))
  mute.close()
  assert.equal(result.outcome === 'deferred' ? result.by : result.outcome, 'silence')
})

test('a recipient that is to come later is the only one left', async () => {
  sink.refuse('b@example.org', { code: 450, text: 'greylisted' })
  const result = await smtpMailer().send(mail())
  assert.equal(result.outcome, 'deferred')
  assert.deepEqual(result.outcome === 'deferred' ? [result.by, result.delivered] : [], ['answer', ['a@example.org']])
  sink.refuse('b@example.org', null)
  assert.deepEqual(await smtpMailer().send(mail({ remaining: ['b@example.org'] })), { outcome: 'sent' })
  assert.deepEqual(
    sink.taken.map(({ to }) => to),
    [['a@example.org'], ['b@example.org']],
  )
})

test('recipients that are refused for good do not keep the others from having it', async () => {
  sink.refuse('b@example.org', { code: 550, text: 'no such user' })
  assert.deepEqual(await smtpMailer().send(mail()), { outcome: 'sent' })
})

test('a mail that nobody may have is refused, and one that all may have later is put off', async () => {
  for (const recipient of ['a@example.org', 'b@example.org'])
    sink.refuse(recipient, { code: 550, text: 'no such user' })
  const refused = await smtpMailer().send(mail())
  assert.equal(refused.outcome === 'refused' ? refused.reason : refused.outcome, '550 no such user')
  sink.refuse('b@example.org', { code: 451, text: 'later' })
  assert.equal((await smtpMailer().send(mail())).outcome, 'deferred')
})

test('a text that is put off or breaks the connection is this mail’s trouble, a server that ends is not', async () => {
  const by = async () => {
    const result = await smtpMailer().send(mail())
    return result.outcome === 'deferred' ? result.by : result.outcome
  }
  sink.onText(() => ({ code: 451, text: 'the filter is busy' }))
  assert.equal(await by(), 'answer')
  sink.onText(() => ({ code: 421, text: 'shutting down' }))
  assert.equal(await by(), 'answer')
  for (const [greeting, expected] of [
    ['421 closing\r\n', 'silence'],
    ['554 not now\r\n', 'silence'],
  ] as const) {
    const closing = createServer((socket) => socket.on('error', () => undefined).end(greeting)).listen(0, '127.0.0.1')
    await once(closing, 'listening')
    const address = closing.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const result = await smtpMailer().send(mail({ server: { host: '127.0.0.1', port } }))
    closing.close()
    assert.equal(result.outcome === 'deferred' ? result.by : result.outcome, expected)
  }
  const breaking = createServer((socket) => {
    socket.on('error', () => undefined).write('220 hello\r\n')
    socket.on('data', (data) => (/^DATA/.test(data.toString()) ? socket.destroy() : socket.write('250 fine\r\n')))
  }).listen(0, '127.0.0.1')
  await once(breaking, 'listening')
  const address = breaking.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const result = await smtpMailer().send(mail({ server: { host: '127.0.0.1', port } }))
  breaking.close()
  assert.equal(result.outcome === 'deferred' ? result.by : result.outcome, 'answer')
})

test('a malformed address is refused instead of being tried for ever', async () => {
  const result = await smtpMailer().send(mail({ remaining: ['<a>b\r\n@example.org'] }))
  assert.equal(result.outcome, 'refused')
})
