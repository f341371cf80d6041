import type { Clock } from '#platform/clock-port.ts'
import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { createLoop, type Loop } from '#platform/loop.ts'
import type { Cause } from '#schemas/envelope.ts'
import { createAlarm } from '../alarms.ts'
import type { SessionSettings } from '../core/bfd-state.ts'
import {
  decide,
  type Effect,
  evolve,
  type Fact,
  type Input,
  initialPeer,
  type Peer,
  type PeerSettings,
  react,
} from '../core/peer-watch.ts'
import type { NeighbourPlace, NeighbourProbe, OpenNeighbourProbe } from './bfd-ports.ts'
import type { BfdSession, BfdSpeaker, SpeakerPorts } from './bfd-speaker.ts'

export interface PeerPorts {
  clock: Clock
  log: Log
  publish: SpeakerPorts['publish']
  speaker: BfdSpeaker
  openProbe: OpenNeighbourProbe
}

/** A neighbour at work: its session, its probe, its alarms. */
export interface WatchedPeer {
  place: NeighbourPlace
  /** null: as before. */
  want(followed: boolean, settings: PeerSettings | null): void
  /** For a session that we only answer. */
  pace(settings: PeerSettings): void
  /** It has spoken first. */
  reopen(): void
  drain(): void
  /** Nobody needs it, and no session is left. */
  isOver(): boolean
  stop(): void
}

export type Tell = (news: 'lost' | 'found', cause: Cause | null) => void

export function watchPeer(ports: PeerPorts, place: NeighbourPlace, settings: PeerSettings, tell: Tell): WatchedPeer {
  const { clock, log, publish, speaker } = ports
  const core = { decide, evolve, react }
  const initial = initialPeer(settings)
  const toEvent = () => null
  const loop: Loop<Peer, Input, Fact> = createLoop({
    ...{ core, initial, order: 'act-first' as const, act, toEvent, publish, log },
  })
  const alarms = {
    probe: createAlarm(clock, (at) => loop.dispatch({ type: 'ProbeExpired', at, drained: false })),
    patience: createAlarm(clock, (at) => loop.dispatch({ type: 'PatienceExpired', at })),
  }
  let session: BfdSession | null = null
  let probe: NeighbourProbe | null = null
  let cause: Cause | null = null

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'OpenSession':
        openSession()
        return
      case 'SettleSession':
        session?.settle(sessionSettings(loop.state()))
        return
      case 'CloseSession':
        close()
        return
      case 'SendProbe':
        probe ??= openProbe()
        probe?.ask()
        return
      case 'SetAlarm':
        alarms[effect.alarm].set(effect.when)
        return
      case 'DrainAnswers':
        probe?.drain()
        loop.dispatch({ type: 'ProbeExpired', at: clock.now(), drained: true })
        return
      case 'Tell':
        tell(effect.news, cause)
    }
  }

  function openSession(): void {
    session?.stop()
    const path = { neighbour: place.neighbour, source: place.source, index: place.index, multihop: false }
    session = speaker.open({ ...path, ttl: 255, leastTtl: 255 }, sessionSettings(loop.state()), {
      name: null,
      onChange(change, because) {
        cause = because
        loop.dispatch({ type: 'SessionChanged', at: clock.now(), change })
      },
    })
  }

  function openProbe(): NeighbourProbe | null {
    try {
      return ports.openProbe(place, () => loop.dispatch({ type: 'ProbeAnswered', at: clock.now() }))
    } catch (failure) {
      // It then never answers, and is never judged.
      log.warn({ neighbour: place.neighbour, err: describeError(failure) }, 'fast detection cannot ask this neighbour')
      return null
    }
  }

  function close(): void {
    session?.stop()
    session = null
    probe?.close()
    probe = null
  }

  function want(followed: boolean, wanted: PeerSettings | null): void {
    const { followed: before, settings: current, session: present } = loop.state()
    const next = wanted ?? current
    const same = before === followed && current.intervalMs === next.intervalMs && current.multiplier === next.multiplier
    if (same && present !== 'none') return
    loop.dispatch({ type: 'PeerWanted', at: clock.now(), followed, settings: next })
  }

  return {
    place,
    want,
    pace(wanted) {
      const { followed, session: present } = loop.state()
      if (!followed && present !== 'none') want(false, wanted)
    },
    reopen() {
      const { followed, settings: current, session: present } = loop.state()
      if (present === 'none') loop.dispatch({ type: 'PeerWanted', at: clock.now(), followed, settings: current })
    },
    drain: () => probe?.drain(),
    isOver: () => !loop.state().followed && loop.state().session === 'none',
    stop() {
      for (const alarm of Object.values(alarms)) alarm.clear()
      close()
    },
  }
}

function sessionSettings({ settings: { intervalMs, multiplier }, followed }: Peer): SessionSettings {
  // Who follows begins; a master only answers.
  const pace = { desiredTxMs: intervalMs, requiredRxMs: intervalMs, idleTxMs: 1_000 }
  return { ...pace, multiplier, passive: !followed }
}
