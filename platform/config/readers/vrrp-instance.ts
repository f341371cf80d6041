/** vrrp_instance blocks. An instance that cannot work is left out, and the others go on without it. */
import type { VipAddress, VrrpInstance } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, boolOf, hasSetting, numberOf, settingOf, settingsOf } from '../statements/block.ts'
import { readAnnouncement } from './announcements.ts'
import { fastDetectionOf } from './fast-detection.ts'
import { flapDampingOf } from './flap-damping.ts'
import type { Defaults } from './global-defs.ts'
import type { RoutingConfig } from './routing.ts'
import { readTracked } from './tracking.ts'
import { familyOf, hasAddressLines, readAddresses } from './virtual-addresses.ts'
import { readAuthentication } from './vrrp-authentication.ts'
import { lacksAddress, readDevices, sharedDevice } from './vrrp-devices.ts'
import { isStrict, readElection, readState } from './vrrp-election.ts'
import { readEndpoints } from './vrrp-endpoints.ts'
import { readHmac } from './vrrp-hmac.ts'
import { readNotify } from './vrrp-notify.ts'
import { leaveOut, openingOf, type Reading, reportAbsent } from './vrrp-reading.ts'
import { readDevice } from './vrrp-unicast.ts'

export function readInstances(
  root: Block,
  defaults: Defaults,
  routingOf: RoutingConfig['ofInstance'],
  files: Reading['files'],
  findings: Findings,
): VrrpInstance[] {
  const instances: VrrpInstance[] = []
  const names = new Set<string>()
  const routers = new Map<string, VrrpInstance>()
  const deviceNames = new Set<string>()
  const hardware = new Map<string, string>()
  for (const block of blocksOf(root, 'vrrp_instance')) {
    const name = String(block.values[0] ?? '')
    const reading = { root, block, name, defaults, files, findings, deviceNames }
    if (names.has(name)) {
      leaveOut(reading, 'REPEATED', 'is already defined above')
      continue
    }
    names.add(name)
    const instance = readInstance(reading)
    // Read for what else is wrong with it.
    if (instance === null || block.refused || defaults.noInstances) continue
    const rival = routers.get(routerOf(instance))
    if (rival !== undefined) {
      const what = `virtual_router_id ${instance.virtualRouterId} on ${instance.interface}`
      leaveOut(reading, 'DUPLICATE_ROUTER', `uses ${what}, and so does ${rival.name}`)
      continue
    }
    const sharing = sharedDevice(instance, hardware)
    if (sharing !== null) {
      leaveOut(reading, 'DUPLICATE_ROUTER', sharing)
      continue
    }
    instances.push({ ...instance, ...routingOf(block) })
    routers.set(routerOf(instance), instance)
  }
  return instances
}

/** Two instances of the same router would take each other's adverts for those of another node. */
function routerOf({ interface: device, virtualRouterId, multicastGroup }: VrrpInstance): string {
  return `${device} ${virtualRouterId} ${multicastGroup}`
}

/** The instance with all defaults filled in, without its routes and rules; also if it is refused; null when it cannot work, which is reported. */
export function readInstance(reading: Reading): VrrpInstance | null {
  const { block, name, defaults } = reading
  const device = readDevice(reading)
  const virtualRouterId = numberOf(block, 'virtual_router_id')
  if (virtualRouterId === undefined) reportAbsent(reading, 'virtual_router_id', 'a number from 1 to 255')
  if (device === undefined || virtualRouterId === undefined) return null
  const devices = readDevices(reading, { interface: device, virtualRouterId, family: familyOf(block) })
  const { addresses, excludedAddresses, family } = readAddresses(reading, device, devices.place)
  const version = readVersion(reading, family)
  if (addresses.length === 0 && needsAddress(reading, version)) return null
  reportLinkLocal(reading, addresses[0])
  if (lacksAddress(devices, family)) {
    leaveOut(reading, 'INCOMPLETE', 'has use_ipvlan without an address', 'adverts over IPv4 are sent from it')
    return null
  }
  const priority = readPriority(block)
  const initialState = readState(reading, priority)
  const role = { initialState, priority, version }
  const advertIntervalMs = readAdvertInterval(reading, version)
  const endpoints = readEndpoints(reading, family, devices.device)
  const hmac = readHmac(reading, advertIntervalMs)
  if (hmac === undefined) return null
  return {
    name,
    initialState,
    interface: device,
    device: devices.device,
    // What goes to one router has that one's hardware address: checks/devices.ts says so.
    advertsFromInterface: devices.advertsFromInterface || endpoints.unicast !== null,
    addressDevices: devices.addressDevices,
    virtualRouterId,
    priority,
    version,
    advertIntervalMs,
    authentication: readAuthentication(reading, version),
    hmac,
    ...readElection(reading, role),
    ...endpoints,
    addresses,
    excludedAddresses,
    accept: readAccept(reading, role.priority),
    promoteSecondaries: hasSetting(block, 'promote_secondaries'),
    announcement: readAnnouncement(reading),
    ...{ routes: [], rules: [] },
    flapDamping: flapDampingOf(reading),
    fastDetection: fastDetectionOf(reading, advertIntervalMs),
    leaseMs: readLease(reading, advertIntervalMs),
    ...readTracked(reading.root, block, { interface: device, ...endpoints }),
    notify: readNotify(block),
    smtpAlert: boolOf(block, 'smtp_alert') ?? defaults.instanceMail,
  }
}

