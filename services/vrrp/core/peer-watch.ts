/**
 * Fast detection: what becomes of the master that we follow, learned from a BFD session with it instead of from three
 * adverts that did not come.
 *
 * The session alone does not condemn it. Its packets come from a program, which may be frozen, overloaded or just
 * restarted while the machine still holds the addresses, and to take them over then would make two holders until the
 * lease ends. So the machine itself is asked as well (ARP, or neighbour solicitation: its kernel answers those): only
 * who has answered before and does not any more is lost, and is asked again until somebody has taken over.
 *
 * Other programs do not know BFD, and would have their kernel complain of each packet: a session that does not come up
 * is given up, to be tried again long after. One that falls without a cause is left alone for a time that doubles.
 */
import type { Millis } from '#platform/clock-port.ts'
import type { Change } from './bfd-state.ts'
import { backoffMs } from './timing.ts'

/** Five packets of the slow pace. */
export const PATIENCE_MS = 5_000
export const RETRY_MS = 300_000
const FIRST_TRUCE_MS = 2_000
/** A session that lasted this long forgives earlier falls. */
const PROVEN_MS = 600_000
/** Enough for the longest skew at the usual pauses. */
const MOST_PROBES = 1_000

export interface PeerSettings {
  /** Pause between packets of the session, and between probes. */
  intervalMs: number
  /** How many in a row may be missing. */
  multiplier: number
}

export interface Peer {
  settings: PeerSettings
  /** We follow it: otherwise it is the other side that wants to know of us. */
  followed: boolean
  session: 'none' | 'down' | 'up'
  upSince: Millis
  /** It answered a probe since its session is up. */
  answers: boolean
  /** Why it is being asked, and how often it was; null: it is not. */
  probing: { purpose: 'meeting' | 'verdict'; sent: number } | null
  lost: boolean
  /** Falls in a row of a session whose other side was alive. */
  falls: number
}

export type Input =
  | { type: 'PeerWanted'; at: Millis; followed: boolean; settings: PeerSettings }
  | { type: 'SessionChanged'; at: Millis; change: Change }
  | { type: 'ProbeAnswered'; at: Millis }
  /** `drained`: answers that lay unread have been heard. */
  | { type: 'ProbeExpired'; at: Millis; drained: boolean }
  | { type: 'PatienceExpired'; at: Millis }

export type Fact =
  | { type: 'PeerTaken'; at: Millis; followed: boolean; settings: PeerSettings }
  | { type: 'SessionOpened'; at: Millis }
  | { type: 'SessionRose'; at: Millis }
  | { type: 'SessionFell'; at: Millis }
  /** null: for good, unless somebody asks for it. */
  | { type: 'SessionClosed'; at: Millis; againAt: Millis | null }
  | { type: 'Probed'; at: Millis; purpose: 'meeting' | 'verdict'; sent: number }
  | { type: 'ProbesHesitated'; at: Millis }
  | { type: 'PeerAnswered'; at: Millis }
  | { type: 'ProbesEnded'; at: Millis }
  | { type: 'PeerLost'; at: Millis }
  | { type: 'PeerFound'; at: Millis }

export type Effect =
  | { type: 'OpenSession' }
  | { type: 'SettleSession' }
  | { type: 'CloseSession' }
  | { type: 'SendProbe' }
  | { type: 'SetAlarm'; alarm: 'probe' | 'patience'; when: Millis }
  | { type: 'DrainAnswers' }
  | { type: 'Tell'; news: 'lost' | 'found' }

export function initialPeer(settings: PeerSettings): Peer {
  const unknown = { answers: false, probing: null, lost: false, falls: 0, upSince: 0 }
  return { settings, followed: false, session: 'none', ...unknown }
}

export function decide(input: Input, peer: Peer): Fact[] {
  const { at } = input
  switch (input.type) {
    case 'PeerWanted':
      return want(input, peer)
    case 'SessionChanged':
      return input.change.to === 'up' ? rise(at, peer) : fall(input.change.reason, at, peer)
    case 'ProbeAnswered':
      return answered(at, peer)
    case 'ProbeExpired':
      return input.drained || peer.probing === null ? probeAgain(at, peer) : [{ type: 'ProbesHesitated', at }]
    case 'PatienceExpired':
      if (peer.session === 'up') return []
      if (peer.session === 'none') return peer.followed ? [{ type: 'SessionOpened', at }] : []
      return [{ type: 'SessionClosed', at, againAt: peer.followed ? at + RETRY_MS : null }]
  }
}

