/** What one BFD session (RFC 5880) knows, hears, concludes and wants done. Asynchronous mode, no authentication, no echo. */
import type { Millis } from '#platform/clock-port.ts'
import type { BfdEvent } from '#schemas/bfd.ts'

export type SessionState = 'admin-down' | 'down' | 'init' | 'up'

/** Diagnostic codes of RFC 5880 4.1, as far as this side sends them. */
export const DIAGNOSTIC = { none: 0, detectionExpired: 1, neighbourDown: 3, adminDown: 7 } as const

/** A BFD control packet. Times in milliseconds, with fractions: the wire counts microseconds. */
export interface ControlPacket {
  state: SessionState
  /** 0 to 31 */
  diagnostic: number
  poll: boolean
  final: boolean
  demand: boolean
  /** How many packets in a row may be missing: 1 to 255. */
  multiplier: number
  /** The sender's own, never 0. */
  discriminator: number
  /** What the sender takes ours for; 0: it has not heard us. */
  yourDiscriminator: number
  desiredTxMs: number
  /** 0: it wants none at all. */
  requiredRxMs: number
  requiredEchoMs: number
}

export interface SessionSettings {
  /** Least pause between packets that we want to send, once the session is up. */
  desiredTxMs: number
  /** Least pause between packets that we can take. */
  requiredRxMs: number
  /** Pause between packets until the session is up, at least a second (RFC 5880 6.8.3). */
  idleTxMs: number
  multiplier: number
  /** Says nothing until the neighbour has. */
  passive: boolean
}

/** What the neighbour's last packet said of itself. */
export interface Neighbour {
  /** 0: not known (any more). */
  discriminator: number
  state: SessionState
  multiplier: number
  desiredTxMs: number
  requiredRxMs: number
  demand: boolean
}

/** The pauses of one side. */
export interface Pace {
  desiredTxMs: number
  requiredRxMs: number
}

export interface Session {
  settings: SessionSettings
  /** Ours: names the session in the neighbour's packets. */
  discriminator: number
  state: SessionState
  diagnostic: number
  neighbour: Neighbour
  /** What our packets say. */
  announced: Pace
  /** What counts: while a poll runs in state up, the slower pace of before (RFC 5880 6.8.3). */
  inForce: Pace
  /** Packets ask the neighbour to confirm the announced pace. */
  polling: boolean
  sentAt: Millis | null
  /** Packets sent out of turn since a moment: see mayHasten. */
  haste: { since: Millis; count: number }
  /** The neighbour's last packet. */
  heardAt: Millis | null
  stopped: boolean
}

/** Why a session went down. */
export type DownReason = Extract<BfdEvent, { type: 'BfdDown' }>['reason']

/** What users of a session go by. */
export type Change = { to: 'up' } | { to: 'down'; reason: DownReason }

export type Input =
  | { type: 'SessionStarted'; at: Millis }
  /** A packet that belongs to this session and passed every check that needs no state. */
  | { type: 'ControlHeard'; at: Millis; packet: ControlPacket }
  | { type: 'TransmitExpired'; at: Millis }
  /** `drained`: what lay unread in the socket has been heard. */
  | { type: 'DetectionExpired'; at: Millis; drained: boolean }
  | { type: 'SettingsChanged'; at: Millis; settings: SessionSettings }
  | { type: 'SessionStopped'; at: Millis }

export type Fact =
  | { type: 'ControlTaken'; at: Millis; packet: ControlPacket }
  /** The neighbour asked for a confirmation. */
  | { type: 'PollHeard'; at: Millis }
  | { type: 'SessionInit'; at: Millis }
  | { type: 'SessionUp'; at: Millis }
  | { type: 'SessionDown'; at: Millis; reason: DownReason; diagnostic: number; silentMs: number }
  /** A packet is due now, by the timer or because there is news for the neighbour. */
  /** `hastened`: between two turns, because of a change. */
  | { type: 'ControlOwed'; at: Millis; hastened: boolean }
  /** The pause between our packets is another from here on. */
  | { type: 'PaceChanged'; at: Millis }
  | { type: 'PollConfirmed'; at: Millis }
  | { type: 'DetectionHesitated'; at: Millis }
  /** Silent for a detection time: the neighbour may come back as another. */
  | { type: 'NeighbourForgotten'; at: Millis }
  | { type: 'SettingsTaken'; at: Millis; settings: SessionSettings }
  | { type: 'SessionEnded'; at: Millis }
  /** After the event, so that what follows from it can name it as its cause. */
  | { type: 'ChangeKnown'; at: Millis; change: Change }

