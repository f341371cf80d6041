/** use_vmac, use_ipvlan, use_vmac_addr, and use_vmac of single addresses: devices on top of interfaces. */
import type { VipAddress, VrrpInstance } from '#schemas/config.ts'
import type { VirtualDevice } from '#schemas/devices.ts'
import { wordPosition } from '../language/text.ts'
import { hasSetting, type Setting, settingOf } from '../statements/block.ts'
import type { Entry } from '../statements/entries.ts'
import type { Reading } from './vrrp-reading.ts'

/** Longest name of an interface (IFNAMSIZ - 1). */
const LONGEST_NAME = 15

/** The virtual router the devices are for. */
export interface DeviceOwner {
  interface: string
  virtualRouterId: number
  family: 4 | 6
}

export interface Devices extends Pick<VrrpInstance, 'device' | 'advertsFromInterface' | 'addressDevices'> {
  /** Puts an address that has been read where it belongs; those without `dev` are on the interface until then. */
  place(address: VipAddress, entry: Entry): void
}

/**
 * As keepalived 2.2.7 does it (measured): addresses of the instance's family are on its device; the others only with
 * use_vmac or use_vmac_addr, then on a macvlan with the hardware address of their family.
 */
export function readDevices(reading: Reading, owner: DeviceOwner): Devices {
  const { block, deviceNames } = reading
  const chosen = chosenAddress(reading, owner.virtualRouterId)
  const device = hasSetting(block, 'use_vmac') ? readVmac(reading, owner, chosen) : readIpvlan(reading, owner)
  const everywhere = hasSetting(block, 'use_vmac_addr')
  const addressDevices: VirtualDevice[] = []

  function onMacvlan(parent: string, family: 4 | 6): string {
    const hardwareAddress = chosen ?? virtualHardwareAddress(family, owner.virtualRouterId)
    const known = [device, ...addressDevices].find(
      (each) => each?.type === 'macvlan' && each.parent === parent && each.hardwareAddress === hardwareAddress,
    )
    if (known !== null && known !== undefined) return known.name
    const prefix = `${reading.defaults.addressDevicePrefix}${family === 6 ? '6' : ''}`
    const name = freeName(prefix, owner.virtualRouterId, deviceNames)
    addressDevices.push({ type: 'macvlan', name, parent, hardwareAddress, group: null })
    return name
  }

  return {
    device,
    advertsFromInterface: hasSetting(block, 'vmac_xmit_base'),
    addressDevices,
    place(address, { uses }) {
      const named = uses.some(({ keyword }) => keyword.key === 'dev')
      const wanted = uses.some(({ keyword }) => keyword.key === 'use_vmac')
      const usual = !named && (address.family === owner.family || device?.type === 'ipvlan')
      if (usual && device !== null) address.device = device.name
      else if (wanted || (everywhere && (named || !usual))) address.device = onMacvlan(address.device, address.family)
    },
  }
}

/** RFC 9568 7.3. */
export function virtualHardwareAddress(family: 4 | 6, virtualRouterId: number): string {
  return `00:00:5e:00:${family === 4 ? '01' : '02'}:${virtualRouterId.toString(16).padStart(2, '0')}`
}

function readVmac(reading: Reading, owner: DeviceOwner, chosen: string | null): VirtualDevice | null {
  const setting = settingOf(reading.block, 'use_vmac')
  if (setting === undefined) return null
  const { interface: parent, virtualRouterId, family } = owner
  const hardwareAddress = chosen ?? virtualHardwareAddress(family, virtualRouterId)
  const name = deviceName(reading, setting, owner)
  return { type: 'macvlan', name, parent, hardwareAddress, group: groupOf(reading, setting) }
}

function readIpvlan(reading: Reading, owner: DeviceOwner): VirtualDevice | null {
  const setting = settingOf(reading.block, 'use_ipvlan')
  if (setting === undefined) return null
  const words = setting.values.map(String)
  const text = words.find((word) => /^[\da-f.:]+\/\d+$/i.test(word))
  const [address = '', prefix] = text?.split('/') ?? []
  const mode = words.find((word) => word === 'private' || word === 'vepa') ?? 'bridge'
  return {
    type: 'ipvlan',
    name: deviceName(reading, setting, owner),
    parent: owner.interface,
    mode: mode === 'private' || mode === 'vepa' ? mode : 'bridge',
    address: text === undefined ? null : { address, prefix: Number(prefix) },
    group: groupOf(reading, setting),
  }
}

/** An ipvlan without an address of its own has nothing that IPv4 adverts could come from. */
export function lacksAddress({ device }: Pick<Devices, 'device'>, family: 4 | 6): boolean {
  return device?.type === 'ipvlan' && device.address === null && family === 4
}

/**
 * The kernel has room for one macvlan of a hardware address on an interface. Returns who has it already, or null; then
 * the instance is noted in `places`.
 */
