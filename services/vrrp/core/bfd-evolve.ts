/** What a session knows after a fact. */
import {
  DIAGNOSTIC,
  type Fact,
  fastPace,
  forgotten,
  hastened,
  type Pace,
  type Session,
  type SessionSettings,
  slowPace,
} from './bfd-state.ts'

export function evolve(session: Session, fact: Fact): Session {
  switch (fact.type) {
    case 'ControlTaken': {
      const { discriminator, state, multiplier, desiredTxMs, requiredRxMs, demand } = fact.packet
      const neighbour = { discriminator, state, multiplier, desiredTxMs, requiredRxMs, demand }
      return { ...session, neighbour, heardAt: fact.at }
    }
    case 'PollConfirmed':
      return { ...session, polling: false, inForce: session.announced }
    case 'SessionInit':
      return { ...session, state: 'init', diagnostic: DIAGNOSTIC.none }
    case 'SessionUp':
      return paced({ ...session, state: 'up', diagnostic: DIAGNOSTIC.none }, fastPace(session.settings))
    case 'SessionDown': {
      const { diagnostic } = fact
      return paced({ ...session, state: 'down', diagnostic, polling: false }, slowPace(session.settings))
    }
    case 'NeighbourForgotten':
      return forgotten(session)
    case 'SettingsTaken':
      return configured(session, fact.settings)
    case 'ControlOwed':
      return { ...session, sentAt: fact.at, haste: fact.hastened ? hastened(session, fact.at) : session.haste }
    case 'SessionEnded':
      return { ...session, state: 'admin-down', diagnostic: DIAGNOSTIC.adminDown, polling: false, stopped: true }
    case 'PollHeard':
    case 'ChangeKnown':
    case 'PaceChanged':
    case 'DetectionHesitated':
      return session
  }
}

function configured(session: Session, settings: SessionSettings): Session {
  const pace = session.state === 'up' ? fastPace(settings) : slowPace(settings)
  return paced({ ...session, settings }, pace)
}

/**
 * RFC 5880 6.8.3: a change is announced with a poll. Until it is confirmed, a session that is up goes on sending as
 * often as before, and allows as much silence as before.
 */
function paced(session: Session, announced: Pace): Session {
  const { desiredTxMs, requiredRxMs } = announced
  const before = session.announced
  if (desiredTxMs === before.desiredTxMs && requiredRxMs === before.requiredRxMs) return session
  if (session.state !== 'up') return { ...session, announced, inForce: announced }
  const inForce = {
    desiredTxMs: Math.min(desiredTxMs, session.inForce.desiredTxMs),
    requiredRxMs: Math.max(requiredRxMs, session.inForce.requiredRxMs),
  }
  return { ...session, announced, inForce, polling: true }
}
