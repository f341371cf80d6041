/** Events of services/notifier: every delivery, from being due to being done. */
import { z } from 'zod'

/** Id of the event that the notice is about. */
const about = z.string().min(1)

/** A mail exists from here on, and is worked off until the server took it. */
export const MailDue = z.strictObject({
  type: z.literal('MailDue'),
  about,
  /** Message-ID without angle brackets: the same in every repetition. */
  messageId: z.string(),
  subject: z.string(),
  body: z.string(),
})

export const MailSent = z.strictObject({
  type: z.literal('MailSent'),
  about,
  messageId: z.string(),
  attempts: z.number().int(),
})

/** Published at the first failure of a mail, and when the reason changes. */
export const MailFailed = z.strictObject({
  type: z.literal('MailFailed'),
  about,
  messageId: z.string(),
  reason: z.string(),
  retryInMs: z.number().nullable(),
})

export const ScriptStarted = z.strictObject({
  type: z.literal('ScriptStarted'),
  about,
  argv: z.array(z.string()),
})

export const ScriptEnded = z.strictObject({
  type: z.literal('ScriptEnded'),
  about,
  argv: z.array(z.string()),
  /** Exit status; null when a signal ended it or it could not be started. */
  status: z.number().int().nullable(),
  detail: z.string().nullable(),
})

export const NotifierEvent = z.discriminatedUnion('type', [MailDue, MailSent, MailFailed, ScriptStarted, ScriptEnded])
export type NotifierEvent = z.infer<typeof NotifierEvent>

/** What a restarted notifier must know: mails that are not done, and what must not be done twice. */
export const NotifierSnapshot = z.strictObject({
  mails: z.array(
    z.strictObject({
      about,
      messageId: z.string(),
      subject: z.string(),
      body: z.string(),
      attempts: z.number().int().min(0),
      /** Why the last attempt failed. */
      reason: z.string().nullable(),
      /** Recipients whose server has taken it. */
      delivered: z.array(z.string()),
    }),
  ),
  /** Events whose mail is done, newest last. */
  mailed: z.array(about),
  /** Events whose scripts have run to their end, with the command lines that have. */
  scripts: z.array(z.strictObject({ about, ended: z.array(z.array(z.string())) })),
})
export type NotifierSnapshot = z.infer<typeof NotifierSnapshot>
