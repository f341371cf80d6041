/** Given, when, then for one BFD session, and the values its tests share. */
import { decide } from '../../services/vrrp/core/bfd-decide.ts'
import { evolve } from '../../services/vrrp/core/bfd-evolve.ts'
import { react } from '../../services/vrrp/core/bfd-react.ts'
import {
  type ControlPacket,
  type Effect,
  type Fact,
  type Input,
  initialSession,
  type Session,
  type SessionSettings,
} from '../../services/vrrp/core/bfd-state.ts'

export const OURS = 11
export const THEIRS = 22

export const SETTINGS: SessionSettings = {
  desiredTxMs: 50,
  requiredRxMs: 40,
  idleTxMs: 1_000,
  multiplier: 3,
  passive: false,
}

/** What a neighbour with an interval of 100 ms and a multiplier of 4 sends. */
export function packet(change: Partial<ControlPacket> = {}): ControlPacket {
  return {
    state: 'down',
    diagnostic: 0,
    poll: false,
    final: false,
    demand: false,
    multiplier: 4,
    discriminator: THEIRS,
    yourDiscriminator: OURS,
    desiredTxMs: 100,
    requiredRxMs: 60,
    requiredEchoMs: 0,
    ...change,
  }
}

export interface Subject {
  session(): Session
  facts(input: Input): Fact[]
  effects(input: Input): Effect[]
  /** Packets that an input makes it send. */
  sent(input: Input): ControlPacket[]
  after(...inputs: Input[]): Subject
  hears(at: number, change: Partial<ControlPacket>): Subject
}

export function session(change: Partial<SessionSettings> = {}): Subject {
  let state = initialSession({ ...SETTINGS, ...change }, OURS)
  function take(input: Input): { facts: Fact[]; effects: Effect[] } {
    const facts = decide(input, state)
    const effects: Effect[] = []
    for (const fact of facts) {
      state = evolve(state, fact)
      effects.push(...react(fact, state))
    }
    return { facts, effects }
  }
  const subject: Subject = {
    session: () => state,
    facts: (input) => take(input).facts,
    effects: (input) => take(input).effects,
    sent: (input) => take(input).effects.flatMap((effect) => (effect.type === 'SendControl' ? [effect.packet] : [])),
    after(...inputs) {
      for (const input of inputs) take(input)
      return subject
    },
    hears: (at, heard) => subject.after({ type: 'ControlHeard', at, packet: packet(heard) }),
  }
  return subject
}

/** Up since 2000, the pace of both sides confirmed. */
export function risen(change: Partial<SessionSettings> = {}): Subject {
  const start: Input = { type: 'SessionStarted', at: 0 }
  return session(change).after(start).hears(1_000, { state: 'init' }).hears(2_000, { state: 'up', final: true })
}