function want({ at, followed, settings }: Extract<Input, { type: 'PeerWanted' }>, peer: Peer): Fact[] {
  const taken: Fact = { type: 'PeerTaken', at, followed, settings }
  if (peer.session === 'none') return [taken, { type: 'SessionOpened', at }]
  const first = followed && !peer.followed && peer.session === 'up'
  return first ? [taken, { type: 'Probed', at, purpose: 'meeting', sent: 1 }] : [taken]
}

function rise(at: Millis, peer: Peer): Fact[] {
  const found: Fact[] = peer.lost ? [{ type: 'PeerFound', at }] : []
  const meeting: Fact[] = peer.followed ? [{ type: 'Probed', at, purpose: 'meeting', sent: 1 }] : []
  return [{ type: 'SessionRose', at }, ...found, ...meeting]
}

/** Only silence is a suspicion: who says that it does not hear us, or that it goes, lives. */
function fall(reason: Extract<Change, { to: 'down' }>['reason'], at: Millis, peer: Peer): Fact[] {
  const suspect = reason === 'silence' && peer.session === 'up' && peer.followed && peer.answers
  const fell: Fact = { type: 'SessionFell', at }
  return suspect ? [fell, { type: 'Probed', at, purpose: 'verdict', sent: 1 }] : [fell]
}

function answered(at: Millis, peer: Peer): Fact[] {
  if (peer.probing === null) return []
  const facts: Fact[] = [{ type: 'PeerAnswered', at }, ...(peer.lost ? [{ type: 'PeerFound', at } as const] : [])]
  const falls = peer.falls
  // It lives, and its session fell all the same: not the first time, it is left alone for a while.
  if (peer.probing.purpose === 'meeting' || falls === 0) return facts
  return [...facts, { type: 'SessionClosed', at, againAt: at + backoffMs(falls, FIRST_TRUCE_MS, RETRY_MS) }]
}

function probeAgain(at: Millis, { probing, settings, lost }: Peer): Fact[] {
  if (probing === null) return []
  const { purpose, sent } = probing
  const next: Fact = { type: 'Probed', at, purpose, sent: sent + 1 }
  if (sent < settings.multiplier) return [next]
  if (purpose === 'meeting' || sent >= MOST_PROBES) return [{ type: 'ProbesEnded', at }]
  return lost ? [next] : [{ type: 'PeerLost', at }, next]
}

export function evolve(peer: Peer, fact: Fact): Peer {
  switch (fact.type) {
    case 'PeerTaken': {
      const { followed, settings } = fact
      // Whom we do not follow is not judged.
      return followed ? { ...peer, followed, settings } : { ...peer, followed, settings, probing: null, lost: false }
    }
    case 'SessionOpened':
      return { ...peer, session: 'down' }
    case 'SessionRose':
      return { ...peer, session: 'up', upSince: fact.at, answers: false, probing: null }
    case 'SessionFell': {
      const falls = fact.at - peer.upSince > PROVEN_MS ? 0 : peer.falls
      return { ...peer, session: 'down', falls }
    }
    case 'SessionClosed':
      return { ...peer, session: 'none' }
    case 'Probed':
      return { ...peer, probing: { purpose: fact.purpose, sent: fact.sent } }
    case 'PeerAnswered': {
      const falls = peer.probing?.purpose === 'verdict' ? peer.falls + 1 : peer.falls
      return { ...peer, answers: true, probing: null, falls }
    }
    case 'ProbesEnded':
      return { ...peer, probing: null }
    case 'PeerLost':
      return { ...peer, lost: true }
    case 'PeerFound':
      return { ...peer, lost: false }
    case 'ProbesHesitated':
      return peer
  }
}

export function react(fact: Fact, { settings }: Peer): Effect[] {
  switch (fact.type) {
    case 'PeerTaken':
      return [{ type: 'SettleSession' }]
    case 'SessionOpened':
      return [{ type: 'OpenSession' }, { type: 'SetAlarm', alarm: 'patience', when: fact.at + PATIENCE_MS }]
    case 'SessionFell':
      return [{ type: 'SetAlarm', alarm: 'patience', when: fact.at + PATIENCE_MS }]
    case 'SessionClosed': {
      const { againAt } = fact
      const close: Effect = { type: 'CloseSession' }
      return againAt === null ? [close] : [close, { type: 'SetAlarm', alarm: 'patience', when: againAt }]
    }
    case 'Probed':
      return [{ type: 'SendProbe' }, { type: 'SetAlarm', alarm: 'probe', when: fact.at + settings.intervalMs }]
    case 'ProbesHesitated':
      return [{ type: 'DrainAnswers' }]
    case 'PeerLost':
      return [{ type: 'Tell', news: 'lost' }]
    case 'PeerFound':
      return [{ type: 'Tell', news: 'found' }]
    case 'SessionRose':
    case 'PeerAnswered':
    case 'ProbesEnded':
      return []
  }
}
