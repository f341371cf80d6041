/** What must hold in every run, looked at every few milliseconds of its time. */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { commitTimeoutMs, masterDownMs } from '../../services/vrrp/core/timing.ts'
import type { Stage } from './faults.ts'
import { createSince, type Node } from './node.ts'

export interface Violation {
  at: Millis
  /** Of the safety properties of the design, or of its nemesis table. */
  rule: 'S1' | 'S2' | 'S6' | 'I1' | 'I2' | 'I3'
  text: string
}

export const SAMPLE_MS = 20
/** What the kernel may be late with the end of a lifetime, and what any of us takes to see it. */
const GRANULARITY_MS = 1_250 + 2 * SAMPLE_MS
/** Of a backup: the bus or its own advert to ipvs, the kernel, and what the sampling misses. */
const SLACK_MS = 250

export interface Watch {
  /** Looks at everything now. */
  look(): Violation[]
  /** All faults are over, and have been for long. */
  conclude(): Violation[]
  /** A node takes over because fast detection says that its master is gone. */
  takeOver(node: string): Violation[]
}

/** @param instance the one of the lowest priority: it is the slowest */
export function watchInvariants(stage: Stage, instance: VrrpInstance): Watch {
  const { universe, nodes } = stage
  const { version, downTimerAdverts } = instance
  const slowest = { version, downTimerAdverts, priority: 1 }
  const downMs = masterDownMs(slowest, instance.advertIntervalMs)
  const two = watchTwoMasters(stage, downMs)
  const leases = nodes.map((node) => watchLease(node, instance.leaseMs))
  let soundSince: Millis | null = null
  const dark = watchDarkness(stage, downMs, instance.advertIntervalMs)
  const sound = createSince()
  return {
    look() {
      const now = universe.now()
      soundSince = sound(nodes.every(({ machine }) => machine.powered && machine.linkUp) && isAllConnected(stage), now)
      return [...two(now), ...leases.flatMap((lease) => lease(now)), ...dark(now)]
    },
    takeOver(node) {
      const soundMs = soundSince === null ? 0 : universe.now() - soundSince
      if (soundMs < SURELY_SEEN_MS) return []
      const text = `${node} took its master for dead, and all machines were well for ${Math.round(soundMs)} ms`
      return [{ at: universe.now(), rule: 'I3', text }]
    },
    conclude() {
      const holders = nodes.filter((node) => node.holds()).map(({ name }) => name)
      const masters = nodes.filter(({ role }) => role === 'master').map(({ name }) => name)
      if (holders.length === 1 && masters.join() === holders.join()) return []
      const text = `in the end held by [${holders.join(', ')}], master is [${masters.join(', ')}]`
      return [{ at: universe.now(), rule: 'I1', text }]
    },
  }
}

/** I3: a machine that answered within this time is not taken for dead, whatever its processes do. */
const SURELY_SEEN_MS = 250

function isAllConnected(stage: Stage): boolean {
  return stage.nodes.every((a) => stage.nodes.every((b) => a === b || isConnected(stage, a, b)))
}

function isWell(node: Node): boolean {
  return node.isRunning('vrrp') && node.isRunning('ipvs') && node.machine.linkUp
}

/** Whether packets pass between two nodes as they should. */
function isConnected({ segment, universe }: Stage, a: Node, b: Node): boolean {
  const ways = [segment.way(a.machine.index, b.machine.index), segment.way(b.machine.index, a.machine.index)]
  const now = universe.now()
  return ways.every(
    ({ cut, loss, delayMs, unsettledUntil }) => !cut && loss === 0 && delayMs < 1 && now >= unsettledUntil,
  )
}

/** S1: two masters that hear each other are one after a master-down interval. */
function watchTwoMasters(stage: Stage, downMs: number) {
  const pairs = stage.nodes.flatMap((a, index) =>
    stage.nodes.slice(index + 1).map((b) => ({ a, b, since: createSince() })),
  )
  return (now: Millis): Violation[] =>
    pairs.flatMap(({ a, b, since }) => {
      const talking = [a, b].every((node) => node.isRunning('vrrp') && node.machine.linkUp && node.role === 'master')
      const began = since(talking && isConnected(stage, a, b), now)
      if (began === null || now - began <= downMs + SLACK_MS) return []
      return [{ at: now, rule: 'S1', text: `${a.name} and ${b.name} are both master, and hear each other` }]
    })
}

/** S2: without a vrrp that is master the address leaves with its lease. */
function watchLease(node: Node, leaseMs: number) {
  const since = createSince()
  return (now: Millis): Violation[] => {
    const entitled = node.isRunning('vrrp') && node.role === 'master'
    const began = since(node.holds() && !entitled, now)
    if (began === null || now - began <= leaseMs + GRANULARITY_MS) return []
    return [{ at: now, rule: 'S2', text: `${node.name} holds the address without being master` }]
  }
}

/** I2: nobody holds the address, though a node is well that could, and hears whoever else there is. */
function watchDarkness(stage: Stage, downMs: number, intervalMs: number) {
  const dark = createSince()
  const well = stage.nodes.map((node) => ({ node, since: createSince() }))
  const clear = createSince()
  return (now: Millis): Violation[] => {
    const served = stage.nodes.some((node) => node.holds() && node.machine.linkUp)
    const pairs = stage.nodes.flatMap((a) => stage.nodes.filter((b) => b !== a).map((b) => isConnected(stage, a, b)))
    const calm = clear(pairs.every(Boolean), now)
    // One that cannot serve may win first, and has to find out.
    const limit = downMs + commitTimeoutMs(intervalMs) + SLACK_MS
    const able = well.flatMap(({ node, since }) => {
      const began = since(isWell(node), now)
      return began === null || now - began < limit ? [] : [node.name]
    })
    const began = dark(!served, now)
    if (began === null || now - began <= limit || calm === null || now - calm < limit || able.length === 0) return []
    return [{ at: now, rule: 'I2', text: `nobody holds the address, and ${able.join(', ')} could` }]
  }
}
