/** Parts of a valid configuration that tests of several services begin with. */
import type { Check, Config, RealServer, VipAddress, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import type { Route, Rule } from '#schemas/routing.ts'
import type { Trackers } from '#schemas/tracking.ts'

export function exampleVip(address: string, device = 'eth0'): VipAddress {
  return {
    ...{ address, prefix: 32, family: 4, device, label: null, broadcast: null, scope: 0, peer: null },
    ...{ preferredLifetimeS: null, duplicateDetection: false, homeAddress: false, temporaryAddresses: false },
    ...{ noPrefixRoute: false, autojoin: false, noTrack: false },
  }
}

/** A unicast route of keepalived's protocol in the table main, which is put back. */
export function exampleRoute(destination: string, via: string | null, device: string | null): Route {
  return {
    ...{ family: 4, type: 'unicast', destination, table: 254, metric: 0, tos: 0, protocol: 18, scope: 0 },
    ...{ source: null, from: null, metrics: [], congestionControl: null, explicitCongestion: false, expiresS: null },
    nextHops: [{ via, device, weight: 1, onlink: false, encapsulation: null, realms: null }],
    ...{ preference: null, ttlPropagate: null, placing: 'prepend', tracked: true },
  }
}

/** Packets from this subnet look in this table. */
export function exampleRule(priority: number, from: string, table: number): Rule {
  return {
    ...{ family: 4, priority, action: { type: 'table', table }, inverted: false, from, to: null, inputDevice: null },
    ...{ outputDevice: null, tos: 0, mark: null, ipProtocol: null, sourcePorts: null, destinationPorts: null },
    ...{ users: null, tunnelId: null, realms: null, suppressPrefixLength: null, suppressGroup: null },
    ...{ protocol: 18, tracked: true },
  }
}

/** VRRPv2 on eth0, VRID 51, priority 100, one second, one VIP, no scripts and no mail. */
export function exampleInstance(change: Partial<VrrpInstance> = {}): VrrpInstance {
  return {
    name: 'VI_1',
    initialState: 'BACKUP',
    interface: 'eth0',
    device: null,
    advertsFromInterface: false,
    addressDevices: [],
    virtualRouterId: 51,
    priority: 100,
    version: 2,
    advertIntervalMs: 1_000,
    authentication: { type: 'none' },
    hmac: null,
    preempt: true,
    preemptDelayMs: 0,
    downTimerAdverts: 3,
    stallPriority: null,
    lowerPriorityAdvert: true,
    higherPriorityAdvert: false,
    ownerIgnoresAdverts: false,
    acceptsTraffic: true,
    sourceAddress: null,
    multicastGroup: '224.0.0.18',
    unicast: null,
    checksum: 'pseudo-header',
    skipKnownAddresses: false,
    addresses: [exampleVip('192.0.2.100')],
    excludedAddresses: [],
    accept: true,
    promoteSecondaries: false,
    ...{ routes: [], rules: [] },
    announcement: {
      repeat: 5,
      delayMs: 5_000,
      refreshMs: 0,
      refreshRepeat: 1,
      lowerPriorityRepeat: 5,
      lowerPriorityDelayMs: 5_000,
      extra: null,
    },
    fastDetection: null,
    flapDamping: null,
    leaseMs: 3_000,
    trackPrimary: true,
    tracked: [],
    notify: { master: null, backup: null, fault: null, stop: null, any: null },
    smtpAlert: false,
    ...change,
  }
}

/** A service with so many real servers on port 80, each with a TCP_CHECK. */
export function exampleServers(count: number): VirtualServer {
  return {
    ...{ address: '192.0.2.100', port: 80, family: 4, protocol: 'TCP', scheduler: 'rr', forwarding: 'DR' },
    persistenceTimeoutS: null,
    realServers: Array.from({ length: count }, (_, index) => exampleServer(`10.0.${index >> 8}.${index & 255}`)),
  }
}

function exampleServer(address: string): RealServer {
  const check: Check = {
    ...{ type: 'TCP_CHECK', connectAddress: address, connectPort: 80, bindAddress: null, connectTimeoutMs: 5_000 },
    ...{ delayLoopMs: 10_000, retry: 1, delayBeforeRetryMs: 1_000, warmupMs: 10_000 },
  }
  return {
    ...{ address, port: 80, weight: 1, inhibitOnFailure: false, checks: [check] },
    ...{ notifyUp: null, notifyDown: null, smtpAlert: false },
  }
}

export const NO_TRACKERS: Trackers = { linkDelays: [], scripts: [], files: [], processes: [], sessions: [] }

/** Nothing to do, no mail. */
export function exampleConfig(change: Partial<Config> = {}): Config {
  return {
    statics: { addresses: [], routes: [], rules: [] },
    ...{ routerId: 'node-1', site: null, scriptUser: null, scriptSecurity: false, netNamespace: null },
    ...{ startupDelayMs: 0, delayAfterBootMs: 0 },
    scriptUmask: 0o177,
    announcementPacing: { arpGapMs: 0, neighbourGapMs: 0, groups: [] },
    vipProbeMs: 0,
    eventBus: { maxAgeS: null, maxBytes: null },
    mail: {
      recipients: [],
      from: 'root@node-1',
      server: null,
      connectTimeoutMs: 30_000,
      heloName: null,
      silentFaults: false,
    },
    instances: [],
    trackers: NO_TRACKERS,
    syncGroups: [],
    virtualServers: [],
    ...change,
  }
}
