import type { Config } from '#schemas/config.ts'
import type { Identity } from '#schemas/settings.ts'
import type { ProcessName } from '#schemas/supervisor.ts'

/**
 * Who each process runs as when failoverd is started as root. The ids belong to nobody: Debian and systemd leave
 * 65536 to 524287 unassigned, so no account has to be made and none is met by chance.
 */
const IDENTITIES: Record<ProcessName, Identity> = {
  'nats-server': { uid: 65_701, gid: 65_701, capabilities: [] },
  vrrp: { uid: 65_702, gid: 65_702, capabilities: ['CAP_NET_RAW'] },
  ipvs: { uid: 65_703, gid: 65_703, capabilities: ['CAP_NET_ADMIN', 'CAP_NET_RAW'] },
  checker: { uid: 65_704, gid: 65_704, capabilities: [] },
  // Notify scripts run under the account that the configuration names, root by default, as keepalived's do.
  notifier: { uid: 65_705, gid: 65_705, capabilities: ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'] },
}

/** null: the process stays what we are. */
export function identityOf(process: ProcessName, dropRights: boolean, config: Config | null): Identity | null {
  if (!dropRights) return null
  const identity = IDENTITIES[process]
  if (process !== 'vrrp' || config === null) return identity
  return { ...identity, capabilities: [...identity.capabilities, ...trackerCapabilities(config)] }
}

/** What vrrp needs for what its instances track, and has only with them. */
function trackerCapabilities({ trackers }: Config): string[] {
  return [
    // Each script runs under the account that the configuration names, and is ended there when it takes too long.
    ...(trackers.scripts.length > 0 ? ['CAP_SETUID', 'CAP_SETGID', 'CAP_KILL'] : []),
    // As keepalived, which reads tracked files as root.
    ...(trackers.files.length > 0 ? ['CAP_DAC_READ_SEARCH'] : []),
  ]
}
