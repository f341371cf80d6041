/** One run: some nodes, a segment, faults, and what must hold all the while. */
import type { Millis } from '#platform/clock-port.ts'
import type { VrrpInstance } from '#schemas/config.ts'
import { exampleInstance } from '../configuration.ts'
import { describe, drawFaults, drawRestarts, endOf, type Fault, inflict } from './faults.ts'
import { SAMPLE_MS, type Violation, watchInvariants } from './invariants.ts'
import { createNode } from './node.ts'
import { createSegment } from './segment.ts'
import { createUniverse, type Dice } from './universe.ts'

export interface Run {
  seed: number
  /** Virtual milliseconds. */
  lastedMs: number
  /** One line for whatever happened, with its time. */
  timeline: string[]
  /** Each rule once, where it was broken first. */
  violations: Violation[]
}

/** When the first fault may begin: an election is over by then. */
const SETTLED_MS = 11_000
/** After the last fault; whoever failed for want of an address stays out for ten seconds. */
const CALM_MS = 22_000

/** The laws of the simulated world. Other ones than these show whether a breach would be seen. */
export interface Laws {
  /** Whether packets arrive at all, whatever the segment says. */
  isDeaf: boolean
  /** How late the kernel ends the lifetime of an address at most, milliseconds; half a second was measured. */
  latestMs: number
  /** Machines answer questions only while their vrrp runs, as if it were the one to answer. */
  answersItself: boolean
}

const LAWS: Laws = { isDeaf: false, latestMs: 490, answersItself: false }

/** The same seed gives the same run. @param leastMs how long it lasts at least, virtual milliseconds */
export function simulate(seed: number, leastMs = 60_000, { isDeaf, latestMs, answersItself } = LAWS): Run {
  const universe = createUniverse(seed)
  const { dice } = universe
  const count = dice.pick([2, 2, 3])
  const segment = createSegment(universe, count, isDeaf)
  const timeline: string[] = []
  const note = (who: string, text: string) => timeline.push(`${stamp(universe.now())} ${who.padEnd(6)} ${text}`)
  const common = drawCommon(dice)
  const nodes = Array.from({ length: count }, (_, index) => {
    const instance = exampleInstance({
      ...common,
      flapDamping: dampingOf(seed),
      priority: dice.pick([100, 100, 150, 200, 254, 2]),
    })
    const tell = (words: string) => {
      note(`node${index + 1}`, words)
      if (words === 'BecameMaster (unreachable)') keep(watch.takeOver(`node${index + 1}`))
    }
    note(`node${index + 1}`, `priority ${instance.priority}, preempt ${instance.preempt}`)
    const node = createNode({ universe, segment, index, instance, latestMs, tell })
    if (answersItself) node.machine.answers = () => node.isRunning('vrrp')
    return node
  })
  const restartsOnly = dice.chance(0.2)
  const [from, to] = [SETTLED_MS, leastMs - CALM_MS]
  const faults = restartsOnly
    ? drawRestarts(dice, count, from, to, shortestSilence(common))
    : drawFaults(dice, count, from, to)
  const end = Math.max(leastMs, endOf(faults) + CALM_MS)
  plan(faults)

  function plan(list: readonly Fault[]): void {
    for (const node of nodes) universe.at(dice.between(0, 1_000), node.powerOn)
    for (const fault of list) {
      universe.at(fault.at, () => {
        note('fault', describe(fault))
        inflict(fault, { universe, segment, nodes })
      })
    }
  }

  const violations = new Map<string, Violation>()
  const keep = (found: readonly Violation[]) => {
    for (const violation of found) {
      if (violations.has(violation.rule)) continue
      violations.set(violation.rule, violation)
      note('BROKEN', `${violation.rule}: ${violation.text}`)
    }
  }
  const watch = watchInvariants({ universe, segment, nodes }, exampleInstance(common))
  const quiet = restartsOnly ? watchRestarts(nodes.map((node) => node.holds)) : () => []
  for (let at = SAMPLE_MS; at <= end; at += SAMPLE_MS) {
    universe.run(at)
    keep([...watch.look(), ...quiet(at)])
  }
  keep(watch.conclude())
  for (const node of nodes) node.powerOff()
  return { seed, lastedMs: end, timeline, violations: [...violations.values()] }
}

/** S6: restarts of single processes move the address nowhere, not even for a moment. */
function watchRestarts(holds: readonly (() => boolean)[]) {
  let before: string | null = null
  return (at: Millis): Violation[] => {
    if (at < SETTLED_MS) return []
    const now = holds.map((held) => (held() ? 'held' : '-')).join(' ')
    const moved = before !== null && before !== now
    const text = `a restart moved the address: ${before} became ${now}`
    before = now
    return moved ? [{ at, rule: 'S6', text }] : []
  }
}

/** How long vrrp may be away before a backup takes over, its lateness off. */
function shortestSilence({ advertIntervalMs }: { advertIntervalMs: number }): number {
  return Math.min(500, 1.9 * advertIntervalMs)
}

/** Every other run flaps more than it may. */
function dampingOf(seed: number): VrrpInstance['flapDamping'] {
  return seed % 2 === 0 ? { masterships: 6, windowMs: 300_000 } : { masterships: 2, windowMs: 30_000 }
}

/** What all nodes have in common. */
function drawCommon(dice: Dice): Partial<VrrpInstance> & { advertIntervalMs: number } {
  const version = dice.pick([2, 3] as const)
  const advertIntervalMs = version === 2 ? 1_000 : dice.pick([1_000, 100, 300])
  const preempt = dice.chance(0.8)
  const preemptDelayMs = preempt && dice.chance(0.2) ? 2_000 : 0
  const faster = advertIntervalMs > 200 && dice.chance(0.7)
  const fastDetection = faster ? { intervalMs: advertIntervalMs / 20, multiplier: 3 } : null
  return {
    version,
    advertIntervalMs,
    preempt,
    preemptDelayMs,
    fastDetection,
    leaseMs: Math.max(2_000, 3 * advertIntervalMs),
  }
}

/** Seconds with three places. */
function stamp(at: Millis): string {
  return (at / 1_000).toFixed(3).padStart(8)
}
