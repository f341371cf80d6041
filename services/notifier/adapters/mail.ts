import { createTransport } from 'nodemailer'
import type { Mail, Mailer, MailResult } from '../ports.ts'
import { mailMessage } from './mail-message.ts'

/** A server that says nothing for so long has hung, milliseconds. */
const SILENCE_MS = 30_000

/** Plain SMTP without encryption or login, as keepalived speaks it. */
export function smtpMailer(): Mailer {
  return {
    async send(mail) {
      try {
        const { accepted, rejectedErrors } = await transport(mail).sendMail({
          envelope: { from: mail.from, to: [...mail.remaining] },
          raw: mailMessage(mail, new Date()),
        })
        return partOf(mail, accepted.map(String), rejectedErrors ?? [])
      } catch (thrown) {
        return failed(thrown)
      }
    },
  }
}

function transport({ server, connectTimeoutMs, heloName }: Mail) {
  return createTransport({
    ...server,
    secure: false,
    ignoreTLS: true,
    ...(heloName === null ? {} : { name: heloName }),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: Math.max(connectTimeoutMs, SILENCE_MS),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** Some recipients were taken: only those of the others who may be later (4xx) are still to be served. */
function partOf({ remaining }: Mail, accepted: string[], errors: readonly Error[]): MailResult {
  const later = errors.find((error) => !isFinal(error))
  if (later === undefined) return { outcome: 'sent' }
  const refused = errors.filter(isFinal).map(recipientOf)
  const delivered = remaining.filter((recipient) => accepted.includes(recipient) || refused.includes(recipient))
  return { outcome: 'deferred', by: 'answer', reason: later.message, delivered }
}

function failed(thrown: unknown): MailResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const each = 'rejectedErrors' in error && Array.isArray(error.rejectedErrors) ? error.rejectedErrors : [error]
  const reason = reasonOf(error)
  if (each.every(isFinal)) return { outcome: 'refused', reason }
  return { outcome: 'deferred', by: isServerAway(error) ? 'silence' : 'answer', reason, delivered: [] }
}

/**
 * Trouble before the first word about the mail. A connection that breaks or falls silent later is the mail's: a filter
 * that chokes on it would do so for ever.
 */
function isServerAway(error: Error): boolean {
  const { code, syscall, timeoutType, response } = { ...NO_DETAILS, ...error }
  if (code === 'EDNS' || code === 'EPROTOCOL') return true
  if (code === 'ESOCKET') return syscall === 'connect'
  if (code === 'ETIMEDOUT') return timeoutType !== 'SOCKET_TIMEOUT'
  // With an answer: 421, the server is about to end. Without one it hung up, nobody knows why.
  return code === 'ECONNECTION' && response !== null
}

const NO_DETAILS: Record<'code' | 'syscall' | 'timeoutType' | 'response', unknown> = {
  ...{ code: null, syscall: null, timeoutType: null, response: null },
}

/**
 * A 5xx answer to sender, recipient or text will be the same next time. One to the greeting or the introduction is
 * about the server's own state, and passes.
 */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return false
  // Without an answer it was nodemailer that found an address malformed.
  return !('responseCode' in error) || Number(error.responseCode) >= 500
}

function recipientOf(error: Error): string {
  return 'recipient' in error ? String(error.recipient) : ''
}

function reasonOf(error: Error): string {
  return 'response' in error && typeof error.response === 'string' ? error.response : error.message
}
