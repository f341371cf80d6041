/** What one virtual router knows, hears, concludes and wants done. One loop runs per instance. */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { Peer, VrrpEvent } from '#schemas/vrrp.ts'
import type { AdvertClues, LinkState } from '../ports.ts'
import type { Damping } from './damping.ts'
import type { Verdict } from './group.ts'
import type { Handover, HandoverRequest } from './handover.ts'
import type { Misfit, Rival } from './rivals.ts'
import { masterDownMs, type Standing } from './timing.ts'
import { type Reports, type TrackerReport, trackedWeight } from './tracking.ts'

export type Role = 'init' | 'backup' | 'master' | 'fault' | 'stopped'

/** A router that was heard, and when last. */
export interface Heard {
  peer: Peer
  at: Millis
}

export interface State {
  config: VrrpInstance
  role: Role
  /** null: there is no such interface. */
  link: LinkState | null
  /** How the things are that it tracks. */
  reports: Reports
  /** It should have started, but something it tracks is not known yet. */
  waiting: boolean
  /** Whether the device of its own is waited for before it begins; null: it has not asked for it. */
  devicePatience: 'left' | 'over' | null
  /** The instance's addresses that are in the kernel, with what is left of their lifetime; null: for ever. */
  present: ReadonlyMap<string, number | null>
  /** The sync group it changes its role with; null: it is alone. */
  group: string | null

  // Backup
  /** Its timer has ended; it waits for the others of its group. */
  wants: boolean
  /** The master-down timer. */
  downAt: Millis
  /** The interval of the master we follow; our own until one is heard. */
  masterIntervalMs: number
  /** The master we follow, and whether its last word was a resignation. */
  master: (Heard & { resigned: boolean }) | null
  /** Fast detection says that this master is gone. */
  masterLost: boolean
  /** The last master of lower priority that we did not accept. */
  ignored: Heard | null
  /** First advert of lower priority since we follow nobody better: preempt_delay counts from here. */
  lowerSince: Millis | null

  // Master
  /** Last advert that left, and the one before it: a failed one does not count. */
  sentAt: Millis
  sentBefore: Millis
  /** Why the last advert could not leave (errno name); null when it did. */
  sendError: string | null
  /** The advert timer. */
  advertAt: Millis
  masterSince: Millis
  /**
   * awaited: not all seen in the kernel since we became master; held: all there; missing: one vanished. Who is not
   * complete by `commitBy` gives up.
   */
  addresses: 'awaited' | 'held' | 'missing'
  commitBy: Millis
  /** CommitOverdue was published in this mastership. */
  overdue: boolean
  rival: Rival | null
  misfit: Misfit | null
  /** Rivals that come and go must not fill the log: see rivals.ts. */
  rivalDebt: Millis

  // Across roles
  /** A start that has to wait; null: it does not. */
  startAt: Millis | null
  /** A planned hand-over that goes on; null: there is none. */
  handover: Handover | null
  /** Flaps, and what is left of their budget. */
  damping: Damping
  /** When any other router was last heard; null: never since this process started. */
  heardAt: Millis | null
  /** When we last stepped aside for want of an address. */
  asideAt: Millis | null
  /** Masterships in a row that ended because an address was missing. */
  mishaps: number
  /**
   * After such an end we leave the addresses to others: no preemption until services/ipvs was seen alive at or
   * after this moment. null: we trust it.
   */
  distrustUntil: Millis | null
  /** Adverts dropped since the start, by reason. */
  rejected: Readonly<Record<string, number>>
  /** Reasons published since the last change of role. */
  reported: readonly string[]
}

/** An advert that passed every check. */
export interface HeardAdvert {
  source: string
  priority: number
  intervalMs: number
  /** The sender's address against ours in network byte order: positive when it is the greater one. */
  comparedToOurs: number
  /** null: nobody looked, which is so in backups. */
  clues: AdvertClues | null
}

