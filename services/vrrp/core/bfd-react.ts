/** What has to be done because of a fact; `session` is the one after it. */
import type { BfdEvent } from '#schemas/bfd.ts'
import type { EventDraft } from '#schemas/envelope.ts'
import {
  type ControlPacket,
  detectionMs,
  type Effect,
  type Fact,
  type Session,
  transmitMs,
  transmits,
} from './bfd-state.ts'

export function react(fact: Fact, session: Session): Effect[] {
  switch (fact.type) {
    case 'ControlOwed':
      return [{ type: 'SendControl', packet: packetOf(session, session.polling, false) }, ...nextTransmit(session)]
    case 'PollHeard':
      // At once and whatever the timer says; never with a poll of ours (RFC 5880 6.8.7).
      return [{ type: 'SendControl', packet: packetOf(session, false, true) }]
    case 'PaceChanged':
      return nextTransmit(session)
    case 'ControlTaken':
    case 'PollConfirmed':
    case 'SettingsTaken':
      return nextDetection(session)
    case 'DetectionHesitated':
      return [{ type: 'DrainControl' }]
    case 'SessionEnded':
      // Who does not know the neighbour has nobody to tell.
      if (session.neighbour.discriminator === 0) return []
      return [{ type: 'SendControl', packet: packetOf(session, false, false) }]
    case 'ChangeKnown':
      return [{ type: 'ReportChange', change: fact.change }]
    case 'SessionUp':
    case 'SessionDown':
    case 'SessionInit':
    case 'NeighbourForgotten':
      return []
  }
}

function packetOf(session: Session, poll: boolean, final: boolean): ControlPacket {
  const { state, diagnostic, settings, discriminator, neighbour, announced } = session
  return {
    state,
    diagnostic,
    poll,
    final,
    demand: false,
    multiplier: settings.multiplier,
    discriminator,
    yourDiscriminator: neighbour.discriminator,
    ...announced,
    requiredEchoMs: 0,
  }
}

/** Jitter keeps senders apart: 75 to 100 % of the pause, 90 % at most when a single loss would count (6.8.7). */
function nextTransmit(session: Session): Effect[] {
  if (!transmits(session)) return []
  const pause = transmitMs(session)
  const since = session.sentAt ?? 0
  const most = session.settings.multiplier === 1 ? 0.9 : 1
  return [{ type: 'SetTransmit', from: since + 0.75 * pause, to: since + most * pause }]
}

function nextDetection(session: Session): Effect[] {
  if (session.heardAt === null) return []
  return [{ type: 'SetDetection', when: session.heardAt + detectionMs(session) }]
}

/** The event that others need of a fact, for the session of this name; null for what stays inside. */
export function toEvent(fact: Fact, session: string | null, neighbour: string): EventDraft | null {
  if (fact.type !== 'SessionUp' && fact.type !== 'SessionDown') return null
  const who = { session, neighbour }
  const data: BfdEvent =
    fact.type === 'SessionUp'
      ? { type: 'BfdUp', ...who }
      : { type: 'BfdDown', ...who, reason: fact.reason, silentMs: fact.silentMs }
  return { service: 'vrrp', entity: session ?? neighbour, data }
}
