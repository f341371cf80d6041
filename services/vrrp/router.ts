import type { Bus, Published } from '#platform/bus-port.ts'
import type { Clock } from '#platform/clock-port.ts'
import type { Log } from '#platform/log.ts'
import { causeOf, createLoop } from '#platform/loop.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import type { AdvertCounts } from '#schemas/control.ts'
import type { Cause, EventDraft } from '#schemas/envelope.ts'
import { instanceIdentity } from '#schemas/names.ts'
import { type Alarm, createAlarm } from './alarms.ts'
import type { FastDetection } from './bfd/fast-detection.ts'
import { createMasterWatch } from './bfd/master-watch.ts'
import { decide } from './core/decide.ts'
import { evolve } from './core/evolve.ts'
import { react, toEvent } from './core/react.ts'
import { type Alarm as AlarmName, type Effect, type Input, initialState, type State } from './core/state.ts'
import type { AdvertPacket, LinkState } from './ports.ts'
import { resting } from './resting.ts'
import type { Noted } from './tracking/tracker-board.ts'
import { createSentry } from './wire/sentry.ts'
import { createStation } from './wire/station.ts'
import { createTally } from './wire/tally.ts'
import type { Wires } from './wire/wires.ts'

export interface RouterPorts {
  clock: Clock
  log: Log
  wires: Wires
  publish: Bus['publish']
  detection: Pick<FastDetection, 'attend' | 'drain'>
  /** Delivers what the kernel has to tell of links and addresses before it returns. */
  drainLinks(): void
  /** An input, and all that followed from it, is done. */
  rest(group: string | null): void
}

/** One virtual router at work: its loop, its alarms, its place on the wire. */
export interface VirtualRouter {
  state(): State
  counts(): AdvertCounts
  dispatch(input: Input, cause?: Cause | null): void
  /** Hears now what lies unread. */
  drain(): void
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
  const { log } = ports
  // What is heard while a hand-over goes on follows from it.
  let handover: Cause | null = null
  const loop = resting(createLoop({ core, initial, order: 'act-first', act, toEvent, publish, log }), rest)
  const tally = createTally()
  const station = createStation(ports.wires, hear, clock.wall)
  const watch = createMasterWatch(ports.detection, instanceIdentity(config), (news, address, cause) => {
    loop.dispatch({ type: news === 'lost' ? 'PeerLost' : 'PeerFound', at: clock.now(), address }, cause)
  })
  const sentry = createSentry(ports)
  const alarms: Record<AlarmName, Alarm> = {
    masterDown: createAlarm(clock, (at) => expire(at, false)),
    advert: createAlarm(clock, (at) => loop.dispatch({ type: 'AdvertTimerExpired', at })),
    commit: createAlarm(clock, (at) => loop.dispatch({ type: 'CommitExpired', at, drained: false })),
    rival: createAlarm(clock, (at) => loop.dispatch({ type: 'RivalTimerExpired', at })),
    handover: createAlarm(clock, (at) =>
      loop.dispatch({ type: 'HandoverExpired', at, drained: false }, handoverCause()),
    ),
    damping: createAlarm(clock, (at) => loop.dispatch({ type: 'DampingExpired', at })),
    device: createAlarm(clock, (at) => loop.dispatch({ type: 'DeviceExpired', at })),
    start: createAlarm(clock, (at) => loop.dispatch({ type: 'Started', at })),
  }

  function publish(draft: EventDraft, cause: Cause | null): Published {
    const published = ports.publish(draft, cause)
    tally.event(draft.data.type)
    if (draft.data.type === 'HandoverBegan') handover = causeOf(published)
    return published
  }

  const handoverCause = () => (loop.state().handover === null ? null : handover)

  function hear(packet: AdvertPacket): void {
    const reading = station.read(packet)
    if (reading === null) return
    const { source, at } = packet
    const election = loop.state()
    const clues = election.role === 'master' || !reading.ok ? station.clues(packet) : null
    if (!reading.ok) {
      const { reason } = reading
      loop.dispatch({ type: 'AdvertDropped', at, reason, source, clues })
      sentry.take({ type: 'AdvertDropped', at, reason, source, election })
      return
    }
    const { priority, intervalMs, comparedToOurs } = reading
    tally.heard(priority)
    const advert = { source, priority, intervalMs, comparedToOurs, clues }
    loop.dispatch({ type: 'AdvertHeard', at, advert }, handoverCause())
    sentry.take({ type: 'AdvertHeard', at, advert, election })
  }

  function rest(): void {
    const state = loop.state()
    watch.look(state)
    ports.rest(state.group)
  }

  function expire(at: number, drained: boolean): void {
    loop.dispatch({ type: 'MasterDownExpired', at, drained }, watch.because())
  }

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'SendAdvert': {
        const error = station.send(effect.priority)
        if (error === null) tally.sent(effect.priority)
        else loop.dispatch({ type: 'SendFailed', at: clock.now(), code: error })
        return
      }
      case 'LetGo': {
        const error = station.letGo()
        // The event says so as well, and the lease ends by itself.
        if (error !== null && error !== 'ENOTCONN')
          log.warn({ instance: loop.state().config.name, error }, 'cannot tell ipvs')
        return
      }
      case 'SetAlarm':
        alarms[effect.alarm].set(effect.when)
        return
      case 'Drain':
        drain()
        if (effect.askAgain === 'MasterDownExpired') expire(clock.now(), true)
        else loop.dispatch({ type: effect.askAgain, at: clock.now(), drained: true }, handoverCause())
    }
  }

  function drain(): void {
    station.drain()
    ports.detection.drain()
    ports.drainLinks()
  }

  return {
    state: loop.state,
    counts() {
      const { config: current, rejected } = loop.state()
      return { instance: current.name, ...tally.counts(), dropped: { ...rejected } }
    },
    dispatch: loop.dispatch,
    drain,
    link(link) {
      // In place before the input, so that a router that starts at once has something to send through.
      const placed = link !== null && station.place(loop.state().config, link)
      loop.dispatch({ type: 'LinkChanged', at: clock.now(), link: placed ? link : null })
      if (link === null) station.leave()
    },
    track: ({ report, cause }) => loop.dispatch({ type: 'TrackerReported', at: clock.now(), report }, cause),
    reconfigure(next) {
      const { link } = loop.state()
      // In place before the input, as above.
      if (link !== null) station.place(next, link)
      loop.dispatch({ type: 'Reconfigured', at: clock.now(), config: next })
    },
    stop() {
      loop.dispatch({ type: 'StopRequested', at: clock.now() })
      for (const alarm of Object.values(alarms)) alarm.clear()
      station.leave()
      watch.leave()
    },
  }
}