export type Input =
  /** `notBefore`: it may take no part until then; without it: as was said before, or at once. */
  | { type: 'Started'; at: Millis; notBefore?: Millis }
  | { type: 'AdvertHeard'; at: Millis; advert: HeardAdvert }
  | { type: 'AdvertDropped'; at: Millis; reason: string; source: string; clues: AdvertClues | null }
  /** `drained`: what lay unread in the sockets has been heard. */
  | { type: 'MasterDownExpired'; at: Millis; drained: boolean }
  | { type: 'AdvertTimerExpired'; at: Millis }
  | { type: 'CommitExpired'; at: Millis; drained: boolean }
  | { type: 'RivalTimerExpired'; at: Millis }
  | { type: 'SendFailed'; at: Millis; code: string }
  | { type: 'DeviceExpired'; at: Millis }
  | { type: 'LinkChanged'; at: Millis; link: LinkState | null }
  | { type: 'AddressPresent'; at: Millis; address: string; remainingMs: number | null }
  | { type: 'AddressGone'; at: Millis; address: string }
  | { type: 'IpvsAlive'; at: Millis }
  | { type: 'TrackerReported'; at: Millis; report: TrackerReport }
  | { type: 'HandoverAsked'; at: Millis; request: HandoverRequest }
  | { type: 'HandoverEndAsked'; at: Millis; actor: string }
  | { type: 'HandoverExpired'; at: Millis; drained: boolean }
  | { type: 'DampingExpired'; at: Millis }
  | { type: 'HandoverRemembered'; at: Millis; endsAt: Millis | null }
  | { type: 'GroupChosen'; at: Millis; group: string | null }
  | { type: 'GroupRuled'; at: Millis; verdict: Verdict }
  /** Fast detection: a router that may be our master is gone for sure, or answers after all. */
  | { type: 'PeerLost'; at: Millis; address: string }
  | { type: 'PeerFound'; at: Millis; address: string }
  | { type: 'Reconfigured'; at: Millis; config: VrrpInstance }
  | { type: 'StopRequested'; at: Millis }

/** Facts that stay inside. */
type Observation =
  | { type: 'StartDeferred'; at: Millis; until: Millis }
  /** A member of a sync group has waited long enough. */
  | { type: 'StartDue'; at: Millis }
  /** A master that we accept: the timer starts again. */
  | { type: 'MasterAlive'; at: Millis; master: Peer; intervalMs: number; downAt: Millis }
  /** Priority 0: only the skew is left to wait. */
  | { type: 'MasterResigned'; at: Millis; master: Peer; downAt: Millis }
  /** The timer has ended, and the group has the last word. */
  | { type: 'PromotionWanted'; at: Millis }
  /** The master has probably gone: the timer ends earlier. */
  | { type: 'MasterDoubted'; at: Millis; downAt: Millis }
  | { type: 'GroupNoted'; at: Millis; group: string | null }
  /** It died without a resignation: only the skew is left to wait as well. */
  | { type: 'MasterLost'; at: Millis; downAt: Millis }
  | { type: 'MasterFound'; at: Millis; downAt: Millis }
  /** An advert of lower priority that does not count. */
  | { type: 'LowerIgnored'; at: Millis; rival: Peer }
  /** The first advert of lower priority: preempt_delay begins. */
  | { type: 'LowerFirstHeard'; at: Millis }
  /** A timer ended, but something may lie unread. */
  | { type: 'Hesitated'; at: Millis; over: 'MasterDownExpired' | 'CommitExpired' | 'HandoverExpired' }
  /** Priority 0 was sent; the addresses are kept until the successor speaks. */
  | { type: 'Yielding'; at: Millis; until: Millis }
  | { type: 'HandoverRecalled'; at: Millis; endsAt: Millis | null }
  /** The budget recovers later than was said. */
  | { type: 'DampingProlonged'; at: Millis; until: Millis }
  /** FAULT is over, but for the wait; there is a fault again; a master was heard meanwhile: see fault-return.ts. */
  | { type: 'ReturnHeld'; at: Millis; until: Millis; aloneAt: Millis }
  | { type: 'ReturnLost'; at: Millis }
  | { type: 'MasterOverheard'; at: Millis; master: Peer; intervalMs: number; aloneAt: Millis }
  /** The advert is due now. */
  | { type: 'AdvertOwed'; at: Millis }
  /** One more advert before yielding, or priority 0 before leaving. */
  | { type: 'LastWord'; at: Millis; priority: number }
  | { type: 'AdvertUnsent'; at: Millis; code: string }
  /** An advert is due at `when` the latest. */
  | { type: 'AdvertHastened'; at: Millis; when: Millis }
  | { type: 'RivalNoted'; at: Millis; rival: Peer; intervalMs: Millis }
  | ({ type: 'MisfitNoted'; at: Millis; rival: Peer; intervalMs: Millis } & Pick<Misfit, 'cause' | 'detail'>)
  | { type: 'AdvertCounted'; at: Millis; reason: string }
  | { type: 'LinkNoted'; at: Millis; link: LinkState | null }
  | { type: 'TrackerNoted'; at: Millis; report: TrackerReport }
  /** What it tracks must be known before it starts: it waits, and says nothing. */
  | { type: 'StartPutOff'; at: Millis }
  /** services/ipvs has yet to make the device of the instance. */
  | { type: 'DeviceAwaited'; at: Millis; until: Millis }
  | { type: 'DeviceOverdue'; at: Millis }
  | { type: 'AddressNoted'; at: Millis; address: string; remainingMs: number | null }
  | { type: 'AddressMissed'; at: Millis; address: string }
  | { type: 'Committed'; at: Millis }
  | { type: 'TrustRegained'; at: Millis }
  | { type: 'ConfigTaken'; at: Millis; config: VrrpInstance }

