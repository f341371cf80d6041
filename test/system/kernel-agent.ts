/** Runs inside a namespace and drives the kernel adapters on behalf of kernel.test.ts: calls come in over IPC. */
import { systemClock } from '#platform/clock.ts'
import { dropPrivileges } from '#platform/native/privileges.ts'
import { monitorAddresses, openRoute } from '#platform/netlink/route.ts'
import type { VipAddress } from '#schemas/config.ts'
import { kernelAddresses } from '../../services/ipvs/adapters/addresses.ts'
import { kernelAdvertSight } from '../../services/ipvs/adapters/advert-sight.ts'
import { kernelAnnouncer } from '../../services/ipvs/adapters/announcer.ts'
import { kernelSecondaries } from '../../services/ipvs/adapters/secondaries.ts'
import { openPulse } from '../../services/vrrp/adapters/advert-pulse.ts'
import { advertSockets } from '../../services/vrrp/adapters/advert-socket.ts'
import { openLinkWatch } from '../../services/vrrp/adapters/link-watch.ts'
import type { AdvertSocket, AdvertSocketOptions, LinkTargets } from '../../services/vrrp/ports.ts'

const clock = systemClock()
const addresses = kernelAddresses({ clock })
const announcer = kernelAnnouncer({ clock, onFailure: ({ error }) => tell('unannounced', error.code) })
const secondaries = kernelSecondaries()
const openAdverts = advertSockets({ clock })
const sight = kernelAdvertSight({ clock }, (seen) => tell('seen', seen))
const links = openLinkWatch((event) => tell('link', event))
let group = ''
let adverts: AdvertSocket | null = null

const calls = {
  add: (vips: VipAddress[], lifetimeMs: number) =>
    timed(() => addresses.add(vips, lifetimeMs).map(({ result }) => result)),
  refresh: (vips: VipAddress[], lifetimeMs: number, inMs: number) =>
    addresses.refresh(vips, lifetimeMs, clock.now() + inMs).map(({ result }) => result),
  remove: (vips: VipAddress[]) => addresses.remove(vips).map(({ result }) => result),
  list: (device: string) => addresses.list(device),
  promote: (devices: string[]) => secondaries.promote(devices).map(({ device }) => device),
  watchAddresses: () => void addresses.watch((change) => tell('address', change)),
  announce: (vips: VipAddress[], repeat: number) => {
    const { value, tookMs } = timed(() =>
      announcer.announce({ instance: 'VI_1', addresses: vips, repeat, deadline: Number.POSITIVE_INFINITY }),
    )
    return { sent: value.sent, failed: value.failures.map(({ error }) => error.code), tookMs }
  },
  sight: (interfaces: string[]) => sight.watch(interfaces),
  links: (targets: LinkTargets) => links.watch(targets),
  openAdverts(options: AdvertSocketOptions) {
    adverts?.close()
    group = options.group ?? ''
    adverts = openAdverts(options, ({ payload, ...rest }) =>
      tell('advert', { ...rest, payload: payload.toString('hex') }),
    )
  },
  sendAdvert: (hex: string, destination = group) => adverts?.send(Buffer.from(hex, 'hex'), destination),
  pulse: (hex: string, router: { index: number; family: 4 | 6 }) => openPulse().send(Buffer.from(hex, 'hex'), router),
  /** Blocks the event loop until the socket has delivered: nothing but drain can do it. */
  drainWithin(ms: number) {
    const until = clock.now() + ms
    while (clock.now() < until) adverts?.drain()
  },
  /** What is read after it has left long before. */
  sendThenBlock(hex: string, ms: number) {
    adverts?.send(Buffer.from(hex, 'hex'), group)
    const until = clock.now() + ms
    while (clock.now() < until);
  },
  drop: (uid: number, capabilities: string[]) => dropPrivileges({ uid, gid: uid, capabilities }),
  overrun: (device: string, count: number) => overrun(device, count),
}

/** Makes more events than the monitor has room for, without a turn of the event loop in between. */
function overrun(device: string, count: number): void {
  const route = openRoute()
  const index = route.link(device)?.index ?? 0
  const entry = {
    index,
    prefix: 32,
    scope: 0,
    flags: 0,
    validS: 60,
    preferredS: 60,
    broadcast: null,
    label: null,
    peer: null,
    protocol: 0,
  }
  let after = 0
  const monitor = monitorAddresses(
    {
      onAddresses: (all, lost) => tell('listed', { count: all.filter(({ prefix }) => prefix === 32).length, lost }),
      onAddress: ({ address }) => tell('after', { address, nth: ++after }),
    },
    2_304,
  )
  monitor.resync()
  route.addAddresses(Array.from({ length: count }, (_, at) => ({ ...entry, address: `10.200.${at >> 8}.${at & 255}` })))
  // Once it has recovered, events come again.
  setTimeout(() => route.addAddresses([{ ...entry, address: '10.201.0.1' }]), 100)
}

function timed<Value>(call: () => Value): { value: Value; tookMs: number; at: number } {
  const begun = clock.now()
  const value = call()
  return { value, tookMs: clock.now() - begun, at: begun }
}

function tell(name: string, data: unknown): void {
  process.send?.({ event: name, data, at: clock.now() })
}

process.on('message', ({ id, call, args }: { id: number; call: keyof typeof calls; args: never[] }) => {
  try {
    const run: (...args: never[]) => unknown = calls[call]
    process.send?.({ id, result: run(...args) ?? null })
  } catch (cause) {
    process.send?.({
      id,
      error: cause instanceof Error ? `${'code' in cause ? cause.code : ''} ${cause.message}` : 'failed',
    })
  }
})
process.on('disconnect', () => process.exit())
tell('ready', null)