export function sharedDevice(instance: VrrpInstance, places: Map<string, string>): string | null {
  const macvlans = macvlansOf(instance)
  const shared = macvlans.find((each) => places.has(placeOf(each)))
  if (shared === undefined) {
    for (const each of macvlans) places.set(placeOf(each), instance.name)
    return null
  }
  const other = places.get(placeOf(shared))
  return `has a device on ${shared.parent} with ${shared.hardwareAddress}, and so does ${other}`
}

function macvlansOf({ device, addressDevices }: VrrpInstance): Extract<VirtualDevice, { type: 'macvlan' }>[] {
  return [device, ...addressDevices].filter((each) => each?.type === 'macvlan')
}

function placeOf({ parent, hardwareAddress }: { parent: string; hardwareAddress: string }): string {
  return `${parent} ${hardwareAddress}`
}

/** The hardware address that use_vmac names; null where it names none that can be used, which is reported. */
function chosenAddress(reading: Reading, virtualRouterId: number): string | null {
  const setting = settingOf(reading.block, 'use_vmac')
  const written = setting?.values.map(String).find((value) => /^[\da-f]{1,2}(:[\da-f]{1,2}){4,5}$/i.test(value))
  if (setting === undefined || written === undefined) return null
  const octets = written.toLowerCase().split(':')
  if (octets.length === 5) octets.push(virtualRouterId.toString(16))
  const address = octets.map((octet) => octet.padStart(2, '0')).join(':')
  // Of many stations at once: checks/devices.ts has said so.
  if (Number.parseInt(octets[0] ?? '', 16) % 2 === 1) return null
  if (!/^00:00:5e:00:0[12]:/.test(address)) return address
  const { block, name, findings } = reading
  const word = setting.statement.args.find(({ value }) => value === written) ?? setting.statement.keyword
  const message = `${name}: use_vmac: ${written} is in the range that VRRP has for itself; it is not used`
  const hint = 'leave it out to have the one of the virtual_router_id'
  if (!block.refused) findings.error({ code: 'INVALID', at: wordPosition(word), keyword: 'use_vmac', message, hint })
  return null
}

/** The one that is written, or the prefix and the number of the virtual router. */
function deviceName(reading: Reading, setting: Setting, owner: DeviceOwner): string {
  const { block, deviceNames: names, defaults, name, findings } = reading
  const { virtualRouterId, family } = owner
  const first = setting.options.get('name') ?? setting.values[0]
  const written = typeof first === 'string' && !/[:/]/.test(first) && !MODES.has(first) ? first : null
  if (written === null) return familyName(defaults.devicePrefix, virtualRouterId, family, names)
  if (!names.has(written)) {
    names.add(written)
    return written
  }
  const instead = familyName(defaults.devicePrefix, virtualRouterId, family, names)
  const keyword = setting.keyword.name
  const message = `${name}: ${keyword}: ${written} is a device of another instance already; ${instead} is used`
  if (!block.refused)
    findings.error({ code: 'REPEATED', at: wordPosition(setting.statement.keyword), keyword, message })
  return instead
}

const MODES: ReadonlySet<string> = new Set(['bridge', 'private', 'vepa'])

/** `vrrp.51`; where that is taken, `vrrp6.51` for IPv6. */
function familyName(prefix: string, virtualRouterId: number, family: 4 | 6, names: Set<string>): string {
  const taken = names.has(nameFrom(prefix, virtualRouterId))
  return freeName(taken && family === 6 ? `${prefix}6` : prefix, virtualRouterId, names)
}

/** `vrrp.51`, else `vrrp1.51` and so on; it is taken then. */
function freeName(prefix: string, virtualRouterId: number, names: Set<string>): string {
  let name = nameFrom(prefix, virtualRouterId)
  for (let number = 1; names.has(name); number += 1) name = nameFrom(`${prefix}${number}`, virtualRouterId)
  names.add(name)
  return name
}

/** The number is what tells devices apart: of a prefix that is too long the end is left out. */
function nameFrom(prefix: string, virtualRouterId: number): string {
  const end = `.${virtualRouterId}`
  return `${prefix.slice(0, LONGEST_NAME - end.length)}${end}`
}

/** null: that of the parent. Names stand in a file of the machine, which is not read. */
function groupOf({ block, name, findings }: Reading, setting: Setting): number | null {
  const written = setting.options.get('group')
  if (written === undefined) return null
  const text = String(written)
  if (text === 'default') return 0
  if (/^\d+$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text)
  const keyword = setting.keyword.name
  const message = `${name}: ${keyword}: group ${text} is not a number; the group of the interface is used`
  const hint = 'names of groups are in /etc/iproute2/group: write the number that stands there'
  if (!block.refused)
    findings.error({ code: 'INVALID', at: wordPosition(setting.statement.keyword), keyword, message, hint })
  return null
}
