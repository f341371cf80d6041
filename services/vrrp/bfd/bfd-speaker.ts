import type { Bus } from '#platform/bus-port.ts'
import type { Clock } from '#platform/clock-port.ts'
import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { causeOf, createLoop } from '#platform/loop.ts'
import type { Cause } from '#schemas/envelope.ts'
import { decodeControl, encodeControl } from '../adapters/bfd-codec.ts'
import { createAlarm } from '../alarms.ts'
import { decide } from '../core/bfd-decide.ts'
import { evolve } from '../core/bfd-evolve.ts'
import { react, toEvent } from '../core/bfd-react.ts'
import {
  type Change,
  type Effect,
  type Input,
  initialSession,
  type Session,
  type SessionSettings,
} from '../core/bfd-state.ts'
import type { ControlDatagram, ControlPath, Earpiece, Mouthpiece, OpenEarpiece, OpenMouthpiece } from './bfd-ports.ts'

/** With whom a session is. One for each neighbour, source and interface. */
export interface SessionPlace extends ControlPath {
  /** What arrives with a lower TTL has come too far; 255 is a neighbour on the link (RFC 5881 5). */
  leastTtl: number
}

export interface BfdSession {
  state(): Session
  /** New intervals, agreed on with the neighbour while the session goes on. */
  settle(settings: SessionSettings): void
  /** Tells the neighbour that it is taken out of service, and ends. */
  stop(): void
}

/** Who wants the session. */
export interface SessionUser {
  /** Name of the bfd_instance; null: fast_detection. */
  name: string | null
  /** `cause` is the event that says so. */
  onChange(change: Change, cause: Cause | null): void
}

export interface BfdSpeaker {
  /** null: a socket cannot be opened (logged), or there is one with this neighbour that counts more. */
  open(place: SessionPlace, settings: SessionSettings, user: SessionUser): BfdSession | null
  /** Opens the port for strangers: false when it is taken (logged once). */
  listen(family: 4 | 6): boolean
  /** Hears what lies unread. */
  drain(): void
  close(): void
}

export interface SpeakerPorts {
  clock: Clock
  log: Log
  publish: Bus['publish']
  /** From 0 up to, not including, 1: for jitter, and numbers that restarts do not repeat. */
  random(): number
  openEarpiece: OpenEarpiece
  openMouthpiece: OpenMouthpiece
  /** A valid first packet of somebody we have no session with: who opens one in the call, gets it. */
  onStranger(datagram: ControlDatagram): void
}

interface Member {
  place: SessionPlace
  /** Of fast_detection: gives way to a bfd_instance with the same neighbour. */
  yields: boolean
  hear(input: Input): void
  stop(): void
}

/** All BFD sessions of this node: packets find theirs by our discriminator, or by the address (RFC 5880 6.3). */
export function createSpeaker(ports: SpeakerPorts): BfdSpeaker {
  const { log } = ports
  const members = new Map<number, Member>()
  const ears = new Map<string, Earpiece>()
  const complained = new Set<string>()

  function ear(family: 4 | 6, multihop: boolean): Earpiece | null {
    const key = `${family} ${multihop}`
    const open = ears.get(key)
    if (open !== undefined) return open
    try {
      const opened = ports.openEarpiece({ family, multihop }, hear)
      ears.set(key, opened)
      return opened
    } catch (cause) {
      if (!complained.has(key)) log.warn({ err: describeError(cause) }, 'there will be no BFD sessions')
      complained.add(key)
      return null
    }
  }

  function hear(datagram: ControlDatagram): void {
    const reading = decodeControl(datagram.payload)
    if (!reading.ok) {
      log.trace({ source: datagram.source, reason: reading.reason }, 'a BFD packet is dropped')
      return
    }
    const { packet } = reading
    let member = find(packet.yourDiscriminator, datagram)
    // Somebody who goes away has nothing to begin.
    if (member === undefined && packet.yourDiscriminator === 0 && packet.state === 'down') {
      ports.onStranger(datagram)
      member = find(0, datagram)
    }
    if (member === undefined || (datagram.ttl ?? 255) < member.place.leastTtl) return
    member.hear({ type: 'ControlHeard', at: datagram.at, packet })
  }

  function find(discriminator: number, datagram: ControlDatagram): Member | undefined {
    if (discriminator === 0) return [...members.values()].find(({ place }) => isFrom(datagram, place))
    const member = members.get(discriminator)
    return member !== undefined && isFrom(datagram, member.place) ? member : undefined
  }

  /** One session for a pair of addresses (RFC 5880 6.8): that of the configuration. */
  function isTaken(place: SessionPlace, yields: boolean): boolean {
    for (const [discriminator, other] of members) {
      if (!isSamePair(place, other.place)) continue
      if (yields || !other.yields) return true
      other.stop()
      members.delete(discriminator)
    }
    return false
  }

  return {
    open(place, settings, user) {
      const yields = user.name === null
      if (isTaken(place, yields)) return null
      const listening = ear(place.neighbour.includes(':') ? 6 : 4, place.multihop)
      if (listening === null) return null
      let mouth: Mouthpiece
      try {
        mouth = ports.openMouthpiece(place)
      } catch (cause) {
        log.warn({ neighbour: place.neighbour, err: describeError(cause) }, 'this BFD session cannot be')
        return null
      }
      const discriminator = freeDiscriminator(members, ports.random)
      const initial = initialSession(settings, discriminator)
      const running = run(ports, initial, { mouth, user, neighbour: place.neighbour, drain: () => listening.drain() })
      members.set(discriminator, { place, yields, hear: running.dispatch, stop: running.stop })
      running.dispatch({ type: 'SessionStarted', at: ports.clock.now() })
      return {
        state: running.state,
        settle: (next) => running.dispatch({ type: 'SettingsChanged', at: ports.clock.now(), settings: next }),
        stop() {
          if (!members.delete(discriminator)) return
          running.stop()
        },
      }
    },
    listen: (family) => ear(family, false) !== null,
    drain() {
      for (const open of ears.values()) open.drain()
    },
    close() {
      for (const open of ears.values()) open.close()
      ears.clear()
    },
  }
}

