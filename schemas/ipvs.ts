/** Events of services/ipvs: what it wrote to the kernel, and what the kernel or somebody else took away. */
import * as z from 'zod'

/** Name of the vrrp_instance. */
const instance = z.string().min(1)
/** With prefix: `192.168.105.211/32`. */
const addresses = z.array(z.string())
/** `192.168.105.211:80/tcp` and `192.168.105.203:80` (schemas/names.ts). */
const virtualServer = z.string()
const realServer = z.string()

/** The addresses are in the kernel and have been announced once. */
export const AddressesAdded = z.strictObject({
  type: z.literal('AddressesAdded'),
  instance,
  addresses,
  /**
   * advert: our own advert was seen leaving, usually before its event came; event: told by vrrp, and that was sooner;
   * repair: somebody had removed them.
   */
  trigger: z.enum(['event', 'advert', 'repair']),
  /** From the trigger to the last address in the kernel. */
  tookMs: z.number().min(0),
  /** Gratuitous ARP and neighbour advertisements of the first burst. */
  announced: z.number().int().min(0),
  /** Addresses of the instance that were in place before, when a reload brought more of them. */
  besides: addresses.optional(),
})

/** This node took the addresses out of the kernel. */
export const AddressesRemoved = z.strictObject({
  type: z.literal('AddressesRemoved'),
  instance,
  addresses,
  /**
   * not-master: told by vrrp; resigned: seen on the wire; left-over: found at the start, and this node is not master.
   */
  reason: z.enum(['not-master', 'resigned', 'stop', 'reload', 'left-over']),
})

/** Addresses that should be there are gone. */
export const AddressesLost = z.strictObject({
  type: z.literal('AddressesLost'),
  instance,
  addresses,
  /**
   * lease-expired: no own advert left in time, and the kernel removed them; removed-by-another: they are put back at
   * once, unless they have no_track, or somebody goes on removing them; routing-lost: a route or rule of the instance
   * is gone for good, so that this node takes the addresses away and vrrp resigns.
   */
  reason: z.enum(['lease-expired', 'removed-by-another', 'routing-lost']),
})

/** A restarted ipvs found the addresses in place and goes on refreshing them: nothing was written. */
export const AddressesKept = z.strictObject({ type: z.literal('AddressesKept'), instance, addresses })

/** Owner of routes and rules: the name of the vrrp_instance; null: what is static. */
const owner = instance.nullable()
/** Routes and rules in the words of `ip`, static addresses: `192.168.1.0/24 via 10.0.0.9 dev eth0`, `rule 900 table 5`. */
const items = z.array(z.string())

/** Routes, rules or static addresses are in the kernel. What was in place already is not named. */
export const RoutingAdded = z.strictObject({
  type: z.literal('RoutingAdded'),
  instance: owner,
  items,
  /** master: with the addresses of the instance; repair: what was impossible before, and is possible now. */
  reason: z.enum(['master', 'start', 'reload', 'repair']),
  tookMs: z.number().min(0),
})

/** This node took routes, rules or static addresses out of the kernel. */
export const RoutingRemoved = z.strictObject({
  type: z.literal('RoutingRemoved'),
  instance: owner,
  items,
  /** As of the addresses; addresses-lost: together with them. */
  reason: z.enum(['not-master', 'resigned', 'stop', 'reload', 'left-over', 'addresses-lost']),
})

/** Somebody else removed routes, rules or static addresses, or they went with an interface or an address. */
export const RoutingLost = z.strictObject({
  type: z.literal('RoutingLost'),
  instance: owner,
  items,
  /** They were put back at once; otherwise the kernel refuses them. */
  restored: z.boolean(),
})

/** Hardware address of the other host: `02:00:00:00:00:07`. */
const hardwareAddress = z.string()

/** Another host answers for an address that this node holds, and goes on doing so. Defended by an announcement. */
export const AddressConflict = z.strictObject({
  type: z.literal('AddressConflict'),
  instance,
  /** With prefix. */
  address: z.string(),
  device: z.string(),
  hardwareAddress,
})

/** The other host does not answer for the address any more. */
export const AddressConflictEnded = z.strictObject({
  type: z.literal('AddressConflictEnded'),
  instance,
  address: z.string(),
  device: z.string(),
  hardwareAddress,
  /** From its first word to its last, as far as they were seen. */
  lastedMs: z.number().min(0),
})

/** The kernel refused a change, or cannot do what is wanted; told once while it lasts. */
export const KernelRefused = z.strictObject({
  type: z.literal('KernelRefused'),
  entity: z.string(),
  /** Error code of docs/errors.md. */
  code: z.string(),
  message: z.string(),
})

/** A device of a virtual router's own is there, and switched off until this node is master. */
export const DeviceAdded = z.strictObject({
  type: z.literal('DeviceAdded'),
  /** `vrrp.51` */
  device: z.string().min(1),
  /** The interface below it. */
  parent: z.string().min(1),
  /** null: that of the parent (ipvlan). */
  hardwareAddress: z.string().nullable(),
  /** There was one of this name that did not fit. */
  replaced: z.boolean(),
})

/** A device that this program had made is gone: at the end, or because the configuration no longer asks for it. */
export const DeviceRemoved = z.strictObject({
  type: z.literal('DeviceRemoved'),
  device: z.string().min(1),
  /** Empty when that is gone as well. */
  parent: z.string(),
})

/** One change of the IPVS table that brought the kernel to what is wanted. */
export const VirtualServerChange = z.strictObject({
  kind: z.enum([
    'service-added',
    'service-updated',
    'service-removed',
    'destination-added',
    'destination-updated',
    'destination-removed',
  ]),
  virtualServer,
  realServer: realServer.nullable(),
  weight: z.number().int().nullable(),
})
export type VirtualServerChange = z.infer<typeof VirtualServerChange>

/** The IPVS table of one virtual server was changed. An empty comparison publishes nothing. */
export const VirtualServerProgrammed = z.strictObject({
  type: z.literal('VirtualServerProgrammed'),
  virtualServer,
  changes: z.array(VirtualServerChange),
  reason: z.enum(['start', 'health', 'reload', 'repair', 'stop']),
})

export const IpvsEvent = z.discriminatedUnion('type', [
  AddressesAdded,
  AddressesRemoved,
  AddressesLost,
  AddressesKept,
  DeviceAdded,
  DeviceRemoved,
  RoutingAdded,
  RoutingRemoved,
  RoutingLost,
  AddressConflict,
  AddressConflictEnded,
  KernelRefused,
  VirtualServerProgrammed,
])
export type IpvsEvent = z.infer<typeof IpvsEvent>

/** State of services/ipvs that the kernel cannot tell. A cache of the log. */
export const IpvsSnapshot = z.strictObject({
  /** What vrrp said last, by instance. */
  roles: z.record(z.string(), z.enum(['unknown', 'master', 'other'])),
  /** Virtual servers we have written at any time: only those are ever removed. */
  owned: z.array(virtualServer),
  /** The failed check of each dead server, by `virtual server|real server`. */
  down: z.record(z.string(), z.string()),
})
export type IpvsSnapshot = z.infer<typeof IpvsSnapshot>
