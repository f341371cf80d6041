import { isErrno } from '../errors.ts'
import { addon, check, errnoError } from './addon.ts'

/**
 * Calls `onExit` once when a process has ended that need not be a child: a supervisor that was restarted watches the
 * children of the one before it. It is called soon, never at once, when there is no such process. No exit status is
 * to be had that way. The watch keeps this process alive until it ends or is closed.
 *
 * @throws an errno error; ENOSYS before Linux 5.3
 */
export function watchExit(pid: number, onExit: () => void): { close(): void } {
  const fd = openPidfd(pid)
  if (fd === null) {
    const soon = setImmediate(onExit)
    return { close: () => clearImmediate(soon) }
  }
  return watchPidfd(fd, onExit)
}

function watchPidfd(fd: number, onExit: () => void): { close(): void } {
  let open = true
  // With a batch of 0 nothing is read: the callback comes once, when the descriptor is readable.
  const handle = addon.watch(fd, 0, 0, 0, () => {
    close()
    onExit()
  })
  if (typeof handle === 'number') {
    addon.close(fd)
    throw errnoError('poll', handle)
  }
  function close(): void {
    if (!open || typeof handle === 'number') return
    open = false
    addon.unwatch(handle)
    addon.close(fd)
  }
  return { close }
}

function openPidfd(pid: number): number | null {
  try {
    return check('pidfd_open', addon.pidfdOpen(pid))
  } catch (cause) {
    if (isErrno(cause, 'ESRCH')) return null
    throw cause
  }
}
