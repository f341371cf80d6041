import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailMessage } from '../../services/notifier/adapters/mail-message.ts'
import type { Mail } from '../../services/notifier/ports.ts'

function mail(changes: Partial<Mail> = {}): Mail {
  return {
    ...{ server: { host: '192.0.2.25', port: 25 }, connectTimeoutMs: 1, heloName: null, from: 'lb@example.org' },
    ...{ to: ['a@example.org', 'b@example.org'], remaining: ['b@example.org'], messageId: 'event.7@failoverd' },
    ...{ subject: '[R1] VRRP Instance VI_1 - Stopping', body: '=> gone <=\n\nWhy: x\n' },
    ...changes,
  }
}

const written = (changes: Partial<Mail> = {}) => mailMessage(mail(changes), new Date('2026-03-01T09:05:00Z'))

test('a message names all recipients, also those who have it already, and keeps the body as it is', () => {
  assert.equal(
    written(),
    'Date: Sun, 01 Mar 2026 09:05:00 +0000\r\nFrom: lb@example.org\r\nTo: a@example.org,\r\n b@example.org\r\n' +
      'Subject: [R1] VRRP Instance VI_1 - Stopping\r\nMessage-ID: <event.7@failoverd>\r\nX-Mailer: failoverd\r\n' +
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' +
      '=> gone <=\r\n\r\nWhy: x\r\n',
  )
})

test('a long line does not change the first one', () => {
  assert.match(written({ body: `=> gone <=\n\n${'x'.repeat(200)}\n` }), /\r\n\r\n=> gone <=\r\n/)
})

test('what is not ASCII in a header is encoded in words of at most 75 characters', () => {
  const subject =
    /^Subject: ((?:.*\r\n )*.*)\r$/m.exec(written({ subject: '[Zürich] Straße 日本語日本語日本語日本語' }))?.[1] ?? ''
  const words = subject.split('\r\n ')
  assert.ok(words.every((word) => word.length <= 75))
  const bytes = words.map((word) => Buffer.from(/^=\?utf-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64'))
  assert.equal(Buffer.concat(bytes).toString(), '[Zürich] Straße 日本語日本語日本語日本語')
})

test('a line break in a name begins no header field', () => {
  assert.ok(!/^Bcc:/m.test(written({ subject: 'x\r\nBcc: evil@example.org' })))
})
