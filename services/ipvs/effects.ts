import type { Clock } from '#platform/clock-port.ts'
import { describeError, HaError } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import type { Cause } from '#schemas/envelope.ts'
import type { AddAddresses, Announce, Effect } from './core/effect.ts'
import type { Input } from './core/state.ts'
import { createDeviceEffects } from './device-effects.ts'
import type {
  Acceptance,
  Addresses,
  AddressOutcome,
  AdvertSight,
  AnnounceResult,
  Announcer,
  NeighbourSight,
  Routing,
  RoutingOutcome,
  Secondaries,
  VirtualDevices,
  VirtualServers,
} from './ports.ts'

export interface EffectPorts {
  addresses: Addresses
  announcer: Announcer
  sight: AdvertSight
  secondaries: Secondaries
  acceptance: Acceptance
  devices: VirtualDevices
  routing: Routing
  neighbours: NeighbourSight
  virtualServers: VirtualServers
  clock: Clock
  log: Log
  /** What came of an effect goes back with the cause of the effect. */
  dispatch(input: Input, cause: Cause | null): void
}

export interface Effects {
  act(effect: Effect, cause: Cause | null): void
  /** Resolves when the kernel has answered all that concerns the IPVS table. */
  settled(): Promise<void>
}

/**
 * Carries out what the core calls for. Addresses and announcements are synchronous, so that between an event and the
 * first gratuitous ARP no other work gets in; the IPVS table is written and read in order, one request at a time.
 */
export function createEffects(ports: EffectPorts): Effects {
  const {
    acceptance,
    addresses,
    announcer,
    neighbours,
    sight,
    secondaries,
    routing,
    virtualServers,
    clock,
    log,
    dispatch,
  } = ports
  const actOnDevices = createDeviceEffects(ports)
  let tail = Promise.resolve()

  function inOrder(work: () => Promise<void>, cause: Cause | null): void {
    tail = tail.then(work).catch((thrown: unknown) => {
      const code = thrown instanceof HaError ? thrown.code : 'KERNEL_IPVS'
      dispatch({ type: 'TableUnavailable', code, message: adviceFor(code, thrown), at: clock.now() }, cause)
    })
  }

  function addNow(write: AddAddresses): AddressOutcome[] {
    // Stopped and continued since the decision: somebody else may hold them by now.
    if (clock.now() > write.deadline) return write.addresses.map((address) => ({ address, result: 'too-late' }))
    return addresses.add(write.addresses, write.leaseMs)
  }

  function announceNow(announce: Announce): AnnounceResult {
    return clock.now() > announce.deadline ? { sent: 0, failures: [] } : announcer.announce(announce)
  }

  function refusePackets({ addresses: refused, check }: Extract<Effect, { type: 'RefusePackets' }>): HaError | null {
    try {
      if (check) acceptance.check()
      acceptance.refuse(refused)
      return null
    } catch (thrown) {
      if (thrown instanceof HaError) return thrown
      throw thrown
    }
  }

  /** As of addresses: what a stopped process wanted must not come after its time. */
  function addRoutingNow({ items, deadline }: Extract<Effect, { type: 'AddRouting' }>): RoutingOutcome[] {
    if (clock.now() > deadline) return items.map((item) => ({ item, result: 'too-late' }))
    return routing.add(items)
  }

  async function dump(effect: Extract<Effect, { type: 'DumpTable' }>, cause: Cause | null): Promise<void> {
    const services = await virtualServers.dump()
    dispatch({ ...effect, type: 'TableDumped', services, at: clock.now() }, cause)
  }

  async function writeTable(effect: Extract<Effect, { type: 'WriteTable' }>, cause: Cause | null): Promise<void> {
    const failures = await virtualServers.apply(effect.changes)
    dispatch({ ...effect, type: 'TableWritten', failures, at: clock.now() }, cause)
  }

  return {
    act(effect, cause) {
      switch (effect.type) {
        case 'AddAddresses': {
          const outcomes = addNow(effect)
          return dispatch({ type: 'AddressesWritten', write: effect, outcomes, at: clock.now() }, cause)
        }
        case 'RefreshAddresses': {
          const { instance, deadline: before } = effect
          const begun = clock.now()
          const outcomes = addresses.refresh(effect.addresses, effect.leaseMs, before)
          if (outcomes.every(({ result }) => result === 'refreshed')) announcer.keep(instance, begun + effect.leaseMs)
          return dispatch({ type: 'AddressesRefreshed', instance, before, outcomes, at: clock.now() }, cause)
        }
        case 'RemoveAddresses': {
          const { instance, reason } = effect
          announcer.cancel(instance, effect.addresses)
          const outcomes = addresses.remove(effect.addresses)
          if (reason === null) return log.debug({ outcomes }, 'tidied up after a loss')
          return dispatch({ type: 'AddressesCleared', instance, reason, outcomes, at: clock.now() }, cause)
        }
        case 'Announce': {
          const result = announceNow(effect)
          return dispatch({ type: 'AddressesAnnounced', announce: effect, result, at: clock.now() }, cause)
        }
        case 'ListAddresses': {
          const held = effect.devices.flatMap((device) => addresses.list(device))
          return dispatch({ type: 'AddressesListed', devices: effect.devices, held, at: clock.now() }, cause)
        }
        case 'WatchInterfaces':
          return sight.watch(effect.interfaces)
        case 'CancelAnnouncements':
          return announcer.cancel(effect.instance, effect.addresses)
        case 'RefusePackets':
          return dispatch({ type: 'PacketsRefused', error: refusePackets(effect), at: clock.now() }, cause)
        case 'WatchNeighbours':
          return neighbours.watch(effect.addresses)
        case 'AskForAddresses':
          return neighbours.ask(effect.addresses)
        case 'PaceAnnouncements':
          return announcer.pace(effect.pacing)
        case 'PromoteSecondaries': {
          const failures = secondaries.promote(effect.devices)
          if (failures.length > 0) dispatch({ type: 'SecondariesFailed', failures, at: clock.now() }, cause)
          return
        }
        case 'SettleDevices':
        case 'RaiseDevices':
        case 'LowerDevices':
          return actOnDevices(effect, cause)
        case 'AddRouting': {
          const outcomes = addRoutingNow(effect)
          return dispatch({ type: 'RoutingWritten', write: effect, outcomes, at: clock.now() }, cause)
        }
        case 'RemoveRouting': {
          const { owner, reason } = effect
          const outcomes = routing.remove(effect.items)
          return dispatch({ type: 'RoutingCleared', owner, reason, outcomes, at: clock.now() }, cause)
        }
        case 'DumpTable':
          return inOrder(() => dump(effect, cause), cause)
        case 'WriteTable':
          return inOrder(() => writeTable(effect, cause), cause)
        case 'WakeAt':
          clock.at(effect.when, () => dispatch({ type: 'TimePassed', at: clock.now() }, null))
      }
    },
    settled: () => tail,
  }
}

function adviceFor(code: string, thrown: unknown): string {
  if (code !== 'KERNEL_NO_IPVS') return describeError(thrown)
  return 'this kernel has no IP_VS: load it with `modprobe ip_vs`. Virtual servers are not balanced; VIPs work without it'
}
