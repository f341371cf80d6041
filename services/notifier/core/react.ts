/** What has to be done because of a fact; `state` is already the one after it. */
import type { Effect, Fact, State } from './state.ts'

export function react(fact: Fact, state: State): Effect[] {
  switch (fact.type) {
    case 'MailDue':
    case 'MailTriedAgain':
      return sending(fact.about, state)
    case 'MailAttemptFailed':
      if (fact.setAside) return [{ type: 'RetryMail', about: fact.about, inMs: fact.retryInMs }]
      return [{ type: 'PutBack', channel: 'mail', about: fact.about, retryInMs: fact.retryInMs }]
    case 'MailSent':
      return [{ type: 'Acknowledge', channel: 'mail', about: fact.about }]
    case 'MailFailed':
      // Set aside: the log has it in this event, and hands out the next one.
      return fact.retryInMs === null || fact.setAside
        ? [{ type: 'Acknowledge', channel: 'mail', about: fact.about }]
        : []
    case 'ScriptStarted': {
      if (fact.run === null) return []
      const started: Effect[] = [{ type: 'RunScript', about: fact.about, run: fact.run }]
      return fact.last ? [...started, { type: 'Acknowledge', channel: 'scripts', about: fact.about }] : started
    }
    case 'AddressesKnown':
      return state.held
        .filter(({ instance }) => instance === fact.word.instance)
        .map(({ channel, about }) => ({ type: 'OfferAgain', channel, about, when: fact.at }))
    case 'WaitBegan':
      return [{ type: 'OfferAgain', channel: fact.channel, about: fact.about, when: fact.until }]
    case 'NothingDue':
      return [{ type: 'Acknowledge', channel: fact.channel, about: fact.about }]
    case 'WaitEnded':
    case 'ScriptEnded':
    case 'ConfigurationTaken':
      return []
  }
}

function sending(about: string, { config, mails }: State): Effect[] {
  const open = mails.find((mail) => mail.about === about)
  const { server, recipients, connectTimeoutMs, heloName, from } = config.mail
  if (open === undefined || server === null) return []
  const { messageId, subject, body, delivered, since } = open
  const remaining = recipients.filter((recipient) => !delivered.includes(recipient))
  const mail = { server, connectTimeoutMs, heloName, from, to: recipients, remaining, messageId, subject, body }
  return [{ type: 'SendMail', about, since, mail }]
}
