/** ipvs on a simulated kernel: the real core, loop and effects; time, adverts, events and signals by hand. */
import { fakeClock } from '#platform/clock-fake.ts'
import type { Clock } from '#platform/clock-port.ts'
import { createLog } from '#platform/log.ts'
import { createLoop } from '#platform/loop.ts'
import type { CheckerEvent } from '#schemas/checker.ts'
import type { Config } from '#schemas/config.ts'
import type { Envelope, EventDraft } from '#schemas/envelope.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import { decide } from '../../services/ipvs/core/decide.ts'
import type { Effect } from '../../services/ipvs/core/effect.ts'
import { evolve } from '../../services/ipvs/core/evolve.ts'
import { react } from '../../services/ipvs/core/react.ts'
import { allAddresses, type Fact, type Input, initialState, type State } from '../../services/ipvs/core/state.ts'
import { createEffects } from '../../services/ipvs/effects.ts'
import { eventOf } from '../../services/ipvs/events.ts'
import type { SeenAdvert } from '../../services/ipvs/ports.ts'
import { config as anyConfig, SERVICE, VIP } from './settings.ts'
import { simulatedKernel } from './simulated-kernel.ts'
import { simulatedRouting } from './simulated-routing.ts'

const quiet = createLog('test', 'silent')
const envelope: Envelope = {
  ...{
    specversion: '1.0',
    id: 'e',
    source: '/s',
    type: 't',
    time: '',
    subject: 's',
    datacontenttype: 'application/json',
  },
  ...{ data: {}, sequence: 1, hlc: '', correlationid: 'c', prevhash: '' },
}

export function simulatedNode(options: { config?: Config; busConnected?: boolean; lateMs?: () => number } = {}) {
  const clock = fakeClock(10_000)
  const kernel = simulatedKernel(clock, options.lateMs)
  const routing = simulatedRouting()
  const events: EventDraft['data'][] = []
  const watched: string[][] = []
  let run = startRun(options.config ?? anyConfig())

  /** One life of the process: a killed one no longer hears its timers. */
  function startRun(config: Config) {
    const life = { alive: true, stopped: false, waiting: [] as (() => void)[] }
    const hear = (work: () => void) => {
      if (!life.alive) return
      if (life.stopped) life.waiting.push(work)
      else work()
    }
    const own: Clock = { now: clock.now, wall: clock.wall, at: (when, fire) => clock.at(when, () => hear(fire)) }
    const effects = createEffects({
      ...kernel,
      sight: { watch: (interfaces) => void watched.push([...interfaces]), close() {} },
      secondaries: { promote: () => [] },
      routing: routing.port,
      clock: own,
      log: quiet,
      dispatch: (input, cause) => life.alive && loop.dispatch(input, cause),
    })
    const loop = createLoop<State, Input, Fact, Effect>({
      core: { decide, evolve, react },
      initial: initialState(config),
      order: 'act-first',
      act: effects.act,
      toEvent: eventOf,
      publish(draft) {
        events.push(draft.data)
        return { envelope, stored: Promise.resolve() }
      },
      log: quiet,
    })
    routing.port.watch((hint) => hear(() => loop.dispatch({ type: 'RoutingHinted', hint, at: clock.now() })))
    kernel.addresses.watch((change) => {
      if (change.type === 'AddressGone')
        hear(() => loop.dispatch({ type: 'AddressVanished', held: change.held, at: clock.now() }))
    })
    return { life, hear, effects, loop }
  }

  const dispatch = (input: (at: number) => Input) => run.hear(() => run.loop.dispatch(input(clock.now())))
  const node = {
    clock,
    kernel,
    routing,
    events,
    watched,
    state: () => run.loop.state(),
    start() {
      const devices = [
        ...new Set(
          run.loop
            .state()
            .config.instances.flatMap(allAddresses)
            .map(({ device }) => device),
        ),
      ]
      const held = devices.flatMap((device) => kernel.addresses.list(device))
      dispatch((at) => ({ type: 'Started', held, at }))
      node.bus(options.busConnected ?? true)
      return node
    },
    bus: (connected: boolean) => dispatch((at) => ({ type: 'BusConnectionChanged', connected, at })),
    caughtUp: () => dispatch((at) => ({ type: 'HistoryRead', at })),
    /** The event takes 0.3 ms to us, and its time stamp has whole milliseconds. */
    hears(event: VrrpEvent, ageMs = 0.3, phase: 'live' | 'replay' = 'live') {
      const happened = Math.floor(clock.now() - ageMs)
      dispatch((at) => ({ type: 'VrrpHeard', event, phase, happenedAt: Math.min(happened, at), at }))
    },
    health(event: CheckerEvent, phase: 'live' | 'replay' = 'live') {
      dispatch((at) => ({ type: 'CheckerHeard', event, phase, at }))
    },
    /** Our vrrp sends an advert, and we read it at once, or after `agoMs`. */
    advert(priority = 150, change: Partial<SeenAdvert> & { agoMs?: number } = {}) {
      const { agoMs = 0, ...other } = change
      const sentAt = clock.now() - agoMs
      const router = { interface: 'eth0', family: 4, unicast: false, virtualRouterId: 51 } as const
      const seen = { ...router, priority, sentAt, ...other }
      dispatch((at) => ({ type: 'OwnAdvertSeen', advert: { ...seen, at }, at }))
    },
    /** Another host says that it has the address. */
    claim(address: string, hardwareAddress: string) {
      dispatch((at) => ({ type: 'ClaimSeen', claim: { device: 'eth0', address, hardwareAddress }, at }))
    },
    /** An advert each second for so long. */
    adverts(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000)
        node.advert()
      }
    },
    reload: (config: Config) => dispatch((at) => ({ type: 'ConfigurationReloaded', config, at })),
    /** A device of ours is not as it should be. */
    disturb: () => dispatch((at) => ({ type: 'DevicesDisturbed', at })),
    stop: () => dispatch((at) => ({ type: 'StopRequested', at })),
    sigstop() {
      run.life.stopped = true
    },
    sigcont() {
      run.life.stopped = false
      for (const work of run.life.waiting.splice(0)) work()
    },
    kill() {
      run.life.alive = false
    },
    restart(config: Config = run.loop.state().config) {
      node.kill()
      run = startRun(config)
      return node.start()
    },
    recall: (fact: Fact) => run.loop.recall(fact),
    settled: async () => {
      // A written table may call for another dump.
      for (let round = 0; round < 4; round += 1) await run.effects.settled()
    },
    /** Events since the last call, and the kernel writes likewise. */
    news: () => events.splice(0),
    writes: () => kernel.writes.splice(0),
  }
  return node
}

