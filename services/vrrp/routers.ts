import type { Millis } from '#platform/clock-port.ts'
import type { Config, VrrpInstance } from '#schemas/config.ts'
import { type CountReply, CountRequest, type VrrpReply } from '#schemas/control.ts'
import type { Cause } from '#schemas/envelope.ts'
import { instanceIdentity } from '#schemas/names.ts'
import { dampingState } from './core/damping.ts'
import type { State } from './core/state.ts'
import { type TrackerReport, trackerKey } from './core/tracking.ts'
import { createDeviceLinks } from './device-links.ts'
import { createGroups } from './groups.ts'
import { answerRequest } from './handovers.ts'
import type { LinkEvent, LinkState, LinkTargets, OpenLinkWatch } from './ports.ts'
import { createRouter, type RouterPorts, type VirtualRouter } from './router.ts'
import { reportOf } from './tracking/link-trackers.ts'
import { createSteadyLinks } from './tracking/steady-links.ts'
import { createBoard, type Noted } from './tracking/tracker-board.ts'

/** All virtual routers of this node. */
export interface Routers {
  /**
   * Brings the routers to this configuration; those that are the same in it go on untouched.
   *
   * @param notBefore when those that have not begun may take part; without it: at once
   * @throws HaError NETLINK
   */
  apply(config: RoutersConfig, notBefore?: Millis): void
  /** Somebody who watches what instances track says how it is; `cause`: see TrackerBoard. */
  report(report: TrackerReport, cause?: Cause): void
  /** What each of them knows now. */
  states(): State[]
  /** Answers what people's tools ask. */
  answer(request: unknown): VrrpReply | CountReply
  /** The log tells of a hand-over of this instance that is not over; `endsAt` null: until somebody ends it. */
  remember(instance: string, endsAt: Millis | null): void
  /** services/ipvs showed that it lives. */
  ipvsAlive(): void
  stop(): void
}

export type RoutersConfig = Pick<Config, 'instances' | 'syncGroups' | 'trackers'>

export function createRouters(ports: Omit<RouterPorts, 'drainLinks' | 'rest'>, openLinkWatch: OpenLinkWatch): Routers {
  const routers = new Map<string, VirtualRouter>()
  const { clock, publish, log, wires } = ports
  const groups = createGroups(ports)
  let applying = false
  const board = createBoard({ publish, log, tell: tellAll })
  const steady = createSteadyLinks(clock, onLink)
  const links = openLinkWatch(steady.take)
  const devices = createDeviceLinks()
  let trackedLinks: ReadonlySet<string> = new Set()

  function tellAll(noted: Noted): void {
    for (const router of routers.values()) router.track(noted)
  }

  function onLink(event: LinkEvent): void {
    const report = reportOf(event)
    if (trackedLinks.has(trackerKey(report))) board.report(report)
    devices.take(event)
    for (const router of routers.values()) tell(router, event)
  }

  /** The interface of a router, or the device that it has on it, is like this now. */
  function tellLink(router: VirtualRouter, link: LinkState | null): void {
    router.link(link && devices.fill(link, router.state().config))
  }

  /** It is switched on and off with each change of role, which is nothing to tell. */
  function tellDevice(router: VirtualRouter): void {
    const { link, config } = router.state()
    if (link !== null && devices.fill(link, config).device !== link.device) tellLink(router, link)
  }

  function tell(router: VirtualRouter, event: LinkEvent): void {
    const { config } = router.state()
    switch (event.type) {
      case 'LinkChanged':
        if (event.link.interface === config.interface) tellLink(router, event.link)
        else if (event.link.interface === config.device?.name) tellDevice(router)
        return
      case 'LinkGone':
        if (event.interface === config.interface) tellLink(router, null)
        else if (event.interface === config.device?.name) tellDevice(router)
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

  function create(config: VrrpInstance): VirtualRouter {
    const router = createRouter(config, {
      ...ports,
      publish(draft, cause) {
        const published = ports.publish(draft, cause)
        groups.published(published)
        return published
      },
      drainLinks: () => links.drain(),
      rest(group) {
        if (!applying) groups.look(group, router)
      },
    })
    return router
  }

  return {
    apply({ instances, syncGroups, trackers }, notBefore = 0) {
      // Groups look at their members when all of them know what there is to know.
      applying = true
      const tracked = instances.flatMap((instance) => instance.tracked)
      trackedLinks = new Set(tracked.map(trackerKey))
      board.keep(tracked)
      devices.keep(instances)
      steady.setDelays(trackers.linkDelays)
      const wanted = new Map(instances.map((config) => [instanceIdentity(config), config]))
      for (const [identity, router] of routers) {
        if (wanted.has(identity)) continue
        router.stop()
        routers.delete(identity)
      }
      for (const [identity, config] of wanted) {
        const router = routers.get(identity)
        if (router !== undefined) router.reconfigure(config)
        else routers.set(identity, create(config))
      }
      groups.apply(syncGroups, new Map([...routers.values()].map((router) => [router.state().config.name, router])))
      links.watch(targetsOf(instances))
      // New ones have been told their interface and addresses by now; for the others this says nothing.
      for (const router of routers.values()) {
        for (const each of router.state().config.tracked) {
          const noted = board.latest(each)
          if (noted !== undefined) router.track(noted)
        }
        router.dispatch({ type: 'Started', at: clock.now(), notBefore })
      }
      applying = false
      groups.look(null)
      for (const { name } of syncGroups) groups.look(name)
    },
    report: board.report,
    answer(request) {
      const all = [...routers.values()]
      if (!CountRequest.safeParse(request).success) return answerRequest(request, all, clock)
      const damping = all.flatMap((router) => dampingState(clock.now(), router.state()) ?? [])
      return { instances: all.map((router) => router.counts()), damping, unknown: wires.unknown() }
    },
    remember(instance, endsAt) {
      const router = [...routers.values()].find((each) => each.state().config.name === instance)
      router?.dispatch({ type: 'HandoverRemembered', at: clock.now(), endsAt })
    },
    states: () => [...routers.values()].map((router) => router.state()),
    ipvsAlive() {
      for (const router of routers.values()) router.dispatch({ type: 'IpvsAlive', at: clock.now() })
    },
    stop() {
      for (const router of routers.values()) router.stop()
      routers.clear()
      steady.close()
      links.close()
    },
  }
}

/** The device first: a router that is told of its interface can begin. */
function placesOf({ interface: name, device }: VrrpInstance): string[] {
  return device === null ? [name] : [device.name, name]
}

function targetsOf(instances: readonly VrrpInstance[]): LinkTargets {
  const vips = instances.flatMap(({ addresses, excludedAddresses }) => [...addresses, ...excludedAddresses])
  const tracked = instances.flatMap((instance) => instance.tracked)
  const interfaces = tracked.flatMap(({ kind, name }) => (kind === 'interface' ? [name] : []))
  return {
    interfaces: [...new Set([...instances.flatMap(placesOf), ...interfaces])],
    addresses: vips.map(({ device, address }) => ({ interface: device, address })),
    sources: instances.flatMap(({ interface: device, sourceAddress: address, tracked }) =>
      address !== null && tracked.some(({ kind }) => kind === 'address') ? [{ interface: device, address }] : [],
    ),
  }
}
