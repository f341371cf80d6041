/**
 * The validated configuration: what platform/config makes of a keepalived.conf. Units are in the names; every default
 * is filled in, so that no service knows one. Source of meanings: keepalived.conf(5).
 */
import * as z from 'zod'
import { Announcement, AnnouncementPacing } from './announcement.ts'
import { VirtualDevice } from './devices.ts'
import { Route, Rule } from './routing.ts'
import { Tracked, Trackers } from './tracking.ts'

const Port = z.number().int().min(1).max(65535)

/** A command to run: the program and its arguments, and the account it runs under (null: the default script user). */
export const Script = z.strictObject({
  argv: z.array(z.string()).min(1),
  user: z.string().nullable(),
  group: z.string().nullable(),
})
export type Script = z.infer<typeof Script>

/** An address that moves with the mastership. */
export const VipAddress = z.strictObject({
  address: z.string(),
  prefix: z.number().int().min(0).max(128),
  family: z.union([z.literal(4), z.literal(6)]),
  /** The interface it is put on. */
  device: z.string(),
  label: z.string().nullable(),
  broadcast: z.string().nullable(),
  /** Kernel scope number of rtnetlink(7): 0 global, 200 site, 253 link, 254 host. */
  scope: z.number().int().min(0).max(255),
  /** The other end of a point-to-point link, to which `prefix` belongs then. */
  peer: z.string().nullable(),
  /** For how long connections of this node may begin from it, once it is there; null: always. */
  preferredLifetimeS: z.number().int().min(0).nullable(),
  /** IPv6: another holder is looked for before it is used. */
  duplicateDetection: z.boolean(),
  homeAddress: z.boolean(),
  temporaryAddresses: z.boolean(),
  noPrefixRoute: z.boolean(),
  autojoin: z.boolean(),
  /** Nobody minds when somebody else removes it. */
  noTrack: z.boolean(),
})
export type VipAddress = z.infer<typeof VipAddress>

export const Authentication = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  /** VRRPv2 simple text, at most 8 characters on the wire (RFC 2338 5.3.6). */
  z.strictObject({ type: z.literal('pass'), password: z.string().min(1).max(8) }),
])

/** Routers that adverts go to one by one, instead of the multicast group. */
export const Unicast = z.strictObject({
  /** The other nodes; none: the instance stays in fault. Bounds are for the TTL of their adverts on arrival; null: any. */
  peers: z.array(
    z.strictObject({
      address: z.string(),
      minTtl: z.number().int().min(0).max(255).nullable(),
      maxTtl: z.number().int().min(0).max(255).nullable(),
    }),
  ),
  /** TTL or hop limit that adverts leave with. */
  ttl: z.number().int().min(1).max(255),
  /** Adverts from other addresses than the peers' are dropped. */
  peersOnly: z.boolean(),
})
export type Unicast = z.infer<typeof Unicast>

/**
 * What the checksum of version 3 adverts over IPv4 covers besides the message: the pseudo header of RFC 5798, as with
 * keepalived; nothing, as in RFC 9568; or, with unicast, a pseudo header with the multicast group as its destination,
 * as keepalived before 1.3.7 had it. The first two are taken from others in any case, the third only where it is sent.
 */
export const ChecksumForm = z.enum(['pseudo-header', 'message-only', 'old-unicast'])
export type ChecksumForm = z.infer<typeof ChecksumForm>

/** Signatures behind adverts (auth_hmac), by which they are believed. */
export const AdvertHmac = z.strictObject({
  /** Good for receiving. The key in hexadecimal digits: 32 to 64 bytes. */
  keys: z
    .array(z.strictObject({ id: z.number().int().min(1).max(255), key: z.string().regex(/^([0-9a-f]{2}){32,64}$/) }))
    .min(1),
  /** The one that adverts are signed with. */
  activeKeyId: z.number().int().min(1).max(255),
  /**
   * Whether adverts without a signature count: not with enforce. With receive-only none is sent. A wrong signature never
   * counts.
   */
  mode: z.enum(['enforce', 'permissive', 'receive-only']),
  /** How recorded adverts are known: by the time in them, or only by a count that must grow. */
  antiReplay: z.enum(['time', 'monotonic']),
  /** How far the clocks of nodes may be apart, with `time`. */
  windowMs: z.number().int().min(1_000),
})
export type AdvertHmac = z.infer<typeof AdvertHmac>

