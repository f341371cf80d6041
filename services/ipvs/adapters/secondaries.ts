import { readFileSync, writeFileSync } from 'node:fs'
import { HaError } from '#platform/errors.ts'
import type { Secondaries } from '../ports.ts'

/**
 * net.ipv4.conf.DEV.promote_secondaries: with 0, the kernel's default, the secondary addresses of a subnet leave together
 * with its first one. Writable with CAP_NET_ADMIN alone.
 */
export function kernelSecondaries(): Secondaries {
  /** What was there before, by interface. */
  const before = new Map<string, string>()

  function set(device: string, value: string): HaError[] {
    const path = `/proc/sys/net/ipv4/conf/${device}/promote_secondaries`
    try {
      const found = readFileSync(path, 'latin1').trim()
      if (!before.has(device)) before.set(device, found)
      if (found !== value) writeFileSync(path, value)
      return []
    } catch (cause) {
      return [new HaError('KERNEL_SYSCTL', `cannot set promote_secondaries of ${device}`, { cause })]
    }
  }

  return {
    promote(devices) {
      const restored = [...before].filter(([device]) => !devices.includes(device))
      for (const [device, value] of restored) {
        // An interface that is gone has taken its setting along.
        set(device, value)
        before.delete(device)
      }
      return devices.flatMap((device) => set(device, '1').map((error) => ({ device, error })))
    },
  }
}
