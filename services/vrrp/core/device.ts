/** The device of an instance's own, which services/ipvs makes. */
import type { Fact, State } from './state.ts'

/** At a start services/ipvs is not ready before us; later than this it has trouble. */
export const DEVICE_PATIENCE_MS = 5_000

/**
 * What is missing, in words; null: nothing is, or not yet. Who takes part already, and gets a device by a reload, goes on
 * until it has been made.
 */
export function missingDevice(state: State): string | null {
  const { role, link, config } = state
  const { device, interface: parent } = config
  if (device === null || link === null || typeof link.device === 'number' || awaitsDevice(state)) return null
  if (link.device !== 'gone' && (role === 'backup' || role === 'master')) return null
  const what = link.device === 'gone' ? 'has gone, and ' : ''
  return `${device.name}: it ${what}is to be made on ${parent} by services/ipvs`
}

/** At a start, while there is patience left. */
export function awaitsDevice({ role, link, config, devicePatience }: State): boolean {
  if (role !== 'init' || link === null || config.device === null) return false
  return typeof link.device !== 'number' && devicePatience !== 'over'
}

/** Its patience begins, once. */
export function awaitDevice(at: number, state: State): Fact[] {
  if (!awaitsDevice(state) || state.devicePatience !== null) return []
  return [{ type: 'DeviceAwaited', at, until: at + DEVICE_PATIENCE_MS }]
}
