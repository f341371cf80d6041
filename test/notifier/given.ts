/** Given inputs, when an input, then facts and effects: notifier's core without a bus, a mail server or processes. */
import type { Config, RealServer, Script, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import { decide } from '../../services/notifier/core/decide.ts'
import { evolve } from '../../services/notifier/core/evolve.ts'
import { react } from '../../services/notifier/core/react.ts'
import {
  type Channel,
  type Effect,
  type Fact,
  type Input,
  initialState,
  type Notice,
  type State,
} from '../../services/notifier/core/state.ts'
import { exampleConfig, exampleInstance } from '../configuration.ts'

export const ABOUT = 'site1.node1.vrrp.boot1.7'

export const SINCE = '2026-03-01T09:05:00Z'

export const script = (...argv: string[]): Script => ({ argv, user: null, group: null })

export function instance(changes: Partial<VrrpInstance> = {}): VrrpInstance {
  const notify = {
    master: script('/opt/master', '--fast'),
    backup: script('/opt/backup'),
    fault: script('/opt/fault'),
    stop: script('/opt/stop'),
    any: script('/opt/any', '--site', 'a'),
  }
  return exampleInstance({
    ...{ initialState: 'MASTER', priority: 150, lowerPriorityAdvert: false, addresses: [] },
    ...{ smtpAlert: true, notify },
    ...changes,
  })
}

export function realServer(changes: Partial<RealServer> = {}): RealServer {
  return {
    ...{ address: '192.0.2.3', port: 80, weight: 1, inhibitOnFailure: false, checks: [] },
    ...{ notifyUp: script('/opt/up'), notifyDown: script('/opt/down'), smtpAlert: true },
    ...changes,
  }
}

function virtualServer(real: RealServer): VirtualServer {
  const how = { scheduler: 'rr', forwarding: 'DR', persistenceTimeoutS: null, realServers: [real] } as const
  return { address: '192.0.2.100', port: 80, family: 4, protocol: 'TCP', ...how, realServers: [real] }
}

export function config(changes: Partial<Config> = {}): Config {
  const mail = {
    ...{ recipients: ['admin@example.org'], from: 'lb@example.org', server: { host: '192.0.2.25', port: 25 } },
    ...{ connectTimeoutMs: 30_000, heloName: null, silentFaults: false },
  }
  return exampleConfig({
    routerId: 'R1',
    mail,
    instances: [instance()],
    syncGroups: [],
    virtualServers: [virtualServer(realServer())],
    ...changes,
  })
}

export const withRealServer = (changes: Partial<RealServer>): Config =>
  config({ virtualServers: [virtualServer(realServer(changes))] })

export const becameMaster: Notice = {
  ...{ type: 'BecameMaster', instance: 'VI_1', priority: 150, reason: 'silence' },
  ...{ previousMaster: { address: '192.0.2.2', priority: 100 }, silentMs: 3_609.4 },
}
export const becameBackup: Notice = {
  ...{ type: 'BecameBackup', instance: 'VI_1', priority: 150, reason: 'higher-priority' },
  ...{ master: { address: '192.0.2.2', priority: 200 }, detail: null },
}
export const becameFault: Notice = {
  ...{ type: 'BecameFault', instance: 'VI_1', priority: 150, reason: 'link-down', detail: 'eth0 has no carrier' },
}
export const stopped: Extract<Notice, { type: 'InstanceStopped' }> = {
  type: 'InstanceStopped',
  instance: 'VI_1',
  priority: 150,
  wasMaster: true,
}
export const resumed: Notice = { type: 'MastershipResumed', instance: 'VI_1', priority: 150, leaseLeftMs: 900 }

const target = { virtualServer: '192.0.2.100:80/tcp', realServer: '192.0.2.3:80', check: 'TCP_CHECK 192.0.2.3:80' }
export const serverDown: Notice = {
  ...{ type: 'RealServerDown', ...target, reason: 'connection-refused', detail: 'refused', attempts: 2 },
}
export const serverUp: Extract<Notice, { type: 'RealServerUp' }> = { type: 'RealServerUp', ...target, tookMs: 1.26 }

/** Offered so long after it happened that nobody waits for the addresses any more. */
export const offered = (channel: Channel, notice: Notice, about = ABOUT): Input => ({
  ...{ type: 'EventOffered', channel, about, notice },
  ...{ said: 't2', since: SINCE, happenedAt: 0, at: 60_000 },
})

/** Offered at 100 ms, 50 ms after it happened. `said`: its logical time. */
export const offeredSoon = (channel: Channel, notice: Notice, changes: { said?: string; at?: number } = {}): Input => ({
  ...{ type: 'EventOffered', channel, about: ABOUT, notice },
  ...{ said: 't2', since: SINCE, happenedAt: 50, at: 100, ...changes },
})

/** The facts and effects of the last input. */
export function run(inputs: Input[], from: State = initialState(config())) {
  let state = from
  let facts: Fact[] = []
  let effects: Effect[] = []
  for (const input of inputs) {
    facts = decide(input, state)
    effects = []
    for (const fact of facts) {
      state = evolve(state, fact)
      effects = [...effects, ...react(fact, state)]
    }
  }
  return { state, facts, effects }
}
