import type { Identity } from '#schemas/settings.ts'
import { HaError } from '../errors.ts'
import { addon, check } from './addon.ts'

/** Bit numbers of capability.h: a name's place in this list. */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  'CHECKPOINT_RESTORE',
]

/**
 * Becomes another user for good and keeps only the named capabilities. User and groups change for all threads;
 * capabilities stay on the calling (main) thread alone, and programs it starts get none. Sockets that are open stay.
 *
 * @throws HaError PRIVILEGES: unknown capability, or not allowed
 */
export function dropPrivileges({ uid, gid, capabilities }: Identity): void {
  let mask = 0
  for (const name of capabilities) {
    const bit = CAPABILITIES.indexOf(name.replace(/^CAP_/, ''))
    if (bit < 0) throw new HaError('PRIVILEGES', `no such capability: ${name}`)
    mask += 2 ** bit
  }
  try {
    check('dropPrivileges', addon.dropPrivileges(uid, gid, mask))
  } catch (cause) {
    throw new HaError('PRIVILEGES', `cannot become user ${uid}, group ${gid}`, { cause })
  }
}
