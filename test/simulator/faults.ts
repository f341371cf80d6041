/** What goes wrong in a run, drawn from its seed, and how it is done. */
import type { Millis } from '#platform/clock-port.ts'
import type { Node, Part } from './node.ts'
import { CLEAR, type Segment, type Way } from './segment.ts'
import type { Dice, Universe } from './universe.ts'

/** `forMs`: it ends by itself after that. Nodes by their index. */
export type Trouble =
  | { kind: 'power cut'; node: number; forMs: number }
  | { kind: 'kill'; node: number; part: Part; restartMs: number }
  | { kind: 'stop'; node: number; parts: readonly Part[]; forMs: number }
  | { kind: 'unplug'; node: number; forMs: number }
  | { kind: 'one-way cut'; from: number; to: number; forMs: number }
  /** From all others, both ways. */
  | { kind: 'split'; node: number; forMs: number }
  | { kind: 'bad weather'; way: Pick<Way, 'loss' | 'duplication' | 'delayMs'>; forMs: number }
  | { kind: 'bus away'; node: number; forMs: number }
  | { kind: 'address removed'; node: number }
  | { kind: 'clock step'; node: number; stepMs: number }
  | { kind: 'reload'; node: number; priority: number }
  | { kind: 'hand-over'; node: number; asideMs: number | null }

export type Fault = Trouble & { at: Millis }

export interface Stage {
  universe: Universe
  segment: Segment
  nodes: readonly Node[]
}

const DAY_MS = 86_400_000
const KINDS: readonly [Trouble['kind'], ...Trouble['kind'][]] = [
  'power cut',
  'kill',
  'stop',
  'unplug',
  'one-way cut',
  'split',
  'bad weather',
  'bus away',
  'address removed',
  'clock step',
  'reload',
  'hand-over',
]

function draw(kind: Trouble['kind'], dice: Dice, nodes: number): Trouble {
  const node = Math.floor(dice.between(0, nodes))
  switch (kind) {
    case 'power cut':
      return { kind, node, forMs: dice.between(200, 15_000) }
    case 'kill':
      return { kind, node, part: dice.pick<Part>(['vrrp', 'ipvs']), restartMs: dice.between(60, 3_000) }
    case 'stop': {
      const parts = dice.pick<readonly Part[]>([['vrrp'], ['ipvs'], ['vrrp', 'ipvs']])
      return { kind, node, parts, forMs: dice.between(10, dice.pick([500, 4_000, 12_000])) }
    }
    case 'unplug':
      return { kind, node, forMs: dice.between(20, 8_000) }
    case 'one-way cut':
      return { kind, from: node, to: (node + 1) % nodes, forMs: dice.between(500, 12_000) }
    case 'split':
      return { kind, node, forMs: dice.between(100, 12_000) }
    case 'bad weather': {
      const [loss, duplication] = [dice.pick([0, 0.1, 0.3, 0.6]), dice.pick([0, 0.2, 1])]
      return {
        kind,
        way: { loss, duplication, delayMs: dice.pick([0.2, 50, 2_000]) },
        forMs: dice.between(1_000, 12_000),
      }
    }
    case 'bus away':
      return { kind, node, forMs: dice.between(50, 15_000) }
    case 'address removed':
      return { kind, node }
    case 'clock step':
      return { kind, node, stepMs: dice.pick([3_600_000, -3_600_000, DAY_MS, -DAY_MS, 250, -250]) }
    case 'reload':
      return { kind, node, priority: Math.floor(dice.between(1, 255)) }
    case 'hand-over':
      return { kind, node, asideMs: dice.pick([null, 1_000, 20_000]) }
  }
}

/** One to six faults that may overlap, all begun between these moments. */
export function drawFaults(dice: Dice, nodes: number, from: Millis, to: Millis): Fault[] {
  const count = 1 + Math.floor(dice.between(0, 6))
  const faults = Array.from({ length: count }, () => ({
    ...draw(dice.pick(KINDS), dice, nodes),
    at: dice.between(from, to),
  }))
  return faults.sort((a, b) => a.at - b.at)
}

