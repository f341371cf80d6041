import { closeSync, openSync } from 'node:fs'
import { HaError, isErrno } from '../errors.ts'
import { addon, check } from './addon.ts'

/** Where `ip netns add` leaves a name for each namespace. */
const NAMES = '/run/netns'

/** sched.h */
const CLONE_NEWNET = 0x4000_0000

/**
 * Enters a named network namespace (ip-netns(8)). What this thread opens and starts from now on is in it; what is open
 * stays where it was. To be called before anything else is started.
 *
 * @throws HaError NET_NAMESPACE: there is none of this name, or not allowed (CAP_SYS_ADMIN)
 */
export function enterNetNamespace(name: string): void {
  const fd = openNetNamespace(name)
  try {
    check('setns', addon.setns(fd, CLONE_NEWNET))
  } catch (cause) {
    throw new HaError('NET_NAMESPACE', `cannot enter the network namespace ${name}: only root may`, { cause })
  } finally {
    closeSync(fd)
  }
}

function openNetNamespace(name: string): number {
  try {
    return openSync(`${NAMES}/${name}`, 'r')
  } catch (cause) {
    const reason = isErrno(cause, 'ENOENT')
      ? `there is no network namespace ${name}: ip netns add ${name}`
      : String(cause)
    throw new HaError('NET_NAMESPACE', reason, { cause })
  }
}
