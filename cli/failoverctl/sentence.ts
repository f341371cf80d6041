import { BfdEvent } from '#schemas/bfd.ts'
import { CheckerEvent } from '#schemas/checker.ts'
import type { Envelope } from '#schemas/envelope.ts'
import { GroupEvent } from '#schemas/groups.ts'
import { IpvsEvent } from '#schemas/ipvs.ts'
import { NotifierEvent } from '#schemas/notifier.ts'
import { SecurityEvent } from '#schemas/security.ts'
import { SupervisorEvent } from '#schemas/supervisor.ts'
import { type Peer, TrackerChanged, VrrpEvent } from '#schemas/vrrp.ts'

/** An event as one sentence for people; an event of a later version is shown by its type. */
export function sentence({ type, subject, data, causationid }: Envelope): string {
  const vrrp = VrrpEvent.safeParse(data)
  if (vrrp.success) return ofVrrp(vrrp.data)
  const bfd = BfdEvent.safeParse(data)
  if (bfd.success) return ofBfd(bfd.data)
  const tracker = TrackerChanged.safeParse(data)
  if (tracker.success) return ofTracker(tracker.data)
  const group = GroupEvent.safeParse(data)
  if (group.success) return ofGroup(group.data)
  const security = SecurityEvent.safeParse(data)
  if (security.success) return ofSecurity(security.data)
  const ipvs = IpvsEvent.safeParse(data)
  if (ipvs.success) return ofIpvs(ipvs.data, causationid !== undefined)
  const checker = CheckerEvent.safeParse(data)
  if (checker.success) return ofChecker(checker.data)
  const notifier = NotifierEvent.safeParse(data)
  if (notifier.success) return ofNotifier(notifier.data)
  const supervisor = SupervisorEvent.safeParse(data)
  if (supervisor.success) return ofSupervisor(supervisor.data)
  return `${subject}: ${type}`
}

/** `script chk_web failed: exit status 1` */
function ofTracker({ kind, name, status, detail }: TrackerChanged): string {
  return `${kind} ${name} ${detail ?? `is ${status}`}`
}

function peer(router: Peer | null): string {
  return router === null ? 'nobody' : `${router.address} (priority ${router.priority})`
}

function ofVrrp(event: VrrpEvent): string {
  switch (event.type) {
    case 'BecameMaster':
      return `${event.instance} became MASTER with priority ${event.priority}: ${becauseMaster(event)}`
    case 'BecameBackup': {
      const detail = event.detail === null ? '' : ` (${event.detail})`
      const master = event.master === null ? '' : `; master is ${peer(event.master)}`
      return `${event.instance} became BACKUP: ${event.reason.replaceAll('-', ' ')}${detail}${master}`
    }
    case 'BecameFault':
      return `${event.instance} is in FAULT: ${event.reason.replaceAll('-', ' ')}${event.detail === null ? '' : ` (${event.detail})`}`
    case 'InstanceStopped':
      return `${event.instance} stopped${event.wasMaster ? ' and resigned with priority 0' : ''}`
    case 'MastershipResumed':
      return `${event.instance} goes on as MASTER after a restart: its lease had ${Math.round(event.leaseLeftMs)} ms left`
    case 'StartHeld':
      return `${event.instance} takes no part in elections for another ${(event.waitMs / 1000).toFixed(1)} s, as configured`
    case 'AdvertRejected':
      if (event.reason === 'own-address')
        return `${event.instance} dropped adverts that came from its own address ${event.source}: another router has it, too, or the network sends ours back`
      return `${event.instance} dropped adverts of ${event.source}: ${event.reason.replaceAll('-', ' ')}`
    case 'RivalHeard':
      return `${event.instance} hears ${peer(event.rival)} call itself master too, and announces its addresses again`
    case 'TwoMasters':
      return `${event.instance}: two masters, this node and ${peer(event.rival)}: ${whyTwo(event)}`
    case 'RivalSilenced': {
      const end = event.ending === 'resigned' ? `${peer(event.rival)} resigned` : `${peer(event.rival)} let go`
      const range = `${(event.overlapMs / 1000).toFixed(3)} to ${(event.atMostMs / 1000).toFixed(3)} s`
      return `${event.instance}: ${end} after ${range} with two masters; it announces its addresses again`
    }
    case 'HandoverBegan': {
      const until = event.forMs === null ? '' : ` for ${Math.round(event.forMs / 1000)} s`
      return `${event.actor} hands ${event.instance} over${until}: ${event.reason}`
    }
    case 'HandoverEnded':
      return `the hand-over of ${event.instance} is over: ${becauseEnded(event)}`
    case 'DampingBegan': {
      const what = event.what === 'return' ? 'stays in FAULT' : 'preempts nobody'
      return `${event.instance} ${what} for ${(event.waitMs / 1000).toFixed(1)} s, unless no other master is heard: it ${event.detail}`
    }
    case 'DampingEnded':
      return event.what === 'return'
        ? `${event.instance} need not stay in FAULT any longer`
        : `${event.instance} may preempt again`
    case 'PriorityChanged':
      return `${event.instance} has priority ${event.priority} now, not ${event.formerly}`
    case 'InstanceRenamed':
      return `${event.instance} is the new name of ${event.formerly}, which goes on as ${event.role.toUpperCase()}`
    case 'CommitOverdue':
      return `${event.instance} is MASTER, but ${event.missing.join(', ')} did not appear in the kernel`
  }
}

