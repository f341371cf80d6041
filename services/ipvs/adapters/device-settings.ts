/**
 * What the kernel has to be told beside the devices themselves. By default it answers for any of its addresses on any
 * interface: an address of a macvlan would be had twice, with the virtual hardware address and with that of the
 * interface below it, and the address of that interface with the virtual one.
 */
import { HaError } from '#platform/errors.ts'
import type { Refusal } from '../ports.ts'
import type { Marks } from './device-marks.ts'
import { type KernelSetting, readSetting, settingName, writeSetting } from './kernel-settings.ts'

/** arp_ignore: answer for addresses of this very interface only. */
const OWN_ONLY = '1'

/** Of a device of ours. Its addresses are reached from a network whose routes lead to the interface below. */
const SETTINGS: readonly Readonly<Omit<KernelSetting, 'device'> & { value: string }>[] = [
  { family: 4, key: 'arp_ignore', value: OWN_ONLY },
  { family: 4, key: 'arp_filter', value: '0' },
  { family: 4, key: 'accept_local', value: '1' },
  // The lease of one address must not take along those that share its subnet.
  { family: 4, key: 'promote_secondaries', value: '1' },
  // 1 is none: no address is derived from the virtual hardware address (RFC 9568 7.4), neither link-local nor other.
  { family: 6, key: 'addr_gen_mode', value: '1' },
  { family: 6, key: 'accept_ra', value: '0' },
  { family: 6, key: 'autoconf', value: '0' },
]

export function settleSettings(device: string): Refusal[] {
  const loose = { family: 4, key: 'rp_filter', value: reversePathFilter() } as const
  return [...SETTINGS, loose].flatMap(({ value, ...setting }) => attempt({ ...setting, device }, value))
}

/** The stricter one of the interface's and this one is in force, and 2 (loose) counts as stricter than 1 (strict). */
function reversePathFilter(): '0' | '2' {
  return readSetting({ family: 4, device: 'all', key: 'rp_filter' }) === '1' ? '2' : '0'
}

/** Interfaces with devices of ours on them answer for their own addresses only. */
export function answerOnlyForOwn(interfaces: ReadonlySet<string>): Refusal[] {
  return [...interfaces].flatMap((device) => {
    const setting = { family: 4, device, key: 'arp_ignore' } as const
    return readSetting(setting) === '0' ? attempt(setting, OWN_ONLY) : []
  })
}

/** As it was before us, unless somebody has changed it since. */
export function restoreAnswers(interfaces: readonly string[], marks: Marks): Refusal[] {
  return interfaces.flatMap((device) => {
    const setting = { family: 4, device, key: 'arp_ignore' } as const
    const before = marks.before(device)
    return before === '0' && readSetting(setting) === OWN_ONLY ? attempt(setting, before) : []
  })
}

function attempt(setting: KernelSetting, value: string): Refusal[] {
  try {
    writeSetting(setting, value)
    return []
  } catch (cause) {
    if (!(cause instanceof HaError)) throw cause
    return [{ entity: settingName(setting), error: cause }]
  }
}
