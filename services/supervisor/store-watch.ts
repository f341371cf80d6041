import type { Bus } from '#platform/bus-port.ts'
import type { Clock } from '#platform/clock-port.ts'
import type { BusServer } from './adapters/bus-server.ts'

/** Events unacknowledged for this long while connected: the store does not take them, milliseconds. */
const STUCK_MS = 3_000

export interface StoreSeen {
  free: 'enough' | 'none'
  stuck: boolean
}

/** Looks whether the embedded server's store still takes events; null when there is nothing worth deciding on. */
export function watchStore(server: Pick<BusServer, 'room'>, bus: Pick<Bus, 'status'>, clock: Pick<Clock, 'now'>) {
  let waitingSince: number | null = null
  return {
    look(): StoreSeen | null {
      const { connected, spooled } = bus.status()
      if (!connected || spooled === 0) waitingSince = null
      else waitingSince ??= clock.now()
      const stuck = waitingSince !== null && clock.now() - waitingSince > STUCK_MS
      const room = server.room()
      return room === 'between' ? null : { free: room, stuck }
    },
  }
}
