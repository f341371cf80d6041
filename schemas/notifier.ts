/** Events of services/notifier: every delivery, from being due to being done. */
import * as z from 'zod'

/** Id of the event that the notice is about. */
const about = z.string().min(1)
/** Message-ID without angle brackets: the same in every repetition. */
const messageId = z.string()

/** A mail exists from here on, and is worked off until the server took it. */
export const MailDue = z.strictObject({
  type: z.literal('MailDue'),
  about,
  messageId,
  subject: z.string(),
  body: z.string(),
})

/** The server took the mail. */
export const MailSent = z.strictObject({
  type: z.literal('MailSent'),
  about,
  messageId,
  attempts: z.number().int(),
})

/** A mail could not be delivered: published at its first failure, when the reason changes, and when others may pass. */
export const MailFailed = z.strictObject({
  type: z.literal('MailFailed'),
  about,
  messageId,
  reason: z.string(),
  /** null: it will not be tried again. */
  retryInMs: z.number().nullable(),
  /** The server keeps putting this one off: later mails no longer wait for it. */
  setAside: z.boolean(),
})

/** A notify script is about to run; one that was cut off by a crash is run again. */
export const ScriptStarted = z.strictObject({
  type: z.literal('ScriptStarted'),
  about,
  argv: z.array(z.string()),
})

/** A notify script ended, or could not be started. */
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
      messageId,
      subject: z.string(),
      body: z.string(),
      attempts: z.number().int().min(0),
      /** Times the server has put it off. */
      putOff: z.number().int().min(0),
      /** true: it has left the queue and is tried on its own. */
      setAside: z.boolean(),
      /** When it came to be due: RFC 3339. */
      since: z.string(),
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
  /** By instance: the addresses in the kernel as ipvs said, and the logical times of its words (`hlc` of events). */
  addresses: z.record(
    z.string(),
    z.strictObject({ present: z.array(z.string()), placedAt: z.string(), saidAt: z.string() }),
  ),
})
export type NotifierSnapshot = z.infer<typeof NotifierSnapshot>
