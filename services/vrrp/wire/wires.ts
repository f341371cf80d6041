import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { virtualRouterIdOf } from '../adapters/advert-codec.ts'
import type {
  AdvertPacket,
  AdvertPulse,
  AdvertSocket,
  AdvertSocketOptions,
  OpenAdvertPulse,
  OpenAdvertSocket,
  SendResult,
} from '../ports.ts'
import type { VirtualSender } from './virtual-wires.ts'

/** Where one virtual router sends and hears. */
export interface Place extends AdvertSocketOptions {
  index: number
  virtualRouterId: number
  /** null: it sends with the hardware address of the interface. */
  virtual: VirtualSender | null
}

/** An advert for one destination. */
export interface Outgoing {
  destination: string
  message: Buffer
}

/** One virtual router's place on a shared socket. */
export interface Wire {
  /**
   * The same advert to all its destinations; ok: it left to one of them at least. `isCutOff`: none can be seen to leave
   * (dont_track_primary), and the sign of life goes out all the same.
   */
  send(adverts: readonly Outgoing[], isCutOff?: boolean): SendResult
  /** Tells services/ipvs, and nobody else, by an advert of priority 0. */
  letGo(message: Buffer): SendResult
  drain(): void
  /** Leaves; the socket is closed with its last user. */
  release(): void
}

export interface Wires {
  /** null: the socket cannot be opened now (logged). */
  attach(place: Place, hear: Hear): Wire | null
  /** How many adverts of nobody here have come, by interface and virtual router id: `eth0 52`. */
  unknown(): Record<string, number>
}

export type Hear = (packet: AdvertPacket) => void

export interface WirePorts {
  open: OpenAdvertSocket
  openPulse: OpenAdvertPulse
  log: Log
}

interface Shared {
  socket: AdvertSocket
  pulse: AdvertPulse
  /** Unicast: what leaves is not to be seen on the interface itself. */
  isHidden: boolean
  members: Map<number, Hear>
}

/**
 * One socket per interface, family, group and source, whatever the number of virtual routers: each packet goes to the
 * one whose id it carries, others are nobody's and ignored (RFC 9568 7.1).
 */
export function createWires({ open, openPulse, log }: WirePorts): Wires {
  const shared = new Map<string, Shared>()
  const unknown = new Map<string, number>()
  let pulse: AdvertPulse | null = null

  function openShared(options: AdvertSocketOptions): Shared | null {
    const members = new Map<number, Hear>()
    try {
      pulse ??= openPulse()
      const socket = open(options, (packet) => {
        const id = virtualRouterIdOf(packet.payload)
        const hear = id === null ? undefined : members.get(id)
        if (hear !== undefined) {
          hear(packet)
          return
        }
        const stranger = `${options.interface} ${id ?? 'cut'}`
        unknown.set(stranger, (unknown.get(stranger) ?? 0) + 1)
      })
      return { socket, pulse, isHidden: options.group === null, members }
    } catch (cause) {
      log.error({ interface: options.interface, err: describeError(cause) }, 'cannot open the VRRP socket')
      return null
    }
  }

  return {
    unknown: () => Object.fromEntries(unknown),
    attach({ index, virtualRouterId, virtual: _virtual, ...options }, hear) {
      const key = JSON.stringify({ index, ...options })
      const wire = shared.get(key) ?? openShared(options)
      if (wire === null) return null
      shared.set(key, wire)
      wire.members.set(virtualRouterId, hear)
      const router = { index, family: options.family }
      return {
        send(adverts, isCutOff = false) {
          const result = sendAll(wire, adverts, router)
          const [first] = adverts
          if (isCutOff && first !== undefined) wire.pulse.send(first.message, router)
          return result
        },
        letGo: (message) => wire.pulse.send(message, router),
        drain: () => wire.socket.drain(),
        release() {
          if (!wire.members.delete(virtualRouterId) || wire.members.size > 0) return
          shared.delete(key)
          wire.socket.close()
        },
      }
    },
  }
}

/** The pulse comes last: it says that something has left. */
function sendAll(
  { socket, pulse, isHidden }: Shared,
  adverts: readonly Outgoing[],
  router: { index: number; family: 4 | 6 },
): SendResult {
  let result: SendResult = { ok: false, code: 'EDESTADDRREQ' }
  for (const { message, destination } of adverts) {
    const sent = socket.send(message, destination)
    if (sent.ok || !result.ok) result = sent
  }
  const [first] = adverts
  return result.ok && isHidden && first !== undefined ? pulse.send(first.message, router) : result
}
