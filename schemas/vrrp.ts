/** Events of services/vrrp: changes of mastership and what explains them. Consumed by ipvs, notifier and failoverctl. */
import * as z from 'zod'
import { TrackerKind } from './tracking.ts'

/** A router as its advert shows it. */
export const Peer = z.strictObject({ address: z.string(), priority: z.number().int().min(0).max(255) })
export type Peer = z.infer<typeof Peer>

/** Name of the vrrp_instance. */
const instance = z.string().min(1)
/** Effective priority at that moment. */
const priority = z.number().int().min(0).max(255)

/** This node now owns the instance's addresses. */
export const BecameMaster = z.strictObject({
  type: z.literal('BecameMaster'),
  instance,
  priority,
  /**
   * silence: no advert for a master-down interval; resignation: the master sent priority 0; unreachable: its BFD
   * session fell, and its machine no longer answered either (fast_detection); preemption: a master of lower priority
   * was ignored until the timer ended; owner: priority 255.
   */
  reason: z.enum(['silence', 'resignation', 'unreachable', 'preemption', 'owner']),
  previousMaster: Peer.nullable(),
  /** Milliseconds since the last advert of the previous master; null when none was ever heard. */
  silentMs: z.number().min(0).nullable(),
})

/** This node does not own the addresses and follows another master, or waits for one. */
export const BecameBackup = z.strictObject({
  type: z.literal('BecameBackup'),
  instance,
  priority,
  /**
   * start: first state; higher-priority, equal-priority: another master won; stalled: we were frozen longer than a
   * master-down interval; address-lost: an address of ours vanished from the kernel; commit-failed: the addresses did
   * not appear in time; fault-cleared: the fault is over; group: another member of its sync group is backup;
   * handover: as it was asked to.
   */
  reason: z.enum([
    'start',
    'higher-priority',
    'equal-priority',
    'stalled',
    'address-lost',
    'commit-failed',
    'fault-cleared',
    'group',
    'handover',
  ]),
  master: Peer.nullable(),
  /** What was seen, in words for the operator; null when the reason says it all. */
  detail: z.string().nullable(),
})

/** The instance cannot take part. */
export const BecameFault = z.strictObject({
  type: z.literal('BecameFault'),
  instance,
  priority,
  /**
   * link-down: switched off, or without carrier; no-address: the interface has none to send from; no-peer: it is to use
   * unicast, and nobody is named to send to; tracked: something that it tracks without a weight; group:
   * another member of its sync group has a fault.
   */
  reason: z.enum(['link-down', 'interface-missing', 'no-address', 'no-peer', 'tracked', 'group']),
  /** The interface or what is tracked, and what is wrong with it. */
  detail: z.string().nullable(),
})

/** The instance ended in order; a master has resigned with priority 0. */
export const InstanceStopped = z.strictObject({
  type: z.literal('InstanceStopped'),
  instance,
  priority,
  wasMaster: z.boolean(),
})

/** A restarted vrrp found its lease alive and goes on as master: no transition took place. */
export const MastershipResumed = z.strictObject({
  type: z.literal('MastershipResumed'),
  instance,
  priority,
  /** What is left of the shortest lifetime of its addresses in the kernel. */
  leaseLeftMs: z.number().min(0),
})

/** It does not take part yet, as vrrp_startup_delay and vrrp_delay_after_boot want it. */
export const StartHeld = z.strictObject({ type: z.literal('StartHeld'), instance, waitMs: z.number().min(0) })

/** Adverts were dropped: published at the first of a reason within a state, so noise cannot grow the log. */
export const AdvertRejected = z.strictObject({
  type: z.literal('AdvertRejected'),
  instance,
  /** What was wrong with it, such as `bad-checksum`. */
  reason: z.string(),
  /** The address it came from. */
  source: z.string(),
})

/**
 * Another router of lower rank called itself master while this node is: clients may have heard its announcements.
 * ipvs announces the addresses again. Damped: in one mastership the quiet time between two of them doubles.
 */
export const RivalHeard = z.strictObject({ type: z.literal('RivalHeard'), instance, rival: Peer })

/**
 * Two routers are master: the other one has sent a second advert although one of this node had left since its first.
 * An alarm: both hold the addresses until the cause is gone. Of settings that differ no end is told: keepalived falls
 * silent while it drops the adverts of another master, and is one all the same.
 */
export const TwoMasters = z.strictObject({
  type: z.literal('TwoMasters'),
  instance,
  rival: Peer,
  /**
   * one-way: its adverts arrive here, but ours not there; unsent: ours do not leave; owners: both have priority 255.
   * The others are settings that differ between the two: version, password, interval, address-list; checksum: with and
   * without the pseudo header (v3_checksum_as_v2); destination: one sends to the group, the other to peers;
   * signature: their keys (auth_hmac); clock: their clocks are further apart than time_window.
   */
  cause: z.enum([
    'one-way',
    'unsent',
    'owners',
    'version',
    'password',
    'interval',
    'address-list',
    'checksum',
    'destination',
    'signature',
    'clock',
  ]),
  /** What differs, there and here; null when the cause says it all. */
  detail: z.string().nullable(),
})
export type TwoMasters = z.infer<typeof TwoMasters>

