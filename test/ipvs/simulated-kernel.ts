/** Twins of the kernel ports: addresses that expire by themselves, and an IPVS table. */
import type { Clock, Millis } from '#platform/clock-port.ts'
import { HaError } from '#platform/errors.ts'
import type { VipAddress } from '#schemas/config.ts'
import { applyChanges, describeChange } from '../../services/ipvs/core/compare.ts'
import { serviceName } from '../../services/ipvs/core/desired.ts'
import type {
  Acceptance,
  AddressChange,
  Addresses,
  AddressOutcome,
  Announcer,
  HeldAddress,
  KernelService,
  NeighbourSight,
  VirtualDevices,
  VirtualServers,
} from '../../services/ipvs/ports.ts'
import { type SimulatedDevices, simulatedDevices } from './simulated-devices.ts'

interface Entry {
  held: HeldAddress
  expiresAt: Millis
}

const REPORT_MS = 0.1

export interface SimulatedKernel {
  addresses: Addresses
  announcer: Announcer
  virtualServers: VirtualServers
  acceptance: Acceptance
  devices: VirtualDevices
  /** What the port for devices has done. */
  simulated: SimulatedDevices
  neighbours: NeighbourSight
  /** When other hosts were asked for how many addresses. */
  asked: { at: Millis; count: number }[]
  /** What was written, in words, in order. */
  writes: string[]
  /** Gratuitous ARPs: when, and how many. */
  announced: { at: Millis; sent: number }[]
  has(address: string): boolean
  /** Puts an address there behind everybody's back. */
  put(address: VipAddress, remainingMs: number | null): void
  /** Somebody else's `ip address del`. */
  take(address: VipAddress): void
  table: Record<string, KernelService>
  refuse: { nftables: string | null; addresses: boolean; ipvs: string | null; changes: (kind: string) => boolean }
}

/** @param lateMs how much later than its lease the kernel removes an address */
export function simulatedKernel(clock: Clock, lateMs: () => number = () => 30): SimulatedKernel {
  const entries = new Map<string, Entry>()
  let dropped = 'drop what is sent to'
  const listeners: ((change: AddressChange) => void)[] = []
  const nameOf = ({ address, device }: { address: string; device: string }) => `${address} ${device}`
  const refused = (address: VipAddress): AddressOutcome => ({
    address,
    result: 'failed',
    error: new HaError('KERNEL_ADDRESS', 'EPERM'),
  })

  function set(address: VipAddress, lifetimeMs: number | null): boolean {
    const { prefix, family, device } = address
    const expiresAt = lifetimeMs === null ? Number.POSITIVE_INFINITY : clock.now() + lifetimeMs + lateMs()
    const held = { address: address.address, prefix, family, device, remainingMs: lifetimeMs, ours: true }
    const before = entries.has(nameOf(address))
    entries.set(nameOf(address), { held, expiresAt })
    if (lifetimeMs !== null) clock.at(expiresAt, () => expire(nameOf(address)))
    report({ type: 'AddressPresent', held })
    return before
  }

  function expire(name: string): void {
    const entry = entries.get(name)
    if (entry === undefined || entry.expiresAt > clock.now()) return
    drop(name)
  }

  function drop(name: string): boolean {
    const entry = entries.get(name)
    entries.delete(name)
    if (entry === undefined) return false
    report({ type: 'AddressGone', held: entry.held })
    return true
  }

  /** As from the kernel, it comes when everybody has gone on with something else. */
  function report(change: AddressChange): void {
    clock.at(clock.now() + REPORT_MS, () => {
      for (const listener of listeners) listener(change)
    })
  }

  const writes: string[] = []
  const simulated = simulatedDevices(writes)
  const kernel: SimulatedKernel = {
    writes,
    simulated,
    devices: simulated.port,
    announced: [],
    asked: [],
    table: {},
    refuse: { nftables: null, addresses: false, ipvs: null, changes: () => false },
    has: (address) => [...entries.values()].some(({ held }) => held.address === address),
    put: (address, remainingMs) => void set(address, remainingMs),
    take: (address) => void drop(nameOf(address)),
    addresses: {
      add: (wanted, lifetimeMs) =>
        wanted.map((address) => {
          if (kernel.refuse.addresses) return refused(address)
          kernel.writes.push(`add ${address.address} for ${lifetimeMs}`)
          return { address, result: set(address, lifetimeMs) ? 'already-present' : 'added' }
        }),
      refresh: (wanted, lifetimeMs, deadline) =>
        wanted.map((address) => {
          if (clock.now() >= deadline) return { address, result: 'too-late' }
          if (kernel.refuse.addresses) return refused(address)
          kernel.writes.push(`refresh ${address.address}`)
          set(address, lifetimeMs)
          return { address, result: 'refreshed' }
        }),
      remove: (wanted) =>
        wanted.map((address) => {
          kernel.writes.push(`remove ${address.address}`)
          return { address, result: drop(nameOf(address)) ? 'removed' : 'gone' }
        }),
      list: (device) =>
        [...entries.values()]
          .filter(({ held }) => held.device === device)
          .map(({ held, expiresAt }) => ({
            ...held,
            remainingMs: held.remainingMs === null ? null : Math.ceil((expiresAt - clock.now()) / 1_000) * 1_000,
          })),
      watch(onChange) {
        listeners.push(onChange)
        return { close: () => void listeners.splice(listeners.indexOf(onChange), 1) }
      },
      close() {},
    },
    announcer: {
      announce({ addresses: wanted, repeat }) {
        const sent = wanted.length * repeat
        kernel.announced.push({ at: clock.now(), sent })
        return { sent, failures: [] }
      },
      keep() {},
      cancel() {},
      pace() {},
      close() {},
    },
    neighbours: {
      watch() {},
      ask: (addresses) => void kernel.asked.push({ at: clock.now(), count: addresses.length }),
      close() {},
    },
    acceptance: {
      refuse(addresses) {
        if (addresses.length > 0) kernel.acceptance.check()
        const words = `drop what is sent to ${addresses.map(({ address }) => address).join(' ')}`.trim()
        if (words !== dropped) kernel.writes.push(words)
        dropped = words
      },
      check() {
        if (kernel.refuse.nftables !== null) throw new HaError(kernel.refuse.nftables, 'no nf_tables')
      },
    },
    virtualServers: {
      async dump() {
        if (kernel.refuse.ipvs !== null) throw new HaError(kernel.refuse.ipvs, 'no such family')
        return structuredClone(Object.values(kernel.table))
      },
      async apply(changes) {
        const failed = changes.filter(({ kind }) => kernel.refuse.changes(kind))
        const done = changes.filter((change) => !failed.includes(change))
        for (const { kind, virtualServer, realServer, weight } of done.map(describeChange))
          kernel.writes.push([kind, virtualServer, realServer, weight].filter((part) => part !== null).join(' '))
        kernel.table = { ...applyChanges(kernel.table, done) }
        return failed.map((change) => ({ change, error: new HaError('KERNEL_IPVS', 'ENOENT: no such scheduler') }))
      },
      close() {},
    },
  }
  return kernel
}

export function tableOf(services: KernelService[]): Record<string, KernelService> {
  return Object.fromEntries(services.map((service) => [serviceName(service), service]))
}
