/** The wire between the nodes, and what can be wrong with it. */
import type { Millis } from '#platform/clock-port.ts'
import type { Universe } from './universe.ts'

/** How it is from one node to another. */
export interface Way {
  cut: boolean
  /** 0 to 1 */
  loss: number
  /** 0 to 1 */
  duplication: number
  /** The most that a packet is delayed, milliseconds. From LAZY_MS on they overtake each other. */
  delayMs: number
  /** Until then packets of worse times may arrive. */
  unsettledUntil: Millis
}

const LAZY_MS = 10

export interface Packet {
  payload: Buffer
  source: string
  /** Who it is for alone; without it: everybody who listens to the group. */
  to?: string
  /** What it is, unless it is an advert. A question is one that a machine answers without its processes, such as ARP. */
  kind?: 'bfd' | 'question' | 'answer'
}

export interface Segment {
  way(from: number, to: number): Way
  /** Hears what the others send. */
  attach(node: number, hear: (packet: Packet) => void): void
  send(from: number, packet: Packet): void
}

export const CLEAR: Readonly<Way> = { cut: false, loss: 0, duplication: 0, delayMs: 0.2, unsettledUntil: 0 }

/** @param isDeaf nobody hears anything, though all ways look clear */
export function createSegment(universe: Universe, nodes: number, isDeaf: boolean): Segment {
  const { dice } = universe
  const ways = Array.from({ length: nodes }, () => Array.from({ length: nodes }, () => ({ ...CLEAR })))
  const ears = new Map<number, (packet: Packet) => void>()
  /** The latest arrival so far. */
  const last = new Map<(packet: Packet) => void, Millis>()
  const way = (from: number, to: number): Way => {
    const found = ways[from]?.[to]
    if (found === undefined) throw new Error(`there is no way from ${from} to ${to}`)
    return found
  }
  return {
    way,
    attach: (node, hear) => void ears.set(node, hear),
    send(from, packet) {
      for (const [to, hear] of ears) {
        if (to === from) continue
        const { cut, loss, duplication, delayMs } = way(from, to)
        const copies = isDeaf || cut || dice.chance(loss) ? 0 : dice.chance(duplication) ? 2 : 1
        for (let copy = 0; copy < copies; copy++) {
          const arrival = universe.now() + 0.05 + dice.between(0, delayMs)
          const latest = delayMs < LAZY_MS ? Math.max(arrival, last.get(hear) ?? 0) : arrival
          last.set(hear, latest)
          universe.at(latest, () => hear(packet))
        }
      }
    },
  }
}
