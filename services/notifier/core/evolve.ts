/** What we know after a fact. */
import { addressesOf, addressesUnder, afterWord } from './addresses.ts'
import type { Fact, Held, OpenMail, ScriptsOf, State } from './state.ts'

/** Events remembered as done: far more than can be on their way without an acknowledgement. */
const REMEMBERED = 256

export function evolve(state: State, fact: Fact): State {
  switch (fact.type) {
    case 'MailDue': {
      const { about, messageId, subject, body, since } = fact
      const text = { about, messageId, subject, body, since }
      const mail: OpenMail = { ...text, attempts: 0, putOff: 0, setAside: false, reason: null, delivered: [] }
      return { ...state, mails: [...withoutMail(state, about), mail].slice(-REMEMBERED) }
    }
    case 'MailAttemptFailed':
      return withMail(state, fact.about, ({ attempts, delivered }) => ({
        attempts: attempts + 1,
        putOff: fact.putOff,
        reason: fact.reason,
        delivered: [...new Set([...delivered, ...fact.delivered])],
      }))
    case 'MailFailed':
      if (fact.retryInMs === null) return withMailDone(state, fact.about)
      return withMail(state, fact.about, () => ({ reason: fact.reason, setAside: fact.setAside }))
    case 'MailSent':
      return withMailDone(state, fact.about)
    case 'ScriptStarted':
      // Without its run it comes out of the log: whether it began is not known then.
      return fact.run === null ? state : withScript(state, fact.about, 'started', fact.argv)
    case 'ScriptEnded':
      return withScript(state, fact.about, 'ended', fact.argv)
    case 'ConfigurationTaken':
      return { ...state, config: fact.config, former: fact.former, addresses: addressesUnder(fact.config, state) }
    case 'AddressesKnown': {
      const { word, said } = fact
      const known = afterWord(addressesOf(state, word.instance), word, said)
      return { ...state, addresses: { ...state.addresses, [word.instance]: known } }
    }
    case 'WaitBegan':
      return { ...state, held: [...othersHeld(state, fact), fact] }
    case 'WaitEnded': {
      const after = { ...state, held: othersHeld(state, fact) }
      if (fact.inTime) return after
      // ipvs is dead or hangs: its lease ends what is in the kernel, and nobody will say so.
      const known = { ...addressesOf(state, fact.instance), present: [] }
      return { ...after, addresses: { ...state.addresses, [fact.instance]: known } }
    }
    case 'MailTriedAgain':
    case 'NothingDue':
      return state
  }
}

function othersHeld({ held }: State, { channel, about }: Held): Held[] {
  return held.filter((each) => each.channel !== channel || each.about !== about)
}

function withoutMail({ mails }: State, about: string): OpenMail[] {
  return mails.filter((mail) => mail.about !== about)
}

function withMail(state: State, about: string, change: (mail: OpenMail) => Partial<OpenMail>): State {
  const mails = state.mails.map((mail) => (mail.about === about ? { ...mail, ...change(mail) } : mail))
  return { ...state, mails }
}

function withMailDone(state: State, about: string): State {
  return { ...state, mails: withoutMail(state, about), mailed: [...state.mailed, about].slice(-REMEMBERED) }
}

function withScript(state: State, about: string, list: 'started' | 'ended', argv: readonly string[]): State {
  const known = state.scripts.find((each) => each.about === about)
  const before: ScriptsOf = known ?? { about, started: [], ended: [] }
  const after = { ...before, [list]: [...before[list], argv] }
  if (known !== undefined) return { ...state, scripts: state.scripts.map((each) => (each === known ? after : each)) }
  return { ...state, scripts: [...state.scripts, after].slice(-REMEMBERED) }
}