export type Effect =
  | { type: 'SendControl'; packet: ControlPacket }
  /** Rings once, at a moment drawn between the two, instead of at any set before. */
  | { type: 'SetTransmit'; from: Millis; to: Millis }
  | { type: 'SetDetection'; when: Millis }
  /** Deliver what lies unread, then ask again with `drained`. */
  | { type: 'DrainControl' }
  /** Tell who uses the session. */
  | { type: 'ReportChange'; change: Change }

const UNKNOWN: Neighbour = {
  discriminator: 0,
  state: 'down',
  multiplier: 0,
  desiredTxMs: 0,
  // RFC 5880 6.8.1: bfd.RemoteMinRxInterval is one microsecond until the neighbour says otherwise.
  requiredRxMs: 0.001,
  demand: false,
}

/** A session that has not started. */
export function initialSession(settings: SessionSettings, discriminator: number): Session {
  const pace = slowPace(settings)
  return {
    settings,
    discriminator,
    state: 'down',
    diagnostic: DIAGNOSTIC.none,
    neighbour: UNKNOWN,
    announced: pace,
    inForce: pace,
    polling: false,
    sentAt: null,
    haste: { since: 0, count: 0 },
    heardAt: null,
    stopped: false,
  }
}

export function forgotten(session: Session): Session {
  return { ...session, neighbour: UNKNOWN, heardAt: null }
}

/** While not up nobody sends more often than once a second (RFC 5880 6.8.3). */
export function slowPace({ idleTxMs, requiredRxMs, desiredTxMs }: SessionSettings): Pace {
  return { desiredTxMs: Math.max(1_000, idleTxMs, desiredTxMs), requiredRxMs }
}

export function fastPace({ desiredTxMs, requiredRxMs }: SessionSettings): Pace {
  return { desiredTxMs, requiredRxMs }
}

/** The pause between our packets, before jitter: the slower side counts (RFC 5880 6.8.2). */
export function transmitMs({ inForce, neighbour }: Session): number {
  return Math.max(inForce.desiredTxMs, neighbour.requiredRxMs)
}

/** How long silence may last (RFC 5880 6.8.4); 0 while nothing is known of the neighbour. */
export function detectionMs({ inForce, neighbour }: Session): number {
  return neighbour.multiplier * Math.max(inForce.requiredRxMs, neighbour.desiredTxMs)
}

/** Whether packets leave by the timer at all (RFC 5880 6.8.7). */
export function transmits({ settings, neighbour, state, polling, stopped }: Session): boolean {
  if (stopped) return false
  if (settings.passive && neighbour.discriminator === 0) return false
  if (neighbour.requiredRxMs === 0) return false
  const asleep = neighbour.demand && state === 'up' && neighbour.state === 'up'
  return !asleep || polling
}

/** As many packets may go out of turn within this time. */
const MOST_HASTE = 6
const HASTE_MS = 1_000

/**
 * Whether a change may be told at once (RFC 5880 6.8.7 allows it). A change answers a packet and causes one: between two
 * routers whose packets a network duplicates, each would cause more than one, without end.
 */
export function mayHasten({ haste }: Session, at: Millis): boolean {
  return haste.count < MOST_HASTE || at - haste.since >= HASTE_MS
}

/** What has been sent out of turn after one more of it. */
export function hastened({ haste }: Session, at: Millis): Session['haste'] {
  const fresh = at - haste.since >= HASTE_MS
  return fresh ? { since: at, count: 1 } : { ...haste, count: haste.count + 1 }
}
