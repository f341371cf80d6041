/** What an input means given what we know. Pure. */
import { isEqual } from '#platform/equality.ts'
import type { Config } from '#schemas/config.ts'
import type { MailResult } from '../ports.ts'
import { awaited, patienceEnd } from './addresses.ts'
import { mailDue } from './mail-due.ts'
import { scriptsDue } from './scripts-due.ts'
import type { Fact, Input, OpenMail, State } from './state.ts'
import { asideDelayMs, isHopeless, mustStandAside, retryDelayMs } from './timing.ts'

type Offered = Extract<Input, { type: 'EventOffered' }>

export function decide(input: Input, state: State): Fact[] {
  switch (input.type) {
    case 'EventOffered':
      return asOffered(input, state)
    case 'AddressesHeard': {
      const { word, said, at } = input
      return [{ type: 'AddressesKnown', word, said, at }]
    }
    case 'MailEnded':
      return asMailEnded(input, state)
    case 'MailRetryCame':
      return asideMails(state)
        .filter(({ about }) => about === input.about)
        .flatMap((mail) => tryAgain(mail, state.config))
    case 'HistoryRead':
      // Nobody else knows of them: the log was told that they are taken care of.
      return asideMails(state).flatMap((mail) => tryAgain(mail, state.config))
    case 'ScriptFinished': {
      const { about, argv, result } = input
      return [{ type: 'ScriptEnded', about, argv: [...argv], ...result }]
    }
    case 'ConfigurationReloaded':
      return asReloaded(input.config, state)
  }
}

/** Whoever is told of a mastership finds its addresses in place, and of its end finds them gone. */
function asOffered(input: Offered, state: State): Fact[] {
  const { channel, about, at } = input
  const due = channel === 'mail' ? asMail(input, state) : asScripts(input, state)
  if (due.every(({ type }) => type === 'NothingDue')) return due
  const missing = awaited(input, state)
  const until = patienceEnd(input)
  if (missing !== null && at < until) return [{ type: 'WaitBegan', channel, about, instance: missing, until }]
  const held = state.held.find((each) => each.channel === channel && each.about === about)
  const instance = missing ?? held?.instance
  if (instance === undefined) return due
  return [{ type: 'WaitEnded', channel, about, instance, inTime: missing === null }, ...due]
}

/** An event is offered again until it is acknowledged: after a failure, a crash, or a lost acknowledgement. */
function asMail({ about, notice, since }: Offered, state: State): Fact[] {
  if (state.mailed.includes(about)) return [{ type: 'NothingDue', channel: 'mail', about }]
  const open = state.mails.find((mail) => mail.about === about)
  if (open?.setAside === true) return [{ type: 'NothingDue', channel: 'mail', about }]
  if (open !== undefined) return tryAgain(open, state.config)
  const text = mailDue(about, notice, state)
  return text === null ? [{ type: 'NothingDue', channel: 'mail', about }] : [{ type: 'MailDue', about, ...text, since }]
}

function asideMails({ mails }: State): OpenMail[] {
  return mails.filter(({ setAside }) => setAside)
}

function tryAgain({ about, messageId, delivered, setAside }: OpenMail, { mail }: Config): Fact[] {
  const remaining = mail.recipients.filter((recipient) => !delivered.includes(recipient))
  if (mail.server !== null && remaining.length > 0) return [{ type: 'MailTriedAgain', about }]
  const reason = 'the configuration no longer says where to'
  return [{ type: 'MailFailed', about, messageId, reason, retryInMs: null, setAside }]
}

function asMailEnded({ about, result, ageMs }: Extract<Input, { type: 'MailEnded' }>, state: State): Fact[] {
  const open = state.mails.find((mail) => mail.about === about)
  if (open === undefined) return []
  const { messageId, setAside } = open
  const attempts = open.attempts + 1
  switch (result.outcome) {
    case 'sent':
      return [{ type: 'MailSent', about, messageId, attempts }]
    case 'refused':
      return [{ type: 'MailFailed', about, messageId, reason: result.reason, retryInMs: null, setAside }]
    case 'deferred':
      if (!isHopeless(ageMs)) return asDeferred(open, result, state)
      return [{ type: 'MailFailed', about, messageId, reason: result.reason, retryInMs: null, setAside }]
  }
}

function asDeferred(open: OpenMail, result: Extract<MailResult, { outcome: 'deferred' }>, state: State): Fact[] {
  const { about, messageId } = open
  const { reason, delivered, by } = result
  const putOff = open.putOff + (by === 'answer' ? 1 : 0)
  const setAside = open.setAside || mustStandAside(putOff, asideMails(state).length)
  const retryInMs = setAside ? asideDelayMs(putOff) : retryDelayMs(open.attempts + 1)
  const failed: Fact = { type: 'MailAttemptFailed', about, reason, delivered, putOff, setAside, retryInMs }
  const known = open.reason !== null && sameReason(open.reason, reason) && open.setAside === setAside
  return known ? [failed] : [failed, { type: 'MailFailed', about, messageId, reason, retryInMs, setAside }]
}

/** Servers put times and queue numbers into their answers; those must not fill the log. */
function sameReason(one: string, other: string): boolean {
  return one.replace(/\d+/g, '0') === other.replace(/\d+/g, '0')
}

function asScripts({ about, notice }: Offered, state: State): Fact[] {
  const known = state.scripts.find((each) => each.about === about)
  // What a run before this one recorded as started may have died with it before it began: only an end counts.
  const taken = [...(known?.started ?? []), ...(known?.ended ?? [])]
  const due = scriptsDue(notice, state).filter(({ argv }) => !taken.some((each) => isEqual(each, argv)))
  if (due.length === 0) return [{ type: 'NothingDue', channel: 'scripts', about }]
  return due.map((run, index) => {
    const last = index === due.length - 1
    return { type: 'ScriptStarted', about, argv: [...run.argv], run, last }
  })
}

function asReloaded(config: Config, state: State): Fact[] {
  const former = state.config.instances.filter(({ name }) => !config.instances.some((each) => each.name === name))
  return [{ type: 'ConfigurationTaken', config, former }]
}
