import type { Clock } from '#platform/clock-port.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { DeviceEffect } from './core/device-state.ts'
import type { Input } from './core/state.ts'
import type { VirtualDevices } from './ports.ts'

export interface DeviceEffectPorts {
  devices: VirtualDevices
  clock: Clock
  dispatch(input: Input, cause: Cause | null): void
}

/**
 * Switching on takes no time and is done at once. Switching off stops this process for 12 ms: one in each turn of the
 * event loop, so that of many instances that leave together none keeps its addresses longer for it.
 */
export function createDeviceEffects({ devices, clock, dispatch }: DeviceEffectPorts) {
  const waiting = new Set<string>()
  let planned = false

  function lowerNext(): void {
    planned = false
    const [name] = waiting
    if (name === undefined) return
    waiting.delete(name)
    const refusals = devices.lower(name)
    if (refusals.length > 0) dispatch({ type: 'DevicesRefused', refusals, at: clock.now() }, null)
    plan()
  }

  function plan(): void {
    if (planned || waiting.size === 0) return
    planned = true
    clock.at(clock.now(), lowerNext)
  }

  return (effect: DeviceEffect, cause: Cause | null): void => {
    switch (effect.type) {
      case 'SettleDevices':
        dispatch({ type: 'DevicesSettled', ...devices.settle(effect.devices), at: clock.now() }, cause)
        break
      case 'RaiseDevices': {
        for (const name of effect.devices) waiting.delete(name)
        const refusals = devices.raise(effect.devices)
        if (refusals.length > 0) dispatch({ type: 'DevicesRefused', refusals, at: clock.now() }, cause)
        break
      }
      case 'LowerDevices':
        for (const name of effect.devices) waiting.add(name)
        plan()
    }
  }
}
