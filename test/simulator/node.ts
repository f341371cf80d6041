/** A node: a machine, the two processes that decide about its addresses, and a supervisor that restarts them. */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { VrrpEvent } from '#schemas/vrrp.ts'
import { exampleConfig } from '../configuration.ts'
import { startIpvs } from './ipvs-process.ts'
import { createMachine, type Machine } from './machine.ts'
import { createProcess, type Process } from './process.ts'
import type { Segment } from './segment.ts'
import type { Universe } from './universe.ts'
import { startVrrp } from './vrrp-process.ts'

export type Part = 'vrrp' | 'ipvs'
const PARTS: readonly Part[] = ['vrrp', 'ipvs']
const BEAT_MS = 500

export interface Node {
  name: string
  machine: Machine
  /** What vrrp said last; null while it is dead. */
  role: 'master' | 'backup' | 'fault' | null
  isRunning(part: Part): boolean
  holds(): boolean
  powerOn(): void
  powerOff(): void
  /** SIGKILL; the supervisor starts it again `restartMs` later. */
  kill(part: Part, restartMs: number): void
  stop(part: Part): void
  continue(part: Part): void
  reload(priority: number): void
  removeAddress(): void
  /** Somebody asks it to hand over, whether anybody was ever heard or not; null: until that is ended. */
  handOver(forMs: Millis | null): void
}

export interface NodeOptions {
  universe: Universe
  segment: Segment
  index: number
  instance: VrrpInstance
  /** How late the kernel ends the lifetime of an address at most. */
  latestMs: number
  /** Told of every event of vrrp, in words. */
  tell(words: string): void
}

export function createNode({ universe, segment, index, instance, latestMs, tell }: NodeOptions): Node {
  const machine = createMachine(universe, segment, index, latestMs)
  const { dice } = universe
  const processes: Partial<Record<Part, Process>> = {}
  let own = instance
  let powered = false
  let life = 0
  const config = () => exampleConfig({ instances: [own], virtualServers: [] })
  const vip = () => own.addresses[0]
  const started: { vrrp?: ReturnType<typeof startVrrp>; ipvs?: ReturnType<typeof startIpvs> } = {}

  function hear(data: unknown): void {
    const { success, data: event } = VrrpEvent.safeParse(data)
    if (!success) return
    tell(`${event.type}${'reason' in event ? ` (${event.reason})` : ''}`)
    if (event.type === 'BecameMaster' || event.type === 'MastershipResumed') node.role = 'master'
    if (event.type === 'BecameBackup') node.role = 'backup'
    if (event.type === 'BecameFault') node.role = 'fault'
    if (event.type === 'InstanceStopped') node.role = null
  }

  function start(part: Part): void {
    const process = createProcess(universe, () => machine.stepMs)
    processes[part] = process
    if (part === 'ipvs') started.ipvs = startIpvs(process, machine, config(), dice.between(5, 100))
    else {
      const random = () => dice.between(0, 1)
      started.vrrp = startVrrp(process, machine, own, { random, onEvent: ({ data }) => hear(data) })
    }
  }

  function end(part: Part): void {
    processes[part]?.kill()
    if (part === 'vrrp') node.role = null
  }

  function beat(): void {
    if (processes.ipvs?.isRunning() && machine.busUp) started.vrrp?.ipvsAlive()
    universe.at(universe.now() + BEAT_MS, beat)
  }

  const node: Node = {
    name: `node${index + 1}`,
    machine,
    role: null,
    isRunning: (part) => powered && processes[part]?.isRunning() === true,
    holds: () => powered && machine.kernel().has(vip()?.address ?? ''),
    powerOn() {
      if (powered) return
      powered = true
      machine.powered = true
      const booted = ++life
      for (const part of PARTS) {
        universe.at(universe.now() + dice.between(50, 400), () => {
          if (booted === life) start(part)
        })
      }
    },
    powerOff() {
      powered = false
      machine.powered = false
      life++
      for (const part of PARTS) end(part)
      machine.wipe()
    },
    kill(part, restartMs) {
      if (!powered || processes[part] === undefined || processes[part].isDead()) return
      end(part)
      const alive = life
      universe.at(universe.now() + restartMs, () => {
        if (alive === life) start(part)
      })
    },
    stop: (part) => processes[part]?.stop(),
    continue: (part) => processes[part]?.continue(),
    reload(priority) {
      own = { ...own, priority }
      for (const part of PARTS) if (processes[part]?.isRunning() !== true) return
      started.vrrp?.reload(own)
      started.ipvs?.reload(config())
    },
    handOver(forMs) {
      const asked = { target: own.name, actor: 'dice', reason: 'the seed', force: true } as const
      if (node.isRunning('vrrp') && machine.busUp) started.vrrp?.ask({ type: 'Handover', ...asked, forMs })
    },
    removeAddress() {
      const address = vip()
      if (address !== undefined && powered) machine.kernel().take(address)
    },
  }
  beat()
  return node
}

/** Since when something holds without a break; null while it does not. */
export function createSince(): (holds: boolean, now: Millis) => Millis | null {
  let since: Millis | null = null
  return (holds, now) => {
    if (!holds) since = null
    else since ??= now
    return since
  }
}
