/** RFC 5880 6.8.6: what a packet or a timer means for a session. */
import { evolve } from './bfd-evolve.ts'
import {
  type ControlPacket,
  DIAGNOSTIC,
  type DownReason,
  detectionMs,
  type Fact,
  type Input,
  mayHasten,
  type Session,
  transmitMs,
  transmits,
} from './bfd-state.ts'

/** Pure: time arrives as `input.at`. */
export function decide(input: Input, session: Session): Fact[] {
  const { at } = input
  if (session.stopped) return []
  switch (input.type) {
    case 'SessionStarted':
      return session.settings.passive ? [] : [{ type: 'ControlOwed', at, hastened: false }]
    case 'ControlHeard':
      return hear(input.packet, at, session)
    case 'TransmitExpired':
      return transmits(session) ? [{ type: 'ControlOwed', at, hastened: false }] : []
    case 'DetectionExpired':
      return weighSilence(input, session)
    case 'SettingsChanged':
      return paced([{ type: 'SettingsTaken', at, settings: input.settings }], at, session)
    case 'SessionStopped':
      return [{ type: 'SessionEnded', at }]
  }
}

function hear(packet: ControlPacket, at: number, session: Session): Fact[] {
  const taken: Fact = { type: 'ControlTaken', at, packet }
  const confirmed: Fact[] = packet.final && session.polling ? [{ type: 'PollConfirmed', at }] : []
  const answer: Fact[] = packet.poll ? [{ type: 'PollHeard', at }] : []
  return paced([taken, ...confirmed, ...move(packet, at, session), ...answer], at, session)
}

/** The state machine of RFC 5880 6.2. */
function move(packet: ControlPacket, at: number, session: Session): Fact[] {
  const { state } = session
  switch (packet.state) {
    case 'admin-down':
      return state === 'down' ? [] : fall('neighbour-admin-down', at, session)
    case 'down':
      if (state === 'down') return [{ type: 'SessionInit', at }, ...hasten(at, session)]
      return state === 'up' ? fall('neighbour-down', at, session) : []
    case 'init':
      return state === 'up' ? [] : rise(at, session)
    case 'up':
      return state === 'init' ? rise(at, session) : []
  }
}

function rise(at: number, session: Session): Fact[] {
  return [{ type: 'SessionUp', at }, ...hasten(at, session), { type: 'ChangeKnown', at, change: { to: 'up' } }]
}

/** The change is told at once, unless there was too much of that lately: then in turn. */
function hasten(at: number, session: Session): Fact[] {
  return mayHasten(session, at) ? [{ type: 'ControlOwed', at, hastened: true }] : []
}

function fall(reason: DownReason, at: number, session: Session): Fact[] {
  const { heardAt } = session
  const diagnostic = reason === 'silence' ? DIAGNOSTIC.detectionExpired : DIAGNOSTIC.neighbourDown
  const silentMs = reason === 'silence' && heardAt !== null ? Math.round(at - heardAt) : 0
  return [
    { type: 'SessionDown', at, reason, diagnostic, silentMs },
    ...hasten(at, session),
    { type: 'ChangeKnown', at, change: { to: 'down', reason } },
  ]
}

/** A pause that has changed counts from the last packet on, not only after the next one (RFC 5880 6.8.3). */
function paced(facts: Fact[], at: number, session: Session): Fact[] {
  const after = facts.reduce(evolve, session)
  const changed = transmitMs(after) !== transmitMs(session) || transmits(after) !== transmits(session)
  return changed ? [...facts, { type: 'PaceChanged', at }] : facts
}

/** Silence has lasted long enough, unless a packet lies unread: a late timer proves nothing by itself. */
function weighSilence({ at, drained }: { at: number; drained: boolean }, session: Session): Fact[] {
  const { heardAt, state } = session
  if (heardAt === null || at < heardAt + detectionMs(session)) return []
  if (!drained) return [{ type: 'DetectionHesitated', at }]
  const lost: Fact[] = state === 'up' || state === 'init' ? fall('silence', at, session) : []
  return paced([...lost, { type: 'NeighbourForgotten', at }], at, session)
}
