/** Which mail an event calls for: keepalived's subjects and first lines, then why, in our own words. */
import type { VirtualServer } from '#schemas/config.ts'
import type { Peer, VrrpEvent } from '#schemas/vrrp.ts'
import { type GroupNews, type InstanceNews, newsOf, type ServerNews } from './notice.ts'
import type { Notice, State } from './state.ts'

export interface MailText {
  messageId: string
  subject: string
  body: string
}

/**
 * @param about id of the event; the Message-ID is made of it alone, so that a repeated mail is known as the same
 * @returns null when nobody is to be written to
 */
export function mailDue(about: string, notice: Notice, state: State): MailText | null {
  const { mail, routerId } = state.config
  if (mail.server === null || mail.recipients.length === 0) return null
  const news = newsOf(notice, state)
  if (news === null) return null
  if (!isWanted(news) || (mail.silentFaults && news.state === 'FAULT')) return null
  const { subject, first } = headOf(news, notice)
  const body = `=> ${first} <=\n\n${explanation(notice)}Event: ${about}\n`
  return { messageId: `${about}@failoverd`, subject: `[${routerId}] ${subject}`, body }
}

function isWanted(news: InstanceNews | GroupNews | ServerNews): boolean {
  switch (news.kind) {
    case 'instance':
      return news.instance.smtpAlert
    case 'group':
      return news.group.smtpAlert
    case 'server':
      return news.realServer.smtpAlert
  }
}

function headOf(news: InstanceNews | GroupNews | ServerNews, notice: Notice): { subject: string; first: string } {
  switch (news.kind) {
    case 'instance':
      return { subject: instanceSubject(news), first: instanceLine(news) }
    case 'group': {
      const first = `All VRRP group instances are now in ${news.state} state`
      return { subject: `VRRP Group ${news.group.name} - ${transition(news.state)}`, first }
    }
    case 'server':
      return { subject: serverSubject(news), first: serverLine(news, notice) }
  }
}

function instanceSubject({ instance, state }: InstanceNews): string {
  return `VRRP Instance ${instance.name} - ${transition(state)}`
}

function transition(state: InstanceNews['state']): string {
  switch (state) {
    case 'MASTER':
    case 'BACKUP':
    case 'FAULT':
      return `Entering ${state} state`
    case 'STOP':
      return 'Stopping'
    case 'DELETED':
      return 'Deleted'
  }
}

function instanceLine({ state }: InstanceNews): string {
  return `VRRP Instance is ${state === 'MASTER' ? 'now' : 'no longer'} owning VRRP VIPs`
}

function serverSubject({ virtualServer, realServer, state }: ServerNews): string {
  const real = endpoint(realServer, virtualServer)
  return `Realserver ${real} of virtual server ${endpoint(virtualServer, virtualServer)} - ${state}`
}

function endpoint({ address, port }: { address: string; port: number }, { protocol }: VirtualServer): string {
  return `[${address}]:${protocol.toLowerCase()}:${port}`
}

function serverLine({ state }: ServerNews, notice: Notice): string {
  const check = 'check' in notice ? (notice.check.split(' ')[0] ?? '') : ''
  return `${check.replaceAll('_', ' ')} ${state === 'UP' ? 'succeeded' : 'failed'} on service`
}

function explanation(notice: Notice): string {
  const why = whyOf(notice)
  return why === null ? '' : `Why: ${why}\n`
}

function whyOf(notice: Notice): string | null {
  switch (notice.type) {
    case 'GroupBecameBackup':
    case 'GroupBecameFault':
      return notice.by === null ? null : `${notice.by} was first`
    case 'GroupBecameMaster':
    case 'GroupResumed':
    case 'GroupStopped':
      return null
    case 'BecameMaster':
      return whyMaster(notice)
    case 'BecameBackup':
      return sentence(
        notice.reason,
        notice.master === null ? null : `the master is ${peer(notice.master)}`,
        notice.detail,
      )
    case 'BecameFault':
      return sentence(notice.reason, null, notice.detail)
    case 'RealServerUp':
      return `${notice.check} passed in ${notice.tookMs.toFixed(1)} ms`
    case 'RealServerDown':
      return sentence(notice.reason, `${notice.check}, failed probes: ${notice.attempts}`, notice.detail)
    case 'InstanceStopped':
      return notice.wasMaster ? 'stopped as master: priority 0 was sent' : 'stopped'
    case 'MastershipResumed':
    case 'StartHeld':
    case 'AdvertRejected':
    case 'RivalHeard':
    case 'TwoMasters':
    case 'RivalSilenced':
    case 'CommitOverdue':
    case 'InstanceRenamed':
    case 'HandoverBegan':
    case 'HandoverEnded':
    case 'PriorityChanged':
    case 'DampingBegan':
    case 'DampingEnded':
      return null
  }
}

function whyMaster({ reason, previousMaster, silentMs }: Extract<VrrpEvent, { type: 'BecameMaster' }>): string {
  const before = previousMaster === null ? null : `the master before was ${peer(previousMaster)}`
  return sentence(reason, before, silentMs === null ? null : `last heard ${Math.round(silentMs)} ms ago`)
}

function peer({ address, priority }: Peer): string {
  return `${address} (priority ${priority})`
}

function sentence(reason: string, ...more: (string | null)[]): string {
  return [reason.replaceAll('-', ' '), ...more].filter((part) => part !== null && part !== '').join('; ')
}
