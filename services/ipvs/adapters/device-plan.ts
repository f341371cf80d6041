/** What there is to do so that the kernel has these devices of ours, and no others. */
import { HaError } from '#platform/errors.ts'
import { type DeviceEntry, type DeviceInfo, modeOfEntry } from '#platform/netlink/device-messages.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import { deviceEntity } from '#schemas/names.ts'
import type { DeviceOutcome, Refusal } from '../ports.ts'
import { isOurs } from './device-marks.ts'

/** RFC 9568 7.3: whoever made such a macvlan, it was for a virtual router. */
const VIRTUAL_ROUTER = /^00005e000[12]/

export interface Placed {
  device: VirtualDevice
  parent: DeviceInfo
}

export interface DevicePlan {
  outcomes: DeviceOutcome[]
  refusals: Refusal[]
  doomed: string[]
  fresh: Placed[]
  /** Those that will be there: fresh or kept. */
  present: Placed[]
}

/** @param links every link there is */
export function planDevices(wanted: readonly VirtualDevice[], links: readonly DeviceInfo[], node: string): DevicePlan {
  const named = new Map(links.map((link) => [link.name, link]))
  const nameOf = new Map(links.map((link) => [link.index, link.name]))
  const wantedNames = new Set(wanted.map(({ name }) => name))
  const orphans = links.filter((link) => isOurs(link, node) && !wantedNames.has(link.name))
  const rivals = new Map(
    links
      .filter((link) => link.kind === 'macvlan' && !orphans.includes(link))
      .map((link) => [placeOf(link.parent, link.hardwareAddress), link.name]),
  )
  const plan: DevicePlan = {
    outcomes: orphans.map((orphan) => removal(orphan, nameOf.get(orphan.parent) ?? '')),
    refusals: [],
    doomed: orphans.map(({ name }) => name),
    fresh: [],
    present: [],
  }
  for (const device of wanted) {
    const parent = named.get(device.parent)
    const existing = named.get(device.name)
    if (parent === undefined) plan.outcomes.push(outcomeOf(device, 'waiting'))
    else if (existing !== undefined && isFitting(existing, device, parent)) {
      plan.present.push({ device, parent })
      plan.outcomes.push(outcomeOf(device, 'kept'))
    } else {
      const obstacle = obstacleOf(device, existing, rivals.get(placeOf(parent.index, bytesOf(device))), node)
      if (obstacle === null) make(plan, { device, parent }, existing)
      else plan.refusals.push({ entity: deviceEntity(device.name), error: new HaError('KERNEL_DEVICE', obstacle) })
    }
  }
  return plan
}

function make(plan: DevicePlan, placed: Placed, existing: DeviceInfo | undefined): void {
  plan.present.push(placed)
  plan.fresh.push(placed)
  if (existing !== undefined) plan.doomed.push(existing.name)
  plan.outcomes.push(outcomeOf(placed.device, existing === undefined ? 'made' : 'replaced'))
}

/** Why the device cannot be made; null: it can. `rival`: who has its hardware address on its interface. */
function obstacleOf(
  { name, parent }: VirtualDevice,
  existing: DeviceInfo | undefined,
  rival: string | undefined,
  node: string,
): string | null {
  if (existing !== undefined && !isReplaceable(existing, node)) {
    const kind = existing.kind === '' ? 'interface' : existing.kind
    return `there is another ${kind} called ${name}, and it is not ours: give the device another name`
  }
  if (rival === undefined || rival === name) return null
  return `${rival} has its hardware address on ${parent} already: remove that one`
}

function isFitting(existing: DeviceInfo, device: VirtualDevice, parent: DeviceInfo): boolean {
  const own = device.type === 'ipvlan' || existing.hardwareAddress.equals(bytesOf(device))
  const alike = existing.kind === device.type && existing.parent === parent.index
  return alike && own && existing.mode === modeOfEntry(device)
}

function isReplaceable(existing: DeviceInfo, node: string): boolean {
  const virtual = existing.kind === 'macvlan' && VIRTUAL_ROUTER.test(existing.hardwareAddress.toString('hex'))
  return virtual || isOurs(existing, node)
}

function placeOf(parent: number, hardwareAddress: Buffer): string {
  return `${parent} ${hardwareAddress.toString('hex')}`
}

/** What the kernel is asked for. */
export function entryOf({ device, parent }: Placed): DeviceEntry {
  const common = { name: device.name, parent: parent.index, group: device.group ?? parent.group }
  return device.type === 'macvlan'
    ? { ...common, type: device.type, hardwareAddress: bytesOf(device) }
    : { ...common, type: device.type, mode: device.mode }
}

/** Empty where the device has the hardware address of its interface. */
function bytesOf(device: VirtualDevice): Buffer {
  return device.type === 'macvlan' ? Buffer.from(device.hardwareAddress.replaceAll(':', ''), 'hex') : Buffer.alloc(0)
}

function outcomeOf(device: VirtualDevice, result: DeviceOutcome['result']): DeviceOutcome {
  const hardwareAddress = device.type === 'macvlan' ? device.hardwareAddress : null
  return { name: device.name, parent: device.parent, hardwareAddress, result }
}

function removal({ name, kind, hardwareAddress }: DeviceInfo, parent: string): DeviceOutcome {
  const octets = hardwareAddress.toString('hex').match(/../g) ?? []
  return { name, parent, hardwareAddress: kind === 'macvlan' ? octets.join(':') : null, result: 'removed' }
}