/** The rival let go. ipvs announces again, as the last to be heard, and once more a little later. */
export const RivalSilenced = z.strictObject({
  type: z.literal('RivalSilenced'),
  instance,
  rival: Peer,
  /** resigned: it sent priority 0; silent: it said nothing when its next advert was due. */
  ending: z.enum(['resigned', 'silent']),
  /** How many adverts of it were heard in a row. */
  adverts: z.number().int().min(1),
  /** For so long at least two routers were master, by its adverts, and at most. */
  overlapMs: z.number().min(0),
  atMostMs: z.number().min(0),
})

/**
 * The addresses did not appear in time, but nobody came when this node stepped aside before: it goes on as master, and
 * steps aside again after `patienceMs`, for a backup that may have started since. Once in a mastership.
 */
export const CommitOverdue = z.strictObject({
  type: z.literal('CommitOverdue'),
  instance,
  missing: z.array(z.string()),
  patienceMs: z.number().min(0),
})

/**
 * A reload gave the virtual router another name. No transition took place: whatever was said of it under the former
 * name goes on under the new one.
 */
export const InstanceRenamed = z.strictObject({
  type: z.literal('InstanceRenamed'),
  instance,
  /** Its name until now. */
  formerly: z.string().min(1),
  role: z.enum(['master', 'backup', 'fault']),
})

/**
 * The effective priority is another one: the next advert carries it. What is left of a master-down timer follows the
 * skew, but for a reload. No change of role by itself.
 */
export const PriorityChanged = z.strictObject({
  type: z.literal('PriorityChanged'),
  instance,
  priority,
  /** The effective priority until now. */
  formerly: z.number().int().min(0).max(255),
  role: z.enum(['master', 'backup', 'fault']),
  /** tracking: the event that caused this one says what changed; configuration: a reload. */
  reason: z.enum(['tracking', 'configuration']),
})

/**
 * Something that instances track went up or down, or is down when first looked at; of a file: its number changed. Once
 * for all instances; what follows for each of them is an event of its own that this one caused.
 */
export const TrackerChanged = z.strictObject({
  type: z.literal('TrackerChanged'),
  kind: TrackerKind,
  /** As the configuration calls it. */
  name: z.string().min(1),
  status: z.enum(['up', 'down', 'unknown']),
  /** What was seen, in words that follow kind and name: `failed: exit status 1`; null when the status says it all. */
  detail: z.string().nullable(),
  /** The number in a tracked file; null for other kinds. */
  value: z.number().int().nullable(),
})
export type TrackerChanged = z.infer<typeof TrackerChanged>

/**
 * Somebody hands the mastership over: priority 0 follows, and the addresses stay until the successor announces itself.
 * Then this router stays backup, for masters of lower priority too, until HandoverEnded.
 */
export const HandoverBegan = z.strictObject({
  type: z.literal('HandoverBegan'),
  instance,
  /** The account of whoever asked. */
  actor: z.string().min(1),
  /** In the words of whoever asked. */
  reason: z.string(),
  /** How long it stays backup, from now; null: until somebody ends it, or no other master is heard. */
  forMs: z.number().min(0).nullable(),
  /** So long at most the addresses stay without an advert of ours. */
  holdMs: z.number().min(0),
})

/** This router competes again. */
export const HandoverEnded = z.strictObject({
  type: z.literal('HandoverEnded'),
  instance,
  /**
   * asked: somebody ended it; time-over: its time was; nobody-came: no successor announced itself, and it never ceased
   * to be master; master-gone: no other master was heard any more.
   */
  reason: z.enum(['asked', 'time-over', 'nobody-came', 'master-gone']),
  /** The account of whoever ended it; null when nobody did. */
  actor: z.string().nullable(),
})

/**
 * It flaps. preemption: the budget of flap_damping is spent, and it accepts masters of lower priority until
 * DampingEnded; without any other master it takes over as ever. return: the fault is over, and the way back from FAULT
 * waits; it begins anew if there is a fault again, which is not told, and ends early when no master is heard.
 */
export const DampingBegan = z.strictObject({
  type: z.literal('DampingBegan'),
  instance,
  what: z.enum(['preemption', 'return']),
  /** Masterships, or FAULTs, within the window. */
  count: z.number().int().min(1),
  windowMs: z.number().min(0),
  /** How long it lasts if it goes no further, from now. */
  waitMs: z.number().min(0),
  /** What was seen, in words that follow the name of the instance. */
  detail: z.string(),
})

/** It may preempt again, or comes back from FAULT now. */
export const DampingEnded = z.strictObject({
  type: z.literal('DampingEnded'),
  instance,
  what: z.enum(['preemption', 'return']),
})

/** What happened to an instance; TrackerChanged is of none, and apart. */
export const VrrpEvent = z.discriminatedUnion('type', [
  BecameMaster,
  BecameBackup,
  BecameFault,
  InstanceStopped,
  MastershipResumed,
  StartHeld,
  AdvertRejected,
  RivalHeard,
  TwoMasters,
  RivalSilenced,
  CommitOverdue,
  InstanceRenamed,
  HandoverBegan,
  HandoverEnded,
  PriorityChanged,
  DampingBegan,
  DampingEnded,
])
export type VrrpEvent = z.infer<typeof VrrpEvent>
