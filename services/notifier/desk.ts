import type { WorkResult } from '#platform/bus-port.ts'
import type { Channel } from './core/state.ts'

/** The events in hand: offered by the log, and neither acknowledged nor put back. */
export interface Desk {
  /** Resolves when the event leaves the desk; `begin` is called only when it is not in hand already. */
  take(channel: Channel, about: string, begin: () => void): Promise<WorkResult>
  /** Begins anew what is in hand. */
  again(channel: Channel, about: string): void
  leave(channel: Channel, about: string, result: WorkResult): void
  /** Resolves when nothing has been in hand for `quietMs`, or after `patienceMs`. */
  cleared(quietMs: number, patienceMs: number): Promise<void>
}

export function createDesk(): Desk {
  const inHand = new Map<string, PromiseWithResolvers<WorkResult> & { begin: () => void }>()
  const key = (channel: Channel, about: string) => `${channel} ${about}`
  let changedAt = 0
  return {
    take(channel, about, begin) {
      // The log offers an event again when the connection broke meanwhile: one delivery answers both.
      const known = inHand.get(key(channel, about))
      if (known !== undefined) return known.promise
      const taken = { ...Promise.withResolvers<WorkResult>(), begin }
      inHand.set(key(channel, about), taken)
      changedAt = performance.now()
      begin()
      return taken.promise
    },
    again(channel, about) {
      inHand.get(key(channel, about))?.begin()
    },
    leave(channel, about, result) {
      inHand.get(key(channel, about))?.resolve(result)
      inHand.delete(key(channel, about))
      changedAt = performance.now()
    },
    async cleared(quietMs, patienceMs) {
      const from = performance.now()
      const isQuiet = () => inHand.size === 0 && performance.now() - Math.max(from, changedAt) >= quietMs
      while (!isQuiet() && performance.now() - from < patienceMs)
        await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}
