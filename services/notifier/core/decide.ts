/** What an input means given what we know. Pure. */
import { isEqual } from '#platform/equality.ts'
import type { Config } from '#schemas/config.ts'
import { awaited, patienceEnd } from './addresses.ts'
import { mailDue } from './mail-due.ts'
import { scriptsDue } from './scripts-due.ts'
import type { Fact, Input, OpenMail, State } from './state.ts'
import { retryDelayMs } from './timing.ts'

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
function asMail({ about, notice }: Offered, state: State): Fact[] {
  if (state.mailed.includes(about)) return [{ type: 'NothingDue', channel: 'mail', about }]
  const open = state.mails.find((mail) => mail.about === about)
  if (open !== undefined) return tryAgain(open, state.config)
  const text = mailDue(about, notice, state)
  return text === null ? [{ type: 'NothingDue', channel: 'mail', about }] : [{ type: 'MailDue', about, ...text }]
}

function tryAgain({ about, messageId, delivered }: OpenMail, { mail }: Config): Fact[] {
  const remaining = mail.recipients.filter((recipient) => !delivered.includes(recipient))
  if (mail.server !== null && remaining.length > 0) return [{ type: 'MailTriedAgain', about }]
  const reason = 'the configuration no longer says where to'
  return [{ type: 'MailFailed', about, messageId, reason, retryInMs: null }]
}

function asMailEnded({ about, result }: Extract<Input, { type: 'MailEnded' }>, state: State): Fact[] {
  const open = state.mails.find((mail) => mail.about === about)
  if (open === undefined) return []
  const { messageId } = open
  const attempts = open.attempts + 1
  switch (result.outcome) {
    case 'sent':
      return [{ type: 'MailSent', about, messageId, attempts }]
    case 'refused':
      return [{ type: 'MailFailed', about, messageId, reason: result.reason, retryInMs: null }]
    case 'deferred': {
      const { reason, delivered } = result
      const retryInMs = retryDelayMs(attempts)
      const failed: Fact = { type: 'MailAttemptFailed', about, reason, delivered, retryInMs }
      if (open.reason !== null && sameReason(open.reason, reason)) return [failed]
      return [failed, { type: 'MailFailed', about, messageId, reason, retryInMs }]
    }
  }
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
