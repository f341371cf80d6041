/** What notifier knows: the configuration, and how far the delivery of each event has come. */

import type { z } from 'zod'
import type { CheckerEvent } from '#schemas/checker.ts'
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { MailDue, MailFailed, MailSent, NotifierSnapshot, ScriptEnded, ScriptStarted } from '#schemas/notifier.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import type { Mail, MailResult, ScriptResult, ScriptRun } from '../ports.ts'

/** Each is worked off by a durable consumer of its own: a slow mail server holds no script back. */
export type Channel = 'mail' | 'scripts'

/** An event that somebody may want to be told of. */
export type Notice = VrrpEvent | CheckerEvent

/** A mail that is not done. */
export type OpenMail = NotifierSnapshot['mails'][number]

export interface ScriptsOf {
  about: string
  /** Command lines that this run of the notifier has started. */
  started: readonly (readonly string[])[]
  ended: readonly (readonly string[])[]
}

export interface State {
  config: Config
  /** Instances that the last reload took away: their stop is still to be told. */
  former: readonly VrrpInstance[]
  mails: readonly OpenMail[]
  /** Events whose mail is done, newest last; only as many as an unacknowledged delivery can reach back. */
  mailed: readonly string[]
  /** The same for scripts. */
  scripts: readonly ScriptsOf[]
}

export type Input =
  /** Never twice at a time: the desk joins an event that is in hand already. */
  | { type: 'EventOffered'; channel: Channel; about: string; notice: Notice }
  | { type: 'MailEnded'; about: string; result: MailResult }
  | { type: 'ScriptFinished'; about: string; argv: readonly string[]; result: ScriptResult }
  | { type: 'ConfigurationReloaded'; config: Config }

export type Fact =
  | z.infer<typeof MailDue>
  | z.infer<typeof MailSent>
  | z.infer<typeof MailFailed>
  | z.infer<typeof ScriptEnded>
  /** `run` and `last` stay inside; null in what is recalled from the log. */
  | (z.infer<typeof ScriptStarted> & { run: ScriptRun | null; last: boolean })
  | { type: 'NothingDue'; channel: Channel; about: string }
  | { type: 'MailTriedAgain'; about: string }
  | { type: 'MailAttemptFailed'; about: string; reason: string; delivered: string[]; retryInMs: number }
  | { type: 'ConfigurationTaken'; config: Config; former: readonly VrrpInstance[] }

export type Effect =
  | { type: 'SendMail'; about: string; mail: Mail }
  | { type: 'RunScript'; about: string; run: ScriptRun }
  /** The log need not offer the event again. */
  | { type: 'Acknowledge'; channel: Channel; about: string }
  | { type: 'PutBack'; channel: Channel; about: string; retryInMs: number }

export function initialState(config: Config): State {
  return { config, former: [], mails: [], mailed: [], scripts: [] }
}
