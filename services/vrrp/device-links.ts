import type { VrrpInstance } from '#schemas/config.ts'
import type { LinkEvent, LinkState } from './ports.ts'

/** Devices that services/ipvs makes for instances, as far as they are there. */
export interface DeviceLinks {
  take(event: LinkEvent): void
  /** Forgets devices that no instance has any more. */
  keep(instances: readonly VrrpInstance[]): void
  /** The interface of an instance, with how its own device is. */
  fill(link: LinkState, config: VrrpInstance): LinkState
}

export function createDeviceLinks(): DeviceLinks {
  const present = new Map<string, LinkState>()
  const seen = new Set<string>()

  function presence({ device }: VrrpInstance): LinkState['device'] {
    if (device === null) return null
    const link = present.get(device.name)
    // Somebody else's device may have that name: addresses must not be put there.
    const fits = device.type === 'ipvlan' || link?.hardwareAddress === device.hardwareAddress
    if (link === undefined || !fits) return seen.has(device.name) ? 'gone' : 'awaited'
    seen.add(device.name)
    return link.index
  }

  return {
    take(event) {
      if (event.type === 'LinkChanged') present.set(event.link.interface, event.link)
      if (event.type === 'LinkGone') present.delete(event.interface)
    },
    keep(instances) {
      const names = new Set(instances.flatMap(({ device }) => (device === null ? [] : [device.name])))
      for (const name of seen) if (!names.has(name)) seen.delete(name)
    },
    fill: (link, config) => ({ ...link, device: presence(config) }),
  }
}