function becauseEnded({ reason, actor }: Extract<VrrpEvent, { type: 'HandoverEnded' }>): string {
  switch (reason) {
    case 'asked':
      return `ended by ${actor ?? 'somebody'}`
    case 'time-over':
      return 'its time has come'
    case 'nobody-came':
      return 'no other router took over, so that it stays MASTER'
    case 'master-gone':
      return 'no other master is heard'
  }
}

function ofSecurity(event: SecurityEvent): string {
  switch (event.type) {
    case 'UnexpectedRouter': {
      const whose = event.master === null ? 'this node' : peer(event.master)
      return `${event.instance}: ${peer(event.router)} was never heard before and takes over from ${whose}`
    }
    case 'UnexpectedPriority':
      return `${event.instance}: ${peer(event.router)} had priority ${event.formerly} until now, and only an owner has 255`
    case 'AdvertFlood':
      return `${event.instance}: ${event.count} adverts in ${(event.withinMs / 1000).toFixed(1)} s that do not count (${event.kind.replaceAll('-', ' ')}), the last from ${event.source}`
  }
}

function ofGroup(event: GroupEvent): string {
  const group = `sync group ${event.group} (${event.members.join(', ')})`
  switch (event.type) {
    case 'GroupBecameMaster':
      return `${group} became MASTER`
    case 'GroupBecameBackup':
      return `${group} became BACKUP${event.by === null ? '' : `: ${event.by} was first`}`
    case 'GroupBecameFault':
      return `${group} is in FAULT${event.by === null ? '' : `: ${event.by} was first`}`
    case 'GroupResumed':
      return `${group} goes on as MASTER after a restart`
    case 'GroupStopped':
      return `${group} stopped`
  }
}

function whyTwo({ cause, detail }: Extract<VrrpEvent, { type: 'TwoMasters' }>): string {
  return detail === null ? TWO_MASTERS[cause] : `${TWO_MASTERS[cause]} (${detail})`
}

const TWO_MASTERS: Readonly<Record<Extract<VrrpEvent, { type: 'TwoMasters' }>['cause'], string>> = {
  'one-way': 'its adverts arrive here, ours do not arrive there, or it drops them: its log says why',
  unsent: 'our adverts do not leave',
  owners: 'both have priority 255, which only the owner of the addresses may have',
  version: 'they speak different versions (vrrp_version)',
  password: 'their passwords differ (authentication)',
  interval: 'their intervals differ (advert_int)',
  'address-list': 'their addresses differ (virtual_ipaddress)',
  checksum: 'their checksums differ (v3_checksum_as_v2)',
  destination: 'one sends to the multicast group, the other to peers',
  signature: 'one does not take the signatures of the other (auth_hmac)',
  clock: 'their clocks are further apart than signed adverts may be old (time_window)',
}

function becauseMaster(event: Extract<VrrpEvent, { type: 'BecameMaster' }>): string {
  switch (event.reason) {
    case 'silence':
      if (event.previousMaster === null || event.silentMs === null) return 'no other router was heard'
      return `no advert from ${peer(event.previousMaster)} for ${(event.silentMs / 1000).toFixed(3)} s`
    case 'resignation':
      return `${event.previousMaster?.address ?? 'the master'} resigned with priority 0`
    case 'unreachable':
      return `${peer(event.previousMaster)} is gone: no BFD packets, and its machine does not answer`
    case 'preemption':
      return `its priority is above that of ${peer(event.previousMaster)}`
    case 'owner':
      return 'it owns the addresses (priority 255)'
  }
}

function ofBfd(event: BfdEvent): string {
  const name = event.session === null ? 'fast detection' : `bfd_instance ${event.session}`
  const session = `the BFD session with ${event.neighbour} (${name})`
  if (event.type === 'BfdUp') return `${session} is up`
  switch (event.reason) {
    case 'silence':
      return `${session} is down: no packet for ${event.silentMs} ms`
    case 'neighbour-down':
      return `${session} is down: the neighbour does not hear us`
    case 'neighbour-admin-down':
      return `${session} is down: the neighbour took it out of service`
  }
}

