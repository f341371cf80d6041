/** Virtual time: what is planned happens in its order, each at its own moment; nothing takes time by itself. */
import type { Cancel, Clock, Millis } from '#platform/clock-port.ts'
import { seededRandom } from '#platform/config/language/random.ts'

/** Everything of one run: the same seed gives the same run. */
export interface Universe {
  now(): Millis
  at(when: Millis, happen: () => void): Cancel
  /** Lets everything up to this moment happen. */
  run(until: Millis): void
  dice: Dice
}

export interface Dice {
  /** From `low` up to, not including, `high`. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
}

interface Plan {
  when: Millis
  /** Of two plans for one moment the earlier one is first. */
  order: number
  happen: (() => void) | null
}

export function createUniverse(seed: number): Universe {
  const heap: Plan[] = []
  let time: Millis = 0
  let order = 0
  return {
    now: () => time,
    at(when, happen) {
      const plan: Plan = { when: Math.max(when, time), order: order++, happen }
      push(heap, plan)
      return () => {
        plan.happen = null
      }
    },
    run(until) {
      for (let [next] = heap; next !== undefined && next.when <= until; [next] = heap) {
        pop(heap)
        time = next.when
        next.happen?.()
      }
      time = until
    },
    dice: createDice(seededRandom(seed)),
  }
}

function createDice(random: () => number): Dice {
  return {
    between: (low, high) => low + random() * (high - low),
    chance: (probability) => random() < probability,
    pick: (from) => from[Math.floor(random() * from.length)] ?? from[0],
  }
}

/** The clock of something that never stops, such as a kernel. `stepMs` moves the wall clock. */
export function clockOf(universe: Universe, stepMs: () => number = () => 0): Clock {
  return { now: universe.now, wall: () => 1_700_000_000_000 + universe.now() + stepMs(), at: universe.at }
}

function before(a: Plan, b: Plan): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order)
}

/** A binary heap, the first plan on top. */
function push(heap: Plan[], plan: Plan): void {
  let at = heap.push(plan) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !before(plan, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = plan
}

function pop(heap: Plan[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
    if (left === undefined) break
    const first = right !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1
    const child = heap[first]
    if (child === undefined || !before(child, last)) break
    heap[at] = child
    at = first
  }
  heap[at] = last
}
