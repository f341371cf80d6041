/** Which events are worth telling, in the words that scripts and mails have for them. */
import type { Config, RealServer, SyncGroup, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import type { GroupEvent } from '#schemas/groups.ts'
import { endpointName, virtualServerName } from '#schemas/names.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import type { Notice, State } from './state.ts'

export interface InstanceNews {
  kind: 'instance'
  instance: VrrpInstance
  /** DELETED: stopped because the configuration no longer has it. */
  state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED'
  priority: number
}

export interface GroupNews {
  kind: 'group'
  group: SyncGroup
  state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP'
}

export interface ServerNews {
  kind: 'server'
  virtualServer: VirtualServer
  realServer: RealServer
  state: 'UP' | 'DOWN'
}

/** null: nobody is to be told, or the configuration does not know whom it is about. */
export function newsOf(notice: Notice, state: State): InstanceNews | GroupNews | ServerNews | null {
  if (notice.type === 'RealServerUp' || notice.type === 'RealServerDown') return serverNews(notice, state.config)
  if ('group' in notice) return groupNews(notice, state.config)
  const word = stateWord(notice)
  if (word === null || !('priority' in notice)) return null
  const { instance: name, priority } = notice
  const instance = state.config.instances.find((each) => each.name === name)
  if (instance !== undefined) return { kind: 'instance', instance, state: word, priority }
  const former = state.former.find((each) => each.name === name)
  if (former === undefined) return null
  return { kind: 'instance', instance: former, state: word === 'STOP' ? 'DELETED' : word, priority }
}

function stateWord(event: VrrpEvent): InstanceNews['state'] | null {
  switch (event.type) {
    case 'BecameMaster':
      return 'MASTER'
    case 'BecameBackup':
      return 'BACKUP'
    case 'BecameFault':
      return 'FAULT'
    case 'InstanceStopped':
      return 'STOP'
    // A resumed mastership is no transition.
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

function groupNews(event: GroupEvent, { syncGroups }: Config): GroupNews | null {
  const group = syncGroups.find(({ name }) => name === event.group)
  const word = groupWord(event)
  return group === undefined || word === null ? null : { kind: 'group', group, state: word }
}

function groupWord(event: GroupEvent): GroupNews['state'] | null {
  switch (event.type) {
    case 'GroupBecameMaster':
      return 'MASTER'
    case 'GroupBecameBackup':
      return 'BACKUP'
    case 'GroupBecameFault':
      return 'FAULT'
    case 'GroupStopped':
      return 'STOP'
    case 'GroupResumed':
      return null
  }
}

function serverNews(notice: Extract<Notice, { realServer: string }>, config: Config): ServerNews | null {
  // Reported only because the log could not be asked: perhaps nothing changed.
  if (notice.type === 'RealServerUp' && notice.previously === 'unknown') return null
  const virtualServer = config.virtualServers.find((each) => virtualServerName(each) === notice.virtualServer)
  const realServer = virtualServer?.realServers.find((each) => endpointName(each) === notice.realServer)
  if (virtualServer === undefined || realServer === undefined) return null
  return { kind: 'server', virtualServer, realServer, state: notice.type === 'RealServerUp' ? 'UP' : 'DOWN' }
}
