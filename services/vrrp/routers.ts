import type { VrrpInstance } from '#schemas/config.ts'
import { instanceIdentity } from '#schemas/names.ts'
import type { LinkEvent, LinkTargets, OpenLinkWatch } from './ports.ts'
import { createRouter, type RouterPorts, type VirtualRouter } from './router.ts'

/** All virtual routers of this node. */
export interface Routers {
  /** Brings the routers to this configuration; those that are the same in it go on untouched. @throws HaError NETLINK */
  apply(instances: readonly VrrpInstance[]): void
  /** services/ipvs showed that it lives. */
  ipvsAlive(): void
  stop(): void
}

export function createRouters(ports: Omit<RouterPorts, 'drainLinks'>, openLinkWatch: OpenLinkWatch): Routers {
  const routers = new Map<string, VirtualRouter>()
  const links = openLinkWatch(onLink)
  const { clock } = ports

  function onLink(event: LinkEvent): void {
    for (const router of routers.values()) tell(router, event)
  }

  function tell(router: VirtualRouter, event: LinkEvent): void {
    const { config } = router.state()
    switch (event.type) {
      case 'LinkChanged':
        if (event.link.interface === config.interface) router.link(event.link)
        return
      case 'LinkGone':
        if (event.interface === config.interface) router.link(null)
        return
      case 'AddressPresent':
      case 'AddressGone': {
        const { interface: device, ...rest } = event
        const virtual = [...config.addresses, ...config.excludedAddresses]
        const own = virtual.some((vip) => vip.address === event.address && vip.device === device)
        if (own) router.dispatch({ ...rest, at: clock.now() })
      }
    }
  }

  return {
    apply(instances) {
      const wanted = new Map(instances.map((config) => [instanceIdentity(config), config]))
      for (const [identity, router] of routers) {
        if (wanted.has(identity)) continue
        router.stop()
        routers.delete(identity)
      }
      for (const [identity, config] of wanted) {
        const router = routers.get(identity)
        if (router !== undefined) router.reconfigure(config)
        else routers.set(identity, createRouter(config, { ...ports, drainLinks: () => links.drain() }))
      }
      links.watch(targetsOf(instances))
      // New ones have been told their interface and addresses by now; for the others this says nothing.
      for (const router of routers.values()) router.dispatch({ type: 'Started', at: clock.now() })
    },
    ipvsAlive() {
      for (const router of routers.values()) router.dispatch({ type: 'IpvsAlive', at: clock.now() })
    },
    stop() {
      for (const router of routers.values()) router.stop()
      routers.clear()
      links.close()
    },
  }
}

function targetsOf(instances: readonly VrrpInstance[]): LinkTargets {
  const vips = instances.flatMap(({ addresses, excludedAddresses }) => [...addresses, ...excludedAddresses])
  return {
    interfaces: [...new Set(instances.map((config) => config.interface))],
    addresses: vips.map(({ device, address }) => ({ interface: device, address })),
  }
}
