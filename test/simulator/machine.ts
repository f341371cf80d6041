/** What a node has below its processes: a kernel with addresses and one interface, a wall clock, a bus, and a log. */
import type { EventDraft } from '#schemas/envelope.ts'
import { type SimulatedKernel, simulatedKernel } from '../ipvs/simulated-kernel.ts'
import type { Packet, Segment } from './segment.ts'
import { clockOf, type Universe } from './universe.ts'

/** An event of vrrp on its way. */
export interface Told {
  draft: EventDraft
  /** When it was published, by the wall clock. */
  wallAt: number
}

/** An own advert as ipvs sees it leave. */
export interface Left {
  payload: Buffer
  /** It stays on the machine. */
  isPulse: boolean
  at: number
}

export interface Ears {
  link?: () => void
  event?: (event: Told) => void
  bus?: (up: boolean) => void
  left?: (advert: Left) => void
  packet?: (packet: Packet) => void
  bfd?: (packet: Packet) => void
  /** The machine of this address answered a question. */
  answer?: (source: string) => void
}

export interface Machine {
  index: number
  address: string
  kernel(): SimulatedKernel
  linkUp: boolean
  powered: boolean
  /** Whether it answers questions, as a kernel does while there is power. */
  answers(): boolean
  stepMs: number
  /** Everything published so far, oldest first. */
  log: Told[]
  busUp: boolean
  /** Where what happens is told: by each process as it starts. */
  ears: Ears
  publish(draft: EventDraft): void
  /** Returns an errno name, or null when it left. */
  send(payload: Buffer): string | null
  /** The same to one other machine. */
  sendTo(to: string, kind: NonNullable<Packet['kind']>, payload: Buffer): string | null
  /** An advert for our own ipvs alone. */
  pulse(payload: Buffer): void
  setLink(up: boolean): void
  setBus(up: boolean): void
  /** Everything of the kernel is gone, as without power. */
  wipe(): void
}

/** @param latestMs how late the kernel ends a lifetime at most */
export function createMachine(universe: Universe, segment: Segment, index: number, latestMs: number): Machine {
  const { dice } = universe
  const newKernel = () => simulatedKernel(clockOf(universe), () => dice.between(0, latestMs))
  let kernel = newKernel()
  let late: Told[] = []
  let arrival = 0
  const ears: Ears = {}

  const machine: Machine = {
    index,
    address: `192.0.2.${index + 1}`,
    kernel: () => kernel,
    linkUp: true,
    powered: false,
    answers: () => machine.powered,
    stepMs: 0,
    log: [],
    busUp: true,
    ears,
    publish(draft) {
      const told = { draft, wallAt: clockOf(universe, () => machine.stepMs).wall() }
      machine.log.push(told)
      if (!machine.busUp) {
        late.push(told)
        return
      }
      // In order, as from one publisher to one subscriber.
      arrival = Math.max(arrival, universe.now() + dice.between(0.2, 2))
      universe.at(arrival, () => ears.event?.(told))
    },
    send(payload) {
      if (!machine.linkUp) return 'ENETDOWN'
      const at = universe.now()
      segment.send(index, { payload, source: machine.address })
      universe.at(at + 0.1, () => ears.left?.({ payload, isPulse: false, at }))
      return null
    },
    sendTo(to, kind, payload) {
      if (!machine.linkUp) return 'ENETDOWN'
      segment.send(index, { payload, source: machine.address, to, kind })
      return null
    },
    pulse(payload) {
      const at = universe.now()
      universe.at(at + 0.1, () => ears.left?.({ payload, isPulse: true, at }))
    },
    setLink(up) {
      machine.linkUp = up
      ears.link?.()
    },
    setBus(up) {
      machine.busUp = up
      ears.bus?.(up)
      const waiting = up ? late : []
      if (up) late = []
      for (const told of waiting) ears.event?.(told)
    },
    wipe() {
      kernel = newKernel()
      late = []
    },
  }
  segment.attach(index, (packet) => {
    if (machine.linkUp && (packet.to ?? machine.address) === machine.address) receive(packet)
  })
  function receive(packet: Packet): void {
    switch (packet.kind) {
      case undefined:
        ears.packet?.(packet)
        return
      case 'bfd':
        ears.bfd?.(packet)
        return
      case 'question':
        if (machine.answers()) machine.sendTo(packet.source, 'answer', packet.payload)
        return
      case 'answer':
        ears.answer?.(packet.source)
    }
  }
  return machine
}
