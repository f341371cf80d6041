/** A twin of the port for virtual devices: they are names, on or off. */
import { HaError } from '#platform/errors.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import type { DeviceOutcome, Refusal, VirtualDevices } from '../../services/ipvs/ports.ts'

export interface SimulatedDevices {
  port: VirtualDevices
  /** By name: whether it is on. */
  present: Map<string, boolean>
  /** Names that cannot be made or switched. */
  refused: Set<string>
}

/** @param writes gets what was done, in words */
export function simulatedDevices(writes: string[]): SimulatedDevices {
  const present = new Map<string, boolean>()
  const refused = new Set<string>()
  const refusal = (name: string): Refusal => ({
    entity: `device ${name}`,
    error: new HaError('KERNEL_DEVICE', `${name} cannot be made`),
  })

  function make(device: VirtualDevice): DeviceOutcome[] {
    const { name, parent } = device
    if (refused.has(name)) return []
    const hardwareAddress = device.type === 'macvlan' ? device.hardwareAddress : null
    const known = present.has(name)
    if (!known) {
      present.set(name, device.type === 'ipvlan')
      writes.push(`device add ${name}`)
    }
    return [{ name, parent, hardwareAddress, result: known ? 'kept' : 'made' }]
  }

  function remove(name: string): DeviceOutcome {
    present.delete(name)
    writes.push(`device del ${name}`)
    return { name, parent: 'eth0', hardwareAddress: null, result: 'removed' }
  }

  function switchTo(name: string, on: boolean): Refusal[] {
    if (refused.has(name)) return [refusal(name)]
    writes.push(`device ${on ? 'up' : 'down'} ${name}`)
    present.set(name, on)
    return []
  }

  return {
    present,
    refused,
    port: {
      settle(wanted) {
        const names = new Set(wanted.map(({ name }) => name))
        const removed = [...present.keys()].filter((name) => !names.has(name)).map(remove)
        const refusals = [...names].filter((name) => refused.has(name)).map(refusal)
        return { outcomes: [...removed, ...wanted.flatMap(make)], refusals }
      },
      raise: (names) => names.flatMap((name) => switchTo(name, true)),
      lower: (name) => switchTo(name, false),
      watch: () => ({ close() {} }),
      close() {},
    },
  }
}
