/** A twin of the port for routes and rules: a table by name, and somebody else who changes it. */
import { HaError } from '#platform/errors.ts'
import { itemName } from '../../services/ipvs/core/routing-state.ts'
import type { Routing, RoutingHint, RoutingItem, RoutingOutcome } from '../../services/ipvs/ports.ts'

export interface SimulatedRouting {
  port: Routing
  /** What is there, by name. */
  present: Set<string>
  /** How often somebody looked since the last call. */
  looks(): number
  /** What was changed since the last call, in words. */
  writes(): string[]
  /** Somebody else's `ip route del`. */
  take(...names: string[]): void
  hint(hint: RoutingHint): void
  /** Names that the kernel refuses. */
  refused: Set<string>
}

export function simulatedRouting(): SimulatedRouting {
  const present = new Set<string>()
  const refused = new Set<string>()
  const listeners: ((hint: RoutingHint) => void)[] = []
  const log: string[] = []
  let looks = 0
  const hint = (what: RoutingHint) => {
    for (const listener of [...listeners]) listener(what)
  }

  function add(item: RoutingItem): RoutingOutcome {
    const name = itemName(item)
    if (present.has(name)) return { item, result: 'present' }
    if (refused.has(name)) return { item, result: 'failed', error: new HaError('KERNEL_ROUTE', 'ENETUNREACH') }
    present.add(name)
    log.push(`add ${name}`)
    return { item, result: 'added' }
  }

  function remove(item: RoutingItem): RoutingOutcome {
    const name = itemName(item)
    if (!present.delete(name)) return { item, result: 'gone' }
    log.push(`remove ${name}`)
    return { item, result: 'removed' }
  }

  return {
    port: {
      add(items) {
        looks += 1
        return items.map(add)
      },
      remove: (items) => items.map(remove),
      watch(onHint) {
        listeners.push(onHint)
        return { close: () => void listeners.splice(listeners.indexOf(onHint), 1) }
      },
      close() {},
    },
    present,
    writes: () => log.splice(0),
    looks() {
      const count = looks
      looks = 0
      return count
    },
    take(...names) {
      for (const name of names) present.delete(name)
      hint('lost')
    },
    hint,
    refused,
  }
}
