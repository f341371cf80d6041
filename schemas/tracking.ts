/** What instances can depend on besides their own interface, as the configuration says it. Source: keepalived.conf(5). */
import * as z from 'zod'

/**
 * interface: link of a further interface; script: vrrp_script; file: track_file; process: vrrp_track_process; bfd:
 * bfd_instance; address: the source address with track_src_ip, named `ADDRESS dev INTERFACE`.
 */
export const TrackerKind = z.enum(['interface', 'script', 'file', 'process', 'bfd', 'address'])
export type TrackerKind = z.infer<typeof TrackerKind>

/** One thing that an instance tracks, by kind and name. */
export const Tracked = z.strictObject({
  kind: TrackerKind,
  name: z.string().min(1),
  /** 0: FAULT while it is down. Above: added while it is up; below: subtracted while it is down. A file's value times it. */
  weight: z.number().int().min(-254).max(254),
  /** The weight counts with its sign turned round; with weight 0: FAULT while it is up. */
  reverse: z.boolean(),
})
export type Tracked = z.infer<typeof Tracked>

/** interface_up_down_delays: how long an interface has to be down, or up again, before that counts. */
export const LinkDelay = z.strictObject({
  interface: z.string().min(1),
  downMs: z.number().int().min(0),
  upMs: z.number().int().min(0),
})
export type LinkDelay = z.infer<typeof LinkDelay>

/** vrrp_script: a command whose exit status says whether something is up. */
export const ScriptTracker = z.strictObject({
  name: z.string().min(1),
  /** The program and its arguments; empty with `opensFile`. */
  argv: z.array(z.string()),
  /** `</path`: nothing is run; it is up while this file can be opened. */
  opensFile: z.string().nullable(),
  /** The account it runs under; null: the default script user. */
  user: z.string().nullable(),
  group: z.string().nullable(),
  intervalMs: z.number().min(1),
  timeoutMs: z.number().min(1),
  /** Good runs in a row that make it up, bad ones that make it down. */
  rise: z.number().int().min(1),
  fall: z.number().int().min(1),
  /** Down until it has succeeded; otherwise the first run decides. */
  initFail: z.boolean(),
})
export type ScriptTracker = z.infer<typeof ScriptTracker>

/** track_file: a file that begins with a number. */
export const FileTracker = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  /** What is written to it at the start, where there is none, or with `overwrite` in any case. */
  init: z.strictObject({ value: z.number().int(), overwrite: z.boolean() }).nullable(),
})
export type FileTracker = z.infer<typeof FileTracker>

/** vrrp_track_process: processes of which there have to be so many. */
export const ProcessTracker = z.strictObject({
  name: z.string().min(1),
  /** The name in /proc/PID/comm; where command lines are compared, their first word. */
  command: z.string().min(1),
  parameters: z.array(z.string()),
  /**
   * name: by its name alone; exact: by its command line; partial: its parameters begin with these; initial: the last of
   * these may also be the beginning of one.
   */
  match: z.enum(['name', 'exact', 'partial', 'initial']),
  quorum: z.number().int().min(0),
  quorumMax: z.number().int().min(0).nullable(),
  /** How long too few, or too many, are put up with. */
  terminateDelayMs: z.number().min(0),
  /** How long it takes until enough are believed. */
  forkDelayMs: z.number().min(0),
})
export type ProcessTracker = z.infer<typeof ProcessTracker>

/** bfd_instance: a BFD session with one neighbour (RFC 5880). */
export const BfdTracker = z.strictObject({
  name: z.string().min(1),
  neighbour: z.string().min(1),
  /** Own address; null: the kernel's choice. */
  source: z.string().nullable(),
  /** Least pauses between packets that this side takes, and sends: with fractions, for microseconds. */
  minRxMs: z.number().min(0.001),
  minTxMs: z.number().min(0.001),
  /** Pause between packets until the session is up. */
  idleTxMs: z.number().min(1_000),
  multiplier: z.number().int().min(1).max(255),
  /** Waits for the neighbour to begin. */
  passive: z.boolean(),
  /** TTL or hop limit of what is sent. */
  ttl: z.number().int().min(1).max(255),
  /** Packets with less have come too far (max_hops). */
  leastTtl: z.number().int().min(0).max(255),
  /** UDP port 4784 instead of 3784. */
  multihop: z.boolean(),
})
export type BfdTracker = z.infer<typeof BfdTracker>

/** What is watched on behalf of instances. */
export const Trackers = z.strictObject({
  linkDelays: z.array(LinkDelay),
  /** Only those that an instance tracks. */
  scripts: z.array(ScriptTracker),
  files: z.array(FileTracker),
  processes: z.array(ProcessTracker),
  /** All of them: neighbours count on a session whether or not anybody here does. */
  sessions: z.array(BfdTracker),
})
export type Trackers = z.infer<typeof Trackers>