/** Deaths of single processes, one after the other, each started again within `longestMs`. */
export function drawRestarts(dice: Dice, nodes: number, from: Millis, to: Millis, longestMs: number): Fault[] {
  const faults: Fault[] = []
  for (let at = from; at < to; at += dice.between(4_000, 8_000)) {
    const node = Math.floor(dice.between(0, nodes))
    faults.push({
      kind: 'kill',
      node,
      part: dice.pick<Part>(['vrrp', 'ipvs']),
      restartMs: dice.between(20, longestMs),
      at,
    })
  }
  return faults
}

/** When the last of them has ended. */
export function endOf(faults: readonly Fault[]): Millis {
  const ends = faults.map((fault) => {
    if ('forMs' in fault) return fault.at + fault.forMs
    return fault.kind === 'kill' ? fault.at + fault.restartMs : fault.at
  })
  return Math.max(0, ...ends)
}

/** `stop node1 vrrp for 812 ms` */
export function describe(fault: Fault): string {
  const { kind, at: _at, ...rest } = fault
  const words = Object.entries(rest).map(([name, value]) => `${name} ${describeValue(value)}`)
  return [kind, ...words].join(' ')
}

function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 10) / 10)
  return JSON.stringify(value)
}

/** Begins it now; what ends by itself is planned. */
export function inflict(fault: Fault, { universe, segment, nodes }: Stage): void {
  const node = (index: number): Node => {
    const found = nodes[index]
    if (found === undefined) throw new Error(`there is no node ${index}`)
    return found
  }
  const later = (forMs: number, happen: () => void) => void universe.at(universe.now() + forMs, happen)
  switch (fault.kind) {
    case 'power cut': {
      const { powerOff, powerOn } = node(fault.node)
      powerOff()
      later(fault.forMs, powerOn)
      return
    }
    case 'kill':
      node(fault.node).kill(fault.part, fault.restartMs)
      return
    case 'stop': {
      const victim = node(fault.node)
      for (const part of fault.parts) victim.stop(part)
      later(fault.forMs, () => {
        for (const part of fault.parts) victim.continue(part)
      })
      return
    }
    case 'unplug': {
      const { machine } = node(fault.node)
      machine.setLink(false)
      later(fault.forMs, () => machine.setLink(true))
      return
    }
    case 'one-way cut': {
      const way = segment.way(fault.from, fault.to)
      way.cut = true
      later(fault.forMs, () => void Object.assign(way, { cut: false }))
      return
    }
    case 'split': {
      const others = nodes.map((_, index) => index).filter((index) => index !== fault.node)
      const ways = others.flatMap((other) => [segment.way(fault.node, other), segment.way(other, fault.node)])
      for (const way of ways) way.cut = true
      later(fault.forMs, () => {
        for (const way of ways) way.cut = false
      })
      return
    }
    case 'bad weather': {
      const ways = nodes.flatMap((_, from) => nodes.map((_other, to) => segment.way(from, to)))
      const { loss, duplication, delayMs } = CLEAR
      const settled = universe.now() + fault.forMs + fault.way.delayMs
      for (const way of ways) Object.assign(way, fault.way, { unsettledUntil: Math.max(way.unsettledUntil, settled) })
      later(fault.forMs, () => {
        // Where worse weather came meanwhile it stays.
        for (const way of ways) if (way.unsettledUntil <= settled) Object.assign(way, { loss, duplication, delayMs })
      })
      return
    }
    case 'bus away': {
      const { machine } = node(fault.node)
      machine.setBus(false)
      later(fault.forMs, () => machine.setBus(true))
      return
    }
    case 'address removed':
      node(fault.node).removeAddress()
      return
    case 'clock step':
      node(fault.node).machine.stepMs += fault.stepMs
      return
    case 'reload':
      node(fault.node).reload(fault.priority)
      return
    case 'hand-over':
      node(fault.node).handOver(fault.asideMs)
  }
}
