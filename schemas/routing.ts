/** Routes and routing rules as they are wanted in the kernel: names are numbers by now, every default is filled in. */
import * as z from 'zod'

const Family = z.union([z.literal(4), z.literal(6)])
const Byte = z.number().int().min(0).max(255)
const Word32 = z.number().int().min(0).max(0xffff_ffff)
/** `192.0.2.0/24`; everything is `0.0.0.0/0` or `::/0`. */
const Subnet = z.string()

/** Numbers for accounting and filters; 0: none. */
export const Realms = z.strictObject({ from: z.number().int().min(0), to: z.number().int().min(0) })
export type Realms = z.infer<typeof Realms>

/** A tunnel that packets are put in. null: the kernel copies it from the packet, or works it out. */
export const Encapsulation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('mpls'), labels: z.array(z.number().int().min(0).max(0xf_ffff)).min(1) }),
  z.strictObject({
    type: z.enum(['ip', 'ip6']),
    id: Word32.nullable(),
    destination: z.string().nullable(),
    source: z.string().nullable(),
    tos: Byte.nullable(),
    /** TTL or hop limit. */
    ttl: Byte.nullable(),
    flags: z.number().int().min(0).max(0xffff).nullable(),
  }),
  /** The upper half of the addresses that packets are sent to. */
  z.strictObject({ type: z.literal('ila'), locator: z.string() }),
])
export type Encapsulation = z.infer<typeof Encapsulation>

/** One way out. */
export const NextHop = z.strictObject({
  /** The gateway, of either family; null: the destination is on the link. */
  via: z.string().nullable(),
  device: z.string().nullable(),
  /** Its share among several. */
  weight: z.number().int().min(1).max(256),
  onlink: z.boolean(),
  encapsulation: Encapsulation.nullable(),
  realms: Realms.nullable(),
})
export type NextHop = z.infer<typeof NextHop>

/** Numbers that go with a route, in the units of the kernel: rtt 1/8 ms, rttvar 1/4 ms, rto_min ms. */
export const RouteMetric = z.strictObject({
  name: z.enum([
    'mtu',
    'window',
    'rtt',
    'rttvar',
    'ssthresh',
    'cwnd',
    'advmss',
    'reordering',
    'hoplimit',
    'initcwnd',
    'rto_min',
    'initrwnd',
    'quickack',
    'fastopen_no_cookie',
  ]),
  value: Word32,
  /** The kernel does not change it by what it learns. */
  locked: z.boolean(),
})
export type RouteMetric = z.infer<typeof RouteMetric>

export const RouteType = z.enum([
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
  'nat',
])

export const Route = z.strictObject({
  family: Family,
  type: RouteType,
  destination: Subnet,
  table: Word32.min(1),
  /** 0: that of the kernel, which is 1024 for IPv6. */
  metric: Word32,
  tos: Byte,
  /** Who put it there: 18 is keepalived, and us. */
  protocol: Byte,
  scope: Byte,
  /** Where connections of this node start from. */
  source: z.string().nullable(),
  /** Only packets from there. */
  from: Subnet.nullable(),
  /** Several share the traffic; none: such as blackhole. */
  nextHops: z.array(NextHop),
  metrics: z.array(RouteMetric),
  congestionControl: z.strictObject({ name: z.string(), locked: z.boolean() }).nullable(),
  explicitCongestion: z.boolean(),
  expiresS: Word32.nullable(),
  preference: z.enum(['low', 'medium', 'high']).nullable(),
  ttlPropagate: z.boolean().nullable(),
  /** Among equal routes. exclusive: only if there is none. */
  placing: z.enum(['prepend', 'append', 'exclusive']),
  /** It is put back when somebody else removes it. */
  tracked: z.boolean(),
})
export type Route = z.infer<typeof Route>

const Range = z.strictObject({ first: Word32, last: Word32 })

/** What becomes of the packets of a rule. */
export const RuleAction = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('table'), table: Word32.min(1) }),
  /** On with the rule of this priority. */
  z.strictObject({ type: z.literal('goto'), priority: Word32 }),
  z.strictObject({ type: z.enum(['l3mdev', 'nop', 'blackhole', 'unreachable', 'prohibit']) }),
])
export type RuleAction = z.infer<typeof RuleAction>

export const Rule = z.strictObject({
  family: Family,
  priority: Word32,
  action: RuleAction,
  /** Packets that the rest does not describe. */
  inverted: z.boolean(),
  from: Subnet.nullable(),
  to: Subnet.nullable(),
  inputDevice: z.string().nullable(),
  outputDevice: z.string().nullable(),
  tos: Byte,
  /** mask null: all bits. */
  mark: z.strictObject({ value: Word32, mask: Word32.nullable() }).nullable(),
  ipProtocol: Byte.nullable(),
  sourcePorts: Range.nullable(),
  destinationPorts: Range.nullable(),
  users: Range.nullable(),
  tunnelId: z.number().int().min(0).nullable(),
  realms: Realms.nullable(),
  /** On with the next rule where the route found is no more special than this. */
  suppressPrefixLength: Word32.nullable(),
  suppressGroup: Word32.nullable(),
  protocol: Byte,
  tracked: z.boolean(),
})
export type Rule = z.infer<typeof Rule>
