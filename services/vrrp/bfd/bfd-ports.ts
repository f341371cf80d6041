/** What BFD sessions need from the kernel. The adapters implement these; tests bring their own twins. */
import type { Millis } from '#platform/clock-port.ts'
import type { SendResult } from '../ports.ts'

/** A datagram on one of BFD's ports, as it came in. */
export interface ControlDatagram {
  source: string
  /** null when the kernel did not say, as the next two. */
  destination: string | null
  /** Index of the interface it came in by. */
  index: number | null
  /** TTL or hop limit. */
  ttl: number | null
  /** The neighbour is behind routers: it came to port 4784 instead of 3784 (RFC 5883). */
  multihop: boolean
  payload: Buffer
  /** When it was read, monotonic. */
  at: Millis
}

export interface Earpiece {
  /** Reads everything that is queued now and delivers it before it returns. */
  drain(): void
  close(): void
}

/**
 * Listens on the port of a family. Another BFD daemon that has it keeps it; one that starts later may take it.
 *
 * @throws HaError KERNEL_SOCKET: the port is taken
 */
export type OpenEarpiece = (
  port: { family: 4 | 6; multihop: boolean },
  onDatagram: (datagram: ControlDatagram) => void,
) => Earpiece

/** Where the packets of one session go, and what they look like. */
export interface ControlPath {
  neighbour: string
  /** null: the kernel's choice. */
  source: string | null
  /** Index of the interface to send by, which link-local addresses need; null: the kernel's choice. */
  index: number | null
  multihop: boolean
  /** TTL or hop limit of what is sent. */
  ttl: number
}

/** Sends from a port of its own between 49152 and 65535 (RFC 5881 4). */
export interface Mouthpiece {
  send(payload: Buffer): SendResult
  close(): void
}

/** @throws HaError KERNEL_SOCKET */
export type OpenMouthpiece = (path: ControlPath) => Mouthpiece

/** A neighbour on the link, and from where to ask it. */
export interface NeighbourPlace {
  interface: string
  index: number
  /** Our own address there. */
  source: string
  neighbour: string
}

/** Asks a machine whether it is there, in a way that its kernel answers by itself: ARP, or neighbour solicitation. */
export interface NeighbourProbe {
  /** One question. What cannot be sent stays unanswered. */
  ask(): void
  /** Reads everything that is queued now and delivers it before it returns. */
  drain(): void
  close(): void
}

/** @throws HaError KERNEL_SOCKET */
export type OpenNeighbourProbe = (place: NeighbourPlace, onAnswer: () => void) => NeighbourProbe