function isFrom({ source, destination, index, multihop }: ControlDatagram, place: SessionPlace): boolean {
  if (source !== place.neighbour || multihop !== place.multihop) return false
  if (place.index !== null && index !== null && index !== place.index) return false
  return place.source === null || destination === null || destination === place.source
}

function isSamePair(a: SessionPlace, b: SessionPlace): boolean {
  const sources = a.source === null || b.source === null || a.source === b.source
  const places = a.index === null || b.index === null || a.index === b.index
  return a.neighbour === b.neighbour && a.multihop === b.multihop && sources && places
}

/** Any but 0, unique on this node; by chance, so that a restarted session is not taken for the one before it. */
function freeDiscriminator(taken: ReadonlyMap<number, unknown>, random: () => number): number {
  const draw = () => 1 + Math.floor(random() * (2 ** 32 - 1))
  let drawn = draw()
  while (taken.has(drawn)) drawn = draw()
  return drawn
}

interface Surroundings {
  mouth: Mouthpiece
  neighbour: string
  drain(): void
  user: SessionUser
}

/** One session at work: its loop, its alarms, its socket. */
function run(ports: SpeakerPorts, initial: Session, { mouth, neighbour, drain, user }: Surroundings) {
  const { clock, log, random } = ports
  let said: Cause | null = null
  const loop = createLoop({
    core: { decide, evolve, react },
    initial,
    order: 'act-first',
    act,
    toEvent: (fact) => toEvent(fact, user.name, neighbour),
    publish(draft, cause) {
      const published = ports.publish(draft, cause)
      said = causeOf(published)
      return published
    },
    log,
  })
  const transmit = createAlarm(clock, (at) => loop.dispatch({ type: 'TransmitExpired', at }))
  const detection = createAlarm(clock, (at) => loop.dispatch({ type: 'DetectionExpired', at, drained: false }))

  function act(effect: Effect): void {
    switch (effect.type) {
      case 'SendControl':
        // What cannot leave is missed by the neighbour, and that is all there is to say of it.
        mouth.send(encodeControl(effect.packet))
        return
      case 'SetTransmit':
        transmit.set(effect.from + random() * (effect.to - effect.from))
        return
      case 'SetDetection':
        detection.set(effect.when)
        return
      case 'DrainControl':
        drain()
        loop.dispatch({ type: 'DetectionExpired', at: clock.now(), drained: true })
        return
      case 'ReportChange':
        user.onChange(effect.change, said)
    }
  }

  return {
    state: loop.state,
    dispatch: loop.dispatch,
    stop() {
      loop.dispatch({ type: 'SessionStopped', at: clock.now() })
      transmit.clear()
      detection.clear()
      mouth.close()
    },
  }
}
