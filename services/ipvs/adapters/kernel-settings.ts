/** Settings of one interface below /proc/sys/net: CAP_NET_ADMIN may write them, root or not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { HaError, isErrno } from '#platform/errors.ts'

export interface KernelSetting {
  family: 4 | 6
  /** An interface, or `all`. */
  device: string
  key: string
}

/** `net.ipv4.conf.eth0.arp_ignore` */
export function settingName({ family, device, key }: KernelSetting): string {
  return `net.ipv${family}.conf.${device}.${key}`
}

/** null: there is no such setting: no such interface, or a kernel without IPv6. */
export function readSetting(setting: KernelSetting): string | null {
  try {
    return readFileSync(pathOf(setting), 'latin1').trim()
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw failure(setting, 'read', cause)
  }
}

/** Does nothing where there is no such setting. @throws HaError KERNEL_SYSCTL */
export function writeSetting(setting: KernelSetting, value: string): void {
  try {
    writeFileSync(pathOf(setting), value)
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw failure(setting, `set to ${value}`, cause)
  }
}

function pathOf({ family, device, key }: KernelSetting): string {
  return `/proc/sys/net/ipv${family}/conf/${device}/${key}`
}

function failure(setting: KernelSetting, what: string, cause: unknown): HaError {
  return new HaError('KERNEL_SYSCTL', `${settingName(setting)} cannot be ${what}`, { cause })
}