/** The notify scripts of an instance; `any` is the generic one, which gets type, name, state and priority appended. */
export const VrrpNotify = z.strictObject({
  master: Script.nullable(),
  backup: Script.nullable(),
  fault: Script.nullable(),
  stop: Script.nullable(),
  any: Script.nullable(),
})

export const VrrpInstance = z.strictObject({
  name: z.string().min(1),
  initialState: z.enum(['MASTER', 'BACKUP']),
  interface: z.string().min(1),
  /** What its adverts and addresses are on; null: the interface itself. */
  device: VirtualDevice.nullable(),
  /** vmac_xmit_base: adverts leave with the hardware address of the interface, not that of the device. */
  advertsFromInterface: z.boolean(),
  /** For addresses on other interfaces, or of the other family. */
  addressDevices: z.array(VirtualDevice),
  virtualRouterId: z.number().int().min(1).max(255),
  priority: z.number().int().min(1).max(255),
  version: z.union([z.literal(2), z.literal(3)]),
  advertIntervalMs: z.number().int().min(10),
  authentication: Authentication,
  /** null: adverts carry no signature. */
  hmac: AdvertHmac.nullable(),
  preempt: z.boolean(),
  preemptDelayMs: z.number().int().min(0),
  /** How many intervals, and the skew, a backup waits for an advert. */
  downTimerAdverts: z.number().int().min(1).max(100),
  /**
   * timer_expired_backup: a master that was silent for as long as a backup of this priority waits counts as replaced;
   * null: of its own priority.
   */
  stallPriority: z.number().int().min(1).max(254).nullable(),
  lowerPriorityAdvert: z.boolean(),
  higherPriorityAdvert: z.boolean(),
  /** A master of priority 255 goes on, whatever others say. */
  ownerIgnoresAdverts: z.boolean(),
  /** An instance that becomes MASTER this often within the window preempts nobody for a while; null: off. */
  flapDamping: z.strictObject({ masterships: z.number().int().min(2), windowMs: z.number().int().min(1) }).nullable(),
  /** accept, no_accept: as master it answers packets to the addresses; always so with priority 255. */
  acceptsTraffic: z.boolean(),
  sourceAddress: z.string().nullable(),
  multicastGroup: z.string(),
  /** null: adverts go to the multicast group. */
  unicast: Unicast.nullable(),
  checksum: ChecksumForm,
  /** The addresses in an advert are compared with ours only when another router than last time sent it. */
  skipKnownAddresses: z.boolean(),
  addresses: z.array(VipAddress),
  excludedAddresses: z.array(VipAddress),
  /** Packets to the addresses are let in. false: they are dropped, but for neighbour discovery (RFC 9568 6.1). */
  accept: z.boolean(),
  /** While the instance is here, the sysctl of this name is set on the interfaces of its IPv4 addresses. */
  promoteSecondaries: z.boolean(),
  /** What is in the kernel together with the addresses. */
  routes: z.array(Route),
  rules: z.array(Rule),
  announcement: Announcement,
  /** BFD sessions with the masters that are followed; null: adverts alone decide. */
  fastDetection: z
    .strictObject({ intervalMs: z.number().int().min(10).max(1000), multiplier: z.number().int().min(2).max(50) })
    .nullable(),
  /** Lifetime of the addresses in the kernel: 3 advert intervals, at least 2 s, unless vip_lease says otherwise. */
  leaseMs: z.number().int().min(2000),
  /** false (dont_track_primary): its own interface may be down without FAULT. */
  trackPrimary: z.boolean(),
  /** What else it depends on. */
  tracked: z.array(Tracked),
  notify: VrrpNotify,
  smtpAlert: z.boolean(),
})
export type VrrpInstance = z.infer<typeof VrrpInstance>

