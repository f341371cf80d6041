/**
 * A failover is the first time that most of this program runs, and code runs slowly the first time: 6 ms from an advert
 * to the address in the kernel instead of 0.4 ms (measured). So the way from an event to the announcement is walked
 * beforehand: the core on a made-up kernel, the real adapters with requests that change nothing.
 */
import type { Clock } from '#platform/clock-port.ts'
import { createLog } from '#platform/log.ts'
import { createLoop } from '#platform/loop.ts'
import type { Config } from '#schemas/config.ts'
import { Envelope } from '#schemas/envelope.ts'
import type { VrrpEvent } from '#schemas/vrrp.ts'
import { decide } from './core/decide.ts'
import type { Effect } from './core/effect.ts'
import { evolve } from './core/evolve.ts'
import { react } from './core/react.ts'
import { routingOf } from './core/routing-state.ts'
import { allAddresses, type Fact, type Input, initialState, type State } from './core/state.ts'
import { createEffects } from './effects.ts'
import { eventOf, inputOf } from './events.ts'
import type { Addresses, Announcer, Routing, RoutingItem } from './ports.ts'

/** Enough for the compiler to have seen all of it; about 30 ms. */
const ROUNDS = 100
/** Of each kind: the time that this takes must not grow with the configuration. */
const ROUTES_REHEARSED = 8
const ADDRESSES_REHEARSED = 8
const INSTANCES_REHEARSED = 8
/** A protocol number that nobody has: nothing in the kernel is marked with it, and so nothing can be removed. */
const NOBODY = 251

export interface RehearsalParts {
  addresses: Addresses
  announcer: Announcer
  routing: Routing
  clock: Clock
  config: Config
}

/** Changes nothing: neither in the kernel nor in the log. */
export function rehearse({ addresses, announcer, routing, clock, config: whole }: RehearsalParts): void {
  const config = excerptOf(whole)
  const all = config.instances.flatMap(allAddresses)
  const nobodys = config.instances.flatMap(routingOf).slice(0, ROUTES_REHEARSED).map(underNoName)
  const stage = stageFor(config, clock)
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.play()
    // A lifetime of 0 is refused before the kernel looks at any address; no round of announcements sends nothing.
    addresses.add(all, 0)
    announcer.announce({ instance: '', addresses: all, repeat: 0, deadline: 0 })
    routing.remove(nobodys)
  }
}

function excerptOf(config: Config): Config {
  const instances = config.instances.slice(0, INSTANCES_REHEARSED).map((instance) => ({
    ...instance,
    addresses: instance.addresses.slice(0, ADDRESSES_REHEARSED),
    excludedAddresses: instance.excludedAddresses.slice(0, ADDRESSES_REHEARSED),
  }))
  return { ...config, instances }
}

function underNoName(item: RoutingItem): RoutingItem {
  switch (item.kind) {
    case 'route':
      return { ...item, route: { ...item.route, protocol: NOBODY } }
    case 'rule':
      return { ...item, rule: { ...item.rule, protocol: NOBODY } }
    case 'address':
      return item
  }
}

/** The loop as in main.ts, on a kernel that agrees to everything and keeps nothing. */
function stageFor(config: Config, clock: Clock) {
  const log = createLog('ipvs', 'silent')
  const effects = createEffects({
    addresses: {
      add: (wanted) => wanted.map((address) => ({ address, result: 'added' })),
      refresh: (wanted) => wanted.map((address) => ({ address, result: 'refreshed' })),
      remove: (wanted) => wanted.map((address) => ({ address, result: 'removed' })),
      list: () => [],
      watch: () => ({ close() {} }),
      close() {},
    },
    announcer: {
      announce: ({ addresses: wanted, repeat }) => ({ sent: wanted.length * repeat, failures: [] }),
      keep() {},
      cancel() {},
      pace() {},
      close() {},
    },
    sight: { watch() {}, close() {} },
    routing: {
      add: (items) => items.map((item) => ({ item, result: 'added' })),
      remove: (items) => items.map((item) => ({ item, result: 'removed' })),
      watch: () => ({ close() {} }),
      close() {},
    },
    secondaries: { promote: () => [] },
    acceptance: { refuse() {}, check() {} },
    devices: {
      settle: () => ({ outcomes: [], refusals: [] }),
      raise: () => [],
      lower: () => [],
      watch: () => ({ close() {} }),
      close() {},
    },
    neighbours: { watch() {}, ask() {}, close() {} },
    virtualServers: { dump: async () => [], apply: async () => [], close() {} },
    clock: { ...clock, at: () => () => {} },
    log,
    dispatch: (input, cause) => loop.dispatch(input, cause),
  })
  const loop = createLoop<State, Input, Fact, Effect>({
    core: { decide, evolve, react },
    initial: initialState(config),
    order: 'act-first',
    act: effects.act,
    toEvent: eventOf,
    publish: () => ({ envelope: envelopeOf(becameMaster('', 1)), stored: Promise.resolve() }),
    log,
  })
  function play(): void {
    // Each time anew: what came just after a resignation would not be believed.
    loop.reset(initialState(config))
    for (const { name, priority, interface: device, virtualRouterId, ...instance } of config.instances) {
      const advertise = (seen: number) => {
        const at = clock.now()
        const kind = { family: instance.addresses[0]?.family ?? 4, unicast: instance.unicast !== null }
        const advert = { interface: device, virtualRouterId, ...kind, priority: seen, at, sentAt: at }
        loop.dispatch({ type: 'OwnAdvertSeen', advert, at })
      }
      advertise(priority)
      const input = inputOf(Envelope.parse(envelopeOf(becameMaster(name, priority))), 'live', clock)
      if (input !== null) loop.dispatch(input, { id: 'rehearsal', correlationId: 'rehearsal' })
      advertise(0)
    }
  }
  return { play }
}

function becameMaster(instance: string, priority: number): VrrpEvent {
  return { type: 'BecameMaster', instance, priority, reason: 'silence', previousMaster: null, silentMs: null }
}

function envelopeOf(data: VrrpEvent): Envelope {
  return {
    specversion: '1.0',
    id: 'rehearsal',
    source: '/rehearsal',
    type: 'failoverd.vrrp.became-master.v1',
    time: new Date().toISOString(),
    subject: 'rehearsal',
    datacontenttype: 'application/json',
    data,
    sequence: 1,
    hlc: '',
    correlationid: 'rehearsal',
    prevhash: '0'.repeat(64),
  }
}
