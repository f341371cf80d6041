import type { Bus } from '#platform/bus-port.ts'
import type { Clock } from '#platform/clock-port.ts'
import type { Log } from '#platform/log.ts'
import { createLoop } from '#platform/loop.ts'
import { ipBytes } from '#platform/native/ip.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { readAdvert } from './adapters/advert-check.ts'
import { type AdvertForm, encodeAdvert } from './adapters/advert-codec.ts'
import { type Alarm, createAlarm } from './alarms.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { react, toEvent } from './core/react.ts'
import { familyOf, ownAddress } from './core/standing.ts'
import { type Alarm as AlarmName, type Effect, type Input, initialState, type State } from './core/state.ts'
import type { AdvertPacket, LinkState } from './ports.ts'
import type { Noted } from './tracker-board.ts'
import type { Wire, Wires } from './wires.ts'

export interface RouterPorts {
  clock: Clock
  log: Log
  wires: Wires
  publish: Bus['publish']
  /** Delivers what the kernel has to tell of links and addresses before it returns. */
  drainLinks(): void
}

/** One virtual router at work: its loop, its alarms, its place on the wire. */
export interface VirtualRouter {
  state(): State
  dispatch(input: Input): void
  /** The interface is like this now; null: there is none. */
  link(link: LinkState | null): void
  /** Something that instances track is like this now; `cause` is the event that tells of it. */
  track(noted: Noted): void
  reconfigure(config: VrrpInstance): void
  /** Resigns if it is master, and falls silent for good. */
  stop(): void
}

export function createRouter(config: VrrpInstance, ports: RouterPorts): VirtualRouter {
  const { clock } = ports
  const core = { decide, evolve, react }
  const initial = initialState(config)
  const loop = createLoop({ core, initial, order: 'act-first', act, toEvent, publish: ports.publish, log: ports.log })
  const station = createStation(ports, hear)
  const alarms: Record<AlarmName, Alarm> = {
    masterDown: createAlarm(clock, (at) => loop.dispatch({ type: 'MasterDownExpired', at, drained: false })),
    advert: createAlarm(clock, (at) => loop.dispatch({ type: 'AdvertTimerExpired', at })),
    commit: createAlarm(clock, (at) => loop.dispatch({ type: 'CommitExpired', at, drained: false })),
    start: createAlarm(clock, (at) => loop.dispatch({ type: 'Started', at })),
  }

  function hear({ payload: message, source, destination, ttl, at }: AdvertPacket): void {
    const form = station.form()
    if (form === null) return
    const from = ipBytes(source)
    const to = destination === null ? null : ipBytes(destination)
    const reading = readAdvert({ message, source: from, destination: to, ttl }, form)
    if (!reading.ok) {
      loop.dispatch({ type: 'AdvertDropped', at, reason: reading.reason, source })
      return
    }
    const { priority, intervalMs } = reading
    const advert = { source, priority, intervalMs, comparedToOurs: from.compare(form.source) }
    loop.dispatch({ type: 'AdvertHeard', at, advert })
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'SendAdvert': {
        const error = station.send(effect.priority)
        if (error !== null) loop.dispatch({ type: 'SendFailed', at: clock.now(), code: error })
        return
      }
      case 'SetAlarm':
        alarms[effect.alarm].set(effect.when)
        return
      case 'Drain':
        station.drain()
        ports.drainLinks()
        loop.dispatch({ type: effect.askAgain, at: clock.now(), drained: true })
    }
  }

  return {
    state: loop.state,
    dispatch: loop.dispatch,
    link(link) {
      // In place before the input, so that a router that starts at once has something to send through.
      const placed = link !== null && station.place(loop.state().config, link)
      loop.dispatch({ type: 'LinkChanged', at: clock.now(), link: placed ? link : null })
      if (link === null) station.leave()
    },
    track: ({ report, cause }) => loop.dispatch({ type: 'TrackerReported', at: clock.now(), report }, cause),
    reconfigure(next) {
      loop.dispatch({ type: 'Reconfigured', at: clock.now(), config: next })
      const { link, config: current } = loop.state()
      if (link !== null) station.place(current, link)
    },
    stop() {
      loop.dispatch({ type: 'StopRequested', at: clock.now() })
      for (const alarm of Object.values(alarms)) alarm.clear()
      station.leave()
    },
  }
}

interface Station {
  /** Takes its place for this interface and configuration, unless it has it already; false: it could not. */
  place(config: VrrpInstance, link: LinkState): boolean
  leave(): void
  /** What is sent, and expected of others; null: no place. */
  form(): AdvertForm | null
  /** Returns an errno name, or null when the advert left. */
  send(priority: number): string | null
  drain(): void
}

/** Where a virtual router sends and hears, and what its adverts look like there: worked out once, not per packet. */
function createStation({ wires }: RouterPorts, hear: (packet: AdvertPacket) => void): Station {
  let wire: Wire | null = null
  let place = ''
  let form: AdvertForm | null = null
  const messages = new Map<number, Buffer>()

  function leave(): void {
    wire?.release()
    wire = null
    place = ''
    form = null
  }

  return {
    place(config, link) {
      const source = ownAddress(link, config)
      // Without an address the router is in fault: whatever place it has may stay.
      if (source === null) return true
      const { virtualRouterId, multicastGroup: group } = config
      const options = { interface: link.interface, index: link.index, family: familyOf(config), group, source }
      messages.clear()
      form = formOf(config, source)
      const wanted = JSON.stringify({ ...options, virtualRouterId })
      if (wire !== null && wanted === place) return true
      wire?.release()
      wire = wires.attach({ ...options, virtualRouterId }, hear)
      place = wanted
      return wire !== null
    },
    leave,
    form: () => form,
    send(priority) {
      if (wire === null || form === null) return 'ENOTCONN'
      const message = messages.get(priority) ?? encodeAdvert(form, priority)
      messages.set(priority, message)
      const result = wire.send(message)
      return result.ok ? null : result.code
    },
    drain: () => wire?.drain(),
  }
}

/** What the adverts of this instance look like on the wire. */
export function formOf(config: VrrpInstance, source: string): AdvertForm {
  const { version, virtualRouterId, advertIntervalMs: intervalMs, authentication, multicastGroup } = config
  return {
    version,
    family: familyOf(config),
    virtualRouterId,
    intervalMs,
    password: authentication.type === 'pass' ? Buffer.from(authentication.password) : null,
    addresses: Buffer.concat(config.addresses.map(({ address }) => ipBytes(address))),
    source: ipBytes(source),
    destination: ipBytes(multicastGroup),
  }
}