/** Events get the moment they happened at: the core's own clock is nowhere else. */
export type Fact = Observation | (VrrpEvent & { at: Millis })

export type Alarm = 'masterDown' | 'advert' | 'commit' | 'start' | 'rival' | 'handover' | 'device' | 'damping'

export type Effect =
  | { type: 'SendAdvert'; priority: number }
  /** The addresses are not ours, or no longer: said to services/ipvs past the bus. */
  | { type: 'LetGo' }
  /** Replaces the alarm of that name. One that rings without being due any more is ignored. */
  | { type: 'SetAlarm'; alarm: Alarm; when: Millis }
  /** Deliver what lies unread in the sockets (adverts, links, addresses), then ask again with `drained`. */
  | { type: 'Drain'; askAgain: 'MasterDownExpired' | 'CommitExpired' | 'HandoverExpired' }

/** A virtual router that has not started. */
export function initialState(config: VrrpInstance): State {
  return {
    config,
    role: 'init',
    link: null,
    reports: new Map(),
    waiting: false,
    devicePatience: null,
    present: new Map(),
    group: null,
    wants: false,
    downAt: 0,
    masterIntervalMs: config.advertIntervalMs,
    master: null,
    masterLost: false,
    ignored: null,
    lowerSince: null,
    sentAt: 0,
    sentBefore: 0,
    sendError: null,
    advertAt: 0,
    masterSince: 0,
    addresses: 'awaited',
    commitBy: 0,
    overdue: false,
    rival: null,
    misfit: null,
    rivalDebt: 0,
    startAt: null,
    handover: null,
    damping: { masterships: [], returns: [], spentUntil: null, hold: null, told: false, fault: null },
    heardAt: null,
    asideAt: null,
    mishaps: 0,
    distrustUntil: null,
    rejected: {},
    reported: [],
  }
}

/** The priority that goes into adverts now, with what is tracked. The owner's never changes (keepalived.conf(5)). */
export function effectivePriority({ config, reports }: Pick<State, 'config' | 'reports'>): number {
  if (config.priority === 255 || config.tracked.length === 0) return config.priority
  return Math.max(1, Math.min(config.priority + trackedWeight(config.tracked, reports), 254))
}

/**
 * The priority that others are to see now. A master that stays without its addresses because nobody came speaks with the
 * lowest: a backup that was started meanwhile keeps quiet, and would otherwise be kept from serving.
 */
export function advertisedPriority(state: State): number {
  return state.overdue && state.addresses !== 'held' ? 1 : effectivePriority(state)
}

/**
 * How long a silence makes this router master: an interval longer while it does not trust services/ipvs, so that whoever
 * can hold the addresses comes first.
 */
export function patienceMs(state: State, intervalMs: number): number {
  return masterDownMs(standingOf(state), intervalMs) + (state.distrustUntil === null ? 0 : intervalMs)
}

/** What the waits of this router follow from. */
export function standingOf(state: State): Standing {
  const { version, downTimerAdverts } = state.config
  return { version, downTimerAdverts, priority: effectivePriority(state) }
}

/** All addresses that move with the mastership, in configured order. */
export function virtualAddresses({ config }: State): string[] {
  return [...config.addresses, ...config.excludedAddresses].map(({ address }) => address)
}

/** Those that a master cannot do without. */
export function trackedAddresses({ config }: State): string[] {
  return [...config.addresses, ...config.excludedAddresses]
    .filter(({ noTrack }) => !noTrack)
    .map(({ address }) => address)
}

export function missingAddresses(state: State): string[] {
  return trackedAddresses(state).filter((address) => !state.present.has(address))
}
