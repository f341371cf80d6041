/** Events in and out of notifier. */
import { CheckerEvent } from '#schemas/checker.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import { GroupEvent } from '#schemas/groups.ts'
import { IpvsEvent } from '#schemas/ipvs.ts'
import { NotifierEvent } from '#schemas/notifier.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import type { AddressWord, Fact, Notice } from './core/state.ts'

const VrrpNotice = VrrpEvent.or(GroupEvent)

/** null for a kind that this version does not know. */
export function noticeOf({ type, data }: Envelope): Notice | null {
  const isVrrp = type.startsWith('failoverd.vrrp.')
  const parsed = isVrrp ? VrrpNotice.safeParse(data) : CheckerEvent.safeParse(data)
  return parsed.success ? parsed.data : null
}

/** null for what else ipvs has to say. */
export function addressWordOf({ data }: Envelope): AddressWord | null {
  const parsed = IpvsEvent.safeParse(data)
  if (!parsed.success) return null
  switch (parsed.data.type) {
    case 'AddressesAdded':
    case 'AddressesKept':
    case 'AddressesRemoved':
    case 'AddressesLost':
      return parsed.data
    case 'DeviceAdded':
    case 'DeviceRemoved':
    case 'RoutingAdded':
    case 'RoutingRemoved':
    case 'RoutingLost':
    case 'AddressConflict':
    case 'AddressConflictEnded':
    case 'KernelRefused':
    case 'VirtualServerProgrammed':
      return null
  }
}

export function eventOf(fact: Fact): EventDraft | null {
  const data = eventData(fact)
  return data === null ? null : { service: 'notifier', entity: entityOf(data), data }
}

/** Own events that a restart has to know again. */
export function recalledFact({ data, time }: Envelope): Fact | null {
  const parsed = NotifierEvent.safeParse(data)
  if (!parsed.success) return null
  switch (parsed.data.type) {
    case 'ScriptStarted':
      return { ...parsed.data, run: null, last: false }
    case 'MailDue':
      return { ...parsed.data, since: time }
    case 'MailSent':
    case 'MailFailed':
    case 'ScriptEnded':
      return parsed.data
  }
}

function eventData(fact: Fact): NotifierEvent | null {
  switch (fact.type) {
    case 'MailDue': {
      const { type, about, messageId, subject, body } = fact
      return { type, about, messageId, subject, body }
    }
    case 'MailSent':
    case 'MailFailed':
    case 'ScriptEnded':
      return fact
    case 'ScriptStarted': {
      const { type, about, argv } = fact
      return { type, about, argv }
    }
    case 'NothingDue':
    case 'AddressesKnown':
    case 'WaitBegan':
    case 'WaitEnded':
    case 'MailTriedAgain':
    case 'MailAttemptFailed':
    case 'ConfigurationTaken':
      return null
  }
}

function entityOf({ type }: NotifierEvent): string {
  return type === 'ScriptStarted' || type === 'ScriptEnded' ? 'scripts' : 'mail'
}
