/** Given, when, then for the core of services/vrrp, and the values its tests share. */
import assert from 'node:assert/strict'
import type { VrrpInstance } from '#schemas/config.ts'
import { decide } from '../../services/vrrp/core/decide.ts'
import { evolve } from '../../services/vrrp/core/evolve.ts'
import { react } from '../../services/vrrp/core/react.ts'
import { type Effect, type Fact, type Input, initialState, type State } from '../../services/vrrp/core/state.ts'
import type { AdvertClues, LinkState } from '../../services/vrrp/ports.ts'
import { exampleInstance, exampleVip } from '../configuration.ts'

export const VIP = '192.0.2.100'
export const OURS = '192.0.2.1'

/** VRRPv2, VRID 51, priority 100, one second, one VIP: what the golden vectors show. */
export function instance(change: Partial<VrrpInstance> = {}): VrrpInstance {
  return exampleInstance({ addresses: [vip(VIP)], ...change })
}

export const vip = exampleVip

export function link(change: Partial<LinkState> = {}): LinkState {
  return {
    interface: 'eth0',
    index: 2,
    adminUp: true,
    carrier: true,
    primaryIpv4: OURS,
    linkLocalIpv6: null,
    hardwareAddress: '02:00:00:00:00:01',
    device: null,
    ...change,
  }
}

/** One virtual router's core, fed by hand. */
export interface Subject {
  state(): State
  /** Facts of one input. */
  facts(input: Input): Fact[]
  /** Effects of one input. */
  effects(input: Input): Effect[]
  /** Takes inputs whose outcome does not matter. */
  after(...inputs: Input[]): Subject
}

/** A router that knows its interface and has started at 0, unless `inputs` begins otherwise. */
export function started(change: Partial<VrrpInstance> = {}): Subject {
  return router(change).after({ type: 'LinkChanged', at: 0, link: link() }, { type: 'Started', at: 0 })
}

/** A router that has not been told anything. */
export function router(change: Partial<VrrpInstance> = {}): Subject {
  let state = initialState(instance(change))
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
    state: () => state,
    facts: (input) => take(input).facts,
    effects: (input) => take(input).effects,
    after(...inputs) {
      for (const input of inputs) take(input)
      return subject
    },
  }
  return subject
}

/** A master since `at`, with its address in the kernel. */
export function master(change: Partial<VrrpInstance> = {}, at = 10_000): Subject {
  const subject = router(change).after({ type: 'LinkChanged', at: 0, link: link() })
  // An owner is master as soon as it starts; others start as backup.
  subject.after({ type: 'Started', at: change.priority === 255 ? at : 0 }, silence(at))
  assert.equal(subject.state().role, 'master')
  for (const { address } of subject.state().config.addresses) subject.after(present(at, address))
  return subject
}

export function advert(
  at: number,
  priority: number,
  change: { source?: string; intervalMs?: number; clues?: AdvertClues } = {},
): Input {
  const { source = '192.0.2.2', intervalMs = 1_000, clues = null } = change
  const comparedToOurs = Number(source.split('.')[3]) - Number(OURS.split('.')[3])
  return { type: 'AdvertHeard', at, advert: { source, priority, intervalMs, comparedToOurs, clues } }
}

export function present(at: number, address = VIP, remainingMs: number | null = 3_000): Input {
  return { type: 'AddressPresent', at, address, remainingMs }
}

export function gone(at: number, address = VIP): Input {
  return { type: 'AddressGone', at, address }
}

/** The master-down timer ends, with nothing left unread. */
export function silence(at: number): Input {
  return { type: 'MasterDownExpired', at, drained: true }
}

export function types(facts: { type: string }[]): string[] {
  return facts.map(({ type }) => type)
}
