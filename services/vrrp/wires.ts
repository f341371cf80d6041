import { describeError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { virtualRouterIdOf } from './adapters/advert-codec.ts'
import type { AdvertPacket, AdvertSocket, AdvertSocketOptions, OpenAdvertSocket, SendResult } from './ports.ts'

/** One virtual router's place on a shared socket. */
export interface Wire {
  send(message: Buffer): SendResult
  drain(): void
  /** Leaves; the socket is closed with its last user. */
  release(): void
}

export interface Wires {
  /** null: the socket cannot be opened now (logged). */
  attach(place: AdvertSocketOptions & { index: number; virtualRouterId: number }, hear: Hear): Wire | null
}

export type Hear = (packet: AdvertPacket) => void

interface Shared {
  socket: AdvertSocket
  members: Map<number, Hear>
}

/**
 * One socket per interface, family, group and source, whatever the number of virtual routers: each packet goes to the
 * one whose id it carries, others are nobody's and ignored (RFC 9568 7.1).
 */
export function createWires({ open, log }: { open: OpenAdvertSocket; log: Log }): Wires {
  const shared = new Map<string, Shared>()

  function openShared(options: AdvertSocketOptions): Shared | null {
    const members = new Map<number, Hear>()
    try {
      const socket = open(options, (packet) => {
        const id = virtualRouterIdOf(packet.payload)
        if (id !== null) members.get(id)?.(packet)
      })
      return { socket, members }
    } catch (cause) {
      log.error({ interface: options.interface, err: describeError(cause) }, 'cannot open the VRRP socket')
      return null
    }
  }

  return {
    attach({ index, virtualRouterId, ...options }, hear) {
      const key = `${index} ${options.interface} ${options.family} ${options.group} ${options.source}`
      const wire = shared.get(key) ?? openShared(options)
      if (wire === null) return null
      shared.set(key, wire)
      wire.members.set(virtualRouterId, hear)
      return {
        send: (message) => wire.socket.send(message),
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