const priority = 150

export const becameMaster: VrrpEvent = {
  type: 'BecameMaster',
  instance: 'VI_1',
  priority,
  reason: 'silence',
  previousMaster: null,
  silentMs: null,
}

export const becameBackup: VrrpEvent = {
  type: 'BecameBackup',
  instance: 'VI_1',
  priority,
  reason: 'higher-priority',
  master: null,
  detail: null,
}

export const becameFault: VrrpEvent = {
  type: 'BecameFault',
  instance: 'VI_1',
  priority,
  reason: 'link-down',
  detail: null,
}
export const instanceStopped: VrrpEvent = { type: 'InstanceStopped', instance: 'VI_1', priority, wasMaster: true }
export const mastershipResumed: VrrpEvent = { type: 'MastershipResumed', instance: 'VI_1', priority, leaseLeftMs: 500 }

const rival = { address: '192.168.105.202', priority: 100 }
export const rivalHeard: VrrpEvent = { type: 'RivalHeard', instance: 'VI_1', rival }
export const rivalSilenced: VrrpEvent = {
  ...{ type: 'RivalSilenced', instance: 'VI_1', rival, ending: 'silent' },
  ...{ adverts: 1, overlapMs: 0, atMostMs: 1_000 },
}
export const commitOverdue: VrrpEvent = { type: 'CommitOverdue', instance: 'VI_1', missing: [VIP], patienceMs: 4_000 }

export function serverDown(realServer: string, check = `TCP_CHECK ${realServer}`): CheckerEvent {
  return {
    type: 'RealServerDown',
    virtualServer: SERVICE,
    realServer,
    check,
    reason: 'timeout',
    detail: '',
    attempts: 1,
  }
}

export function serverUp(realServer: string, check = `TCP_CHECK ${realServer}`): CheckerEvent {
  return { type: 'RealServerUp', virtualServer: SERVICE, realServer, check, tookMs: 1 }
}
