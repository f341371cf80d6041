/** services/ipvs on a simulated machine: its core, loop and effects, on a kernel that keeps what it is told. */
import { pino } from 'pino'
import { createLoop } from '#platform/loop.ts'
import type { Config } from '#schemas/config.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { decide } from '../../services/ipvs/core/decide.ts'
import type { Effect } from '../../services/ipvs/core/effect.ts'
import { evolve } from '../../services/ipvs/core/evolve.ts'
import { react } from '../../services/ipvs/core/react.ts'
import { allAddresses, type Fact, type Input, initialState, type State } from '../../services/ipvs/core/state.ts'
import { createEffects } from '../../services/ipvs/effects.ts'
import { eventOf } from '../../services/ipvs/events.ts'
import { simulatedRouting } from '../ipvs/simulated-routing.ts'
import { envelopeOf } from './envelope.ts'
import type { Left, Machine, Told } from './machine.ts'
import type { Process } from './process.ts'

const log = pino({ level: 'silent' })
/** Of the history a restart reads; older events would change nothing. */
const HISTORY = 30

export interface IpvsProcess {
  reload(config: Config): void
}

export function startIpvs(process: Process, machine: Machine, config: Config, readMs: number): IpvsProcess {
  const { clock } = process
  const dispatch = (input: Input) => {
    if (!process.isDead()) loop.dispatch(input)
  }
  const kernel = machine.kernel()
  const effects = createEffects({
    ...kernel,
    sight: { watch: () => {}, close: () => {} },
    secondaries: { promote: () => [] },
    routing: simulatedRouting().port,
    acceptance: { refuse() {}, check() {} },
    neighbours: { watch() {}, ask() {}, close() {} },
    clock,
    log,
    dispatch,
  })
  const loop = createLoop<State, Input, Fact, Effect>({
    core: { decide, evolve, react },
    initial: initialState(config),
    order: 'act-first',
    act: effects.act,
    toEvent: eventOf,
    publish: (draft) => ({ envelope: envelopeOf(draft), stored: Promise.resolve() }),
    log,
  })
  const hear = (phase: 'replay' | 'live') => (told: Told) => {
    const { success, data: event } = VrrpEvent.safeParse(told.draft.data)
    // As the service does: what is not about an instance does not concern it.
    if (!success) return
    const at = clock.now()
    dispatch({ type: 'VrrpHeard', event, phase, happenedAt: at - Math.max(0, clock.wall() - told.wallAt), at })
  }
  const gone = process.inbox((input: Input) => dispatch({ ...input, at: clock.now() }))
  kernel.addresses.watch((change) => {
    if (change.type === 'AddressGone') gone.put({ type: 'AddressVanished', held: change.held, at: clock.now() })
  })
  const devices = [...new Set(config.instances.flatMap(allAddresses).map(({ device }) => device))]
  dispatch({ type: 'Started', held: devices.flatMap((device) => kernel.addresses.list(device)), at: clock.now() })

  machine.ears.left = process.inbox((left: Left) => dispatch(seen(left, clock.now()))).put
  const live = process.inbox(hear('live'))
  const buses = process.inbox((connected: boolean) => {
    dispatch({ type: 'BusConnectionChanged', connected, at: clock.now() })
    if (connected) read()
  })
  let caughtUp = false
  /** The log, once, as soon as there is a bus. */
  const read = () => {
    if (caughtUp) return
    caughtUp = true
    clock.at(clock.now() + readMs, () => {
      for (const told of machine.log.slice(-HISTORY)) hear('replay')(told)
      dispatch({ type: 'HistoryRead', at: clock.now() })
    })
  }
  machine.ears.event = live.put
  machine.ears.bus = buses.put
  buses.put(machine.busUp)
  return { reload: (next) => dispatch({ type: 'ConfigurationReloaded', config: next, at: clock.now() }) }
}

function seen({ payload, isPulse, at: sentAt }: Left, at: number): Input {
  const [virtualRouterId, priority] = [payload.readUInt8(1), payload.readUInt8(2)]
  const place = { interface: 'eth0', family: 4, unicast: isPulse } as const
  return { type: 'OwnAdvertSeen', advert: { ...place, virtualRouterId, priority, sentAt, at }, at }
}