/** Instances that change their role together. */
export const SyncGroup = z.strictObject({
  name: z.string().min(1),
  /** Names of instances; each is in one group at most. */
  members: z.array(z.string().min(1)).min(1),
  notify: VrrpNotify,
  smtpAlert: z.boolean(),
})
export type SyncGroup = z.infer<typeof SyncGroup>

export const TcpCheck = z.strictObject({
  type: z.literal('TCP_CHECK'),
  connectAddress: z.string(),
  connectPort: Port,
  bindAddress: z.string().nullable(),
  connectTimeoutMs: z.number().int().min(1),
  delayLoopMs: z.number().int().min(1),
  /** Extra attempts before a living server counts as failed. */
  retry: z.number().int().min(0),
  delayBeforeRetryMs: z.number().int().min(0),
  /** Upper limit of the random delay before the first check. */
  warmupMs: z.number().int().min(0),
})
export type TcpCheck = z.infer<typeof TcpCheck>

export const Check = z.discriminatedUnion('type', [TcpCheck])
export type Check = z.infer<typeof Check>

export const RealServer = z.strictObject({
  address: z.string(),
  port: Port,
  weight: z.number().int().min(0).max(65535),
  /** true: a failed server stays in the kernel with weight 0. */
  inhibitOnFailure: z.boolean(),
  checks: z.array(Check),
  notifyUp: Script.nullable(),
  notifyDown: Script.nullable(),
  smtpAlert: z.boolean(),
})
export type RealServer = z.infer<typeof RealServer>

export const VirtualServer = z.strictObject({
  address: z.string(),
  port: Port,
  family: z.union([z.literal(4), z.literal(6)]),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']),
  scheduler: z.string().min(1).max(15),
  forwarding: z.enum(['NAT', 'DR', 'TUN']),
  /** Seconds a client sticks to its server; null: not persistent. */
  persistenceTimeoutS: z.number().int().min(1).nullable(),
  realServers: z.array(RealServer),
})
export type VirtualServer = z.infer<typeof VirtualServer>

/** Where mail goes, and as whom. */
export const Mail = z.strictObject({
  recipients: z.array(z.string()),
  from: z.string(),
  server: z.strictObject({ host: z.string(), port: Port }).nullable(),
  connectTimeoutMs: z.number().int().min(1),
  heloName: z.string().nullable(),
  /** no_email_faults: nobody is written to when an instance goes to FAULT. */
  silentFaults: z.boolean(),
})

/** How much of the event log is kept; null: no limit of this kind. The oldest events leave first. */
export const EventBus = z.strictObject({
  maxAgeS: z.number().int().min(3600).nullable(),
  maxBytes: z
    .number()
    .int()
    .min(16 * 1024 ** 2)
    .nullable(),
})

export const Config = z.strictObject({
  routerId: z.string().min(1),
  /** `site NAME`; null when the file does not say. */
  site: z.string().nullable(),
  eventBus: EventBus,
  mail: Mail,
  scriptUser: z.strictObject({ user: z.string(), group: z.string().nullable() }).nullable(),
  /** enable_script_security: scripts that others could have changed are not run as root. */
  scriptSecurity: z.boolean(),
  /** umask: rights that files do not get which scripts create. */
  scriptUmask: z.number().int().min(0).max(0o777),
  /** The network namespace that everything happens in, by its name; null: the one the daemon is started in. */
  netNamespace: z.string().min(1).nullable(),
  /** vrrp_startup_delay: instances take no part in elections for so long after the start. */
  startupDelayMs: z.number().int().min(0),
  /** vrrp_delay_after_boot: nor before the machine has been up for so long. */
  delayAfterBootMs: z.number().int().min(0),
  announcementPacing: AnnouncementPacing,
  /** How often a master asks whether another host has its addresses; 0: never. */
  vipProbeMs: z.number().int().min(0),
  instances: z.array(VrrpInstance),
  trackers: Trackers,
  /** What is in the kernel while the daemon runs, whatever the instances do. */
  statics: z.strictObject({ addresses: z.array(VipAddress), routes: z.array(Route), rules: z.array(Rule) }),
  syncGroups: z.array(SyncGroup),
  virtualServers: z.array(VirtualServer),
})
export type Config = z.infer<typeof Config>