/** Whether the instance cannot do without an address, and is left out for want of one. */
function needsAddress(reading: Reading, version: 2 | 3): boolean {
  const { block } = reading
  const strict = isStrict(reading)
  if (!strict && (version === 2 || hasSetting(block, 'no_virtual_ipaddress'))) return false
  const why = version === 3 ? 'version 3 requires' : 'strict_mode requires'
  if (!hasAddressLines(block)) leaveOut(reading, 'NO_ADDRESS', `has no virtual_ipaddress, which ${why}`)
  return true
}

/** RFC 9568 5.2.9: the first address of an IPv6 router is the one that neighbours know as their gateway. */
function reportLinkLocal(reading: Reading, first: VipAddress | undefined): void {
  if (first?.family !== 6 || /^fe[89ab]/i.test(first.address) || !isStrict(reading)) return
  const { block, name, findings } = reading
  const keyword = 'virtual_ipaddress'
  const at = openingOf(blocksOf(block, keyword)[0] ?? block)
  const message = `${name}: strict_mode wants a link-local address (fe80::/10) in front of ${first.address}`
  findings.error({ code: 'STRICT', at, keyword, message, hint: 'it is used as it is' })
}

function readVersion(reading: Reading, family: 4 | 6): 2 | 3 {
  const { block, name, defaults, findings } = reading
  const written = settingOf(block, 'version')
  const version = written === undefined ? defaults.version : written.values[0] === '3' ? 3 : 2
  if (family === 4 || version === 3) return version
  if (written !== undefined) {
    const at = wordPosition(written.statement.keyword)
    findings.warning({
      code: 'VERSION',
      at,
      keyword: 'version',
      message: `${name}: IPv6 needs version 3, which is used`,
    })
  }
  return 3
}

function readPriority(block: Block): number {
  const states = settingsOf(block, 'state')
  const owner = states.some(({ values }) => values[0] === 'MASTER')
  const absent = !hasSetting(block, 'priority') && !block.damaged.has('priority')
  return numberOf(block, 'priority') ?? (owner && absent ? 255 : 100)
}

function readAdvertInterval({ block, name, findings }: Reading, version: 2 | 3): number {
  const written = settingOf(block, 'advert_int')
  const seconds = numberOf(block, 'advert_int') ?? 1
  const fitting = version === 3 ? Math.min(40.95, Math.round(seconds * 100) / 100) : Math.max(1, Math.round(seconds))
  if (fitting !== seconds && written !== undefined) {
    const limit = version === 3 ? 'hundredths of a second up to 40.95' : 'whole seconds'
    const message = `${name}: version ${version} counts advert_int in ${limit}; ${seconds} becomes ${fitting}`
    findings.warning({ code: 'ROUNDED', at: wordPosition(written.statement.keyword), keyword: 'advert_int', message })
  }
  return Math.round(fitting * 1000)
}

/** An owner accepts whatever else is said; the protocol alone would have nobody else accept anything. */
function readAccept(reading: Reading, priority: number): boolean {
  const { block } = reading
  if (priority === 255) return true
  return !hasSetting(block, 'no_accept') && (hasSetting(block, 'accept') || !isStrict(reading))
}

function readLease({ block, name, defaults, findings }: Reading, advertIntervalMs: number): number {
  const written = settingOf(block, 'vip_lease')
  const leaseS = numberOf(block, 'vip_lease') ?? defaults.vipLeaseS
  const usualMs = 3 * advertIntervalMs
  if (leaseS === null) return Math.max(2000, Math.ceil(usualMs / 1000) * 1000)
  if (leaseS * 1000 < usualMs) {
    // It is each advert seen to leave that extends the lease.
    const message = `${name}: vip_lease ${leaseS} is shorter than three advert intervals: a MASTER that is late with an advert loses its addresses`
    const at = written === undefined ? openingOf(block) : wordPosition(written.statement.keyword)
    const hint = `allowed without that: ${Math.ceil(usualMs / 1000)} seconds and more`
    findings.warning({ code: 'SHORT_LEASE', at, keyword: 'vip_lease', message, hint })
  }
  return leaseS * 1000
}