function ofIpvs(event: IpvsEvent, hasCause: boolean): string {
  switch (event.type) {
    case 'AddressesAdded': {
      const trigger = event.trigger === 'advert' && !hasCause ? ', on the word of our own advert alone' : ''
      const verb = event.trigger === 'repair' ? 'put back' : 'added'
      return `${event.addresses.join(', ')} ${verb} in ${event.tookMs.toFixed(1)} ms, announced ${event.announced} times${trigger}`
    }
    case 'AddressesRemoved':
      return `${event.addresses.join(', ')} removed: ${event.reason.replaceAll('-', ' ')}`
    case 'AddressesLost':
      return `${event.addresses.join(', ')} lost: ${event.reason.replaceAll('-', ' ')}`
    case 'AddressesKept':
      return `${event.addresses.join(', ')} found in place and kept`
    case 'DeviceAdded': {
      const address = event.hardwareAddress === null ? '' : ` with ${event.hardwareAddress}`
      return `${event.device} made on ${event.parent}${address}${event.replaced ? ', in place of one that did not fit' : ''}`
    }
    case 'DeviceRemoved':
      return `${event.device} removed${event.parent === '' ? '' : ` from ${event.parent}`}`
    case 'RoutingAdded':
      return `${event.items.join(', ')} added in ${event.tookMs.toFixed(1)} ms${event.reason === 'repair' ? ': it is possible now' : ''}`
    case 'RoutingRemoved':
      return `${event.items.join(', ')} removed: ${event.reason.replaceAll('-', ' ')}`
    case 'RoutingLost':
      return `${event.items.join(', ')} ${event.restored ? 'removed by somebody else, and put back at once' : 'gone, and cannot be put back'}`
    case 'AddressConflict':
      return `${event.address} is in use by another host on ${event.device} as well: ${event.hardwareAddress}`
    case 'AddressConflictEnded':
      return `${event.address} is not claimed by ${event.hardwareAddress} any more, after ${Math.round(event.lastedMs / 1_000)} s`
    case 'KernelRefused':
      return `the kernel refused ${event.entity}: ${event.message} [${event.code}]`
    case 'VirtualServerProgrammed': {
      const changes = event.changes.map(
        ({ kind, realServer, weight }) =>
          `${kind.replace('-', ' ')}${realServer === null ? '' : ` ${realServer}`}${weight === null ? '' : ` weight ${weight}`}`,
      )
      return `IPVS ${event.virtualServer} (${event.reason}): ${changes.join(', ')}`
    }
  }
}

function ofChecker(event: CheckerEvent): string {
  if (event.type === 'RealServerUp')
    return `${event.realServer} of ${event.virtualServer} is up: ${event.check} in ${event.tookMs.toFixed(1)} ms`
  const tries = event.attempts === 1 ? '1 attempt' : `${event.attempts} attempts`
  return `${event.realServer} of ${event.virtualServer} is down: ${event.check} ${event.reason.replaceAll('-', ' ')} (${tries})`
}

function ofNotifier(event: NotifierEvent): string {
  switch (event.type) {
    case 'MailDue':
      return `mail due: ${event.subject}`
    case 'MailSent':
      return `mail sent${event.attempts > 1 ? ` at attempt ${event.attempts}` : ''}`
    case 'MailFailed': {
      const next = event.retryInMs === null ? 'given up' : `next try in ${event.retryInMs / 1000} s`
      return `mail not sent: ${event.reason}; ${next}${event.setAside ? ', later mails go first' : ''}`
    }
    case 'ScriptStarted':
      return `script started: ${event.argv.join(' ')}`
    case 'ScriptEnded':
      return `script ended with ${event.status === null ? (event.detail ?? 'no status') : `status ${event.status}`}: ${event.argv.join(' ')}`
  }
}

function ofSupervisor(event: SupervisorEvent): string {
  switch (event.type) {
    case 'NodeStarted': {
      const kept = event.adopted.length === 0 ? '' : `; still running and kept: ${event.adopted.join(', ')}`
      return `failoverd ${event.version} started with ${event.configFile} (${event.configDigest})${kept}`
    }
    case 'ProcessStarted':
      return `${event.process} started (pid ${event.pid}${event.restarts === 0 ? '' : `, restart ${event.restarts}`})`
    case 'ProcessExited': {
      const how = event.signal === null ? `status ${event.status ?? 'unknown'}` : event.signal
      const next = event.restartInMs === null ? '' : `; again in ${event.restartInMs} ms`
      return `${event.process} ended (pid ${event.pid}, ${how})${next}`
    }
    case 'ProcessHung':
      return `${event.process} (pid ${event.pid}) was silent for ${event.silentMs} ms and is killed`
    case 'ConfigApplied':
      return `configuration ${event.digest} applied: ${event.differences.length === 0 ? 'no change' : inShort(event.differences)}`
    case 'ConfigRecorded':
      return `configuration ${event.digest} recorded${event.parts === 1 ? '' : ` (part ${event.part} of ${event.parts})`}`
    case 'ConfigRejected':
      return `configuration rejected, all goes on as before: ${inShort(event.diagnostics)}`
    case 'BusStoreChanged':
      return `the event log is kept in ${event.storage}: ${event.reason}`
    case 'NodeStopped':
      return `failoverd stopped (${event.signal})`
  }
}

/** The first of many, each without its further lines: --json has them all. */
function inShort(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).map((text) => text.split('\n')[0])
  const more = texts.length - shown.length
  return `${shown.join('; ')}${more === 0 ? '' : ` and ${more} more`}`
}
