/** What notifier knows: the configuration, and how far the delivery of each event has come. */

import type { z } from 'zod'
import type { Millis } from '#platform/clock-port.ts'
import type { CheckerEvent } from '#schemas/checker.ts'
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { GroupEvent } from '#schemas/groups.ts'
import type { IpvsEvent } from '#schemas/ipvs.ts'
import type { MailDue, MailFailed, MailSent, NotifierSnapshot, ScriptEnded, ScriptStarted } from '#schemas/notifier.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import type { Mail, MailResult, ScriptResult, ScriptRun } from '../ports.ts'
import type { AddressesOf } from './addresses.ts'

/** Each is worked off by a durable consumer of its own: a slow mail server holds no script back. */
export type Channel = 'mail' | 'scripts'

/** An event that somebody may want to be told of. */
export type Notice = VrrpEvent | GroupEvent | CheckerEvent

/** What ipvs says of an instance's addresses. */
export type AddressWord = Extract<
  IpvsEvent,
  { type: 'AddressesAdded' | 'AddressesKept' | 'AddressesRemoved' | 'AddressesLost' }
>

/** A delivery that waits for the addresses of its instance. */
export interface Held {
  channel: Channel
  about: string
  instance: string
}

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
  /** By instance. */
  addresses: Readonly<Record<string, AddressesOf>>
  held: readonly Held[]
}

export type Input =
  /** Never twice at a time: the desk joins an event that is in hand already. */
  | {
      type: 'EventOffered'
      channel: Channel
      about: string
      notice: Notice
      /** The event's logical time, its own time (RFC 3339), and that on our monotonic clock. */
      said: string
      since: string
      happenedAt: Millis
      at: Millis
    }
  | { type: 'AddressesHeard'; word: AddressWord; said: string; at: Millis }
  /** `ageMs`: how long it has been due. */
  | { type: 'MailEnded'; about: string; ageMs: number; result: MailResult }
  /** The pause of a mail that was set aside is over. */
  | { type: 'MailRetryCame'; about: string }
  /** The history of the log has been handed over. */
  | { type: 'HistoryRead' }
  | { type: 'ScriptFinished'; about: string; argv: readonly string[]; result: ScriptResult }
  | { type: 'ConfigurationReloaded'; config: Config }

export type Fact =
  /** `since` stays inside: it is the time of the event. */
  | (z.infer<typeof MailDue> & { since: string })
  | z.infer<typeof MailSent>
  | z.infer<typeof MailFailed>
  | z.infer<typeof ScriptEnded>
  /** `run` and `last` stay inside; null in what is recalled from the log. */
  | (z.infer<typeof ScriptStarted> & { run: ScriptRun | null; last: boolean })
  | { type: 'AddressesKnown'; word: AddressWord; said: string; at: Millis }
  | ({ type: 'WaitBegan'; until: Millis } & Held)
  /** `inTime` false: nothing was heard of the addresses for too long. */
  | ({ type: 'WaitEnded'; inTime: boolean } & Held)
  | { type: 'NothingDue'; channel: Channel; about: string }
  | { type: 'MailTriedAgain'; about: string }
  | {
      type: 'MailAttemptFailed'
      about: string
      reason: string
      delivered: string[]
      putOff: number
      setAside: boolean
      retryInMs: number
    }
  | { type: 'ConfigurationTaken'; config: Config; former: readonly VrrpInstance[] }

export type Effect =
  | { type: 'SendMail'; about: string; since: string; mail: Mail }
  | { type: 'RetryMail'; about: string; inMs: number }
  | { type: 'RunScript'; about: string; run: ScriptRun }
  /** The log need not offer the event again. */
  | { type: 'Acknowledge'; channel: Channel; about: string }
  /** To be decided on anew at that time; it replaces what was asked before for the same delivery. */
  | { type: 'OfferAgain'; channel: Channel; about: string; when: Millis }
  | { type: 'PutBack'; channel: Channel; about: string; retryInMs: number }

export function initialState(config: Config): State {
  return { config, former: [], mails: [], mailed: [], scripts: [], addresses: {}, held: [] }
}
