/** A small valid configuration for the tests of ipvs. */
import type { Config, RealServer, VipAddress, VirtualServer, VrrpInstance } from '#schemas/config.ts'

export const VIP = '192.168.105.211'
export const VIP_NAME = `${VIP}/32`
export const SERVICE = `${VIP}:80/tcp`
export const WEB1 = '192.168.105.203:80'
export const WEB2 = '192.168.105.204:80'

export function vip(address = VIP, device = 'eth0'): VipAddress {
  return { address, prefix: 32, family: 4, device, label: null, broadcast: null, scope: 0 }
}

export function instance(change: Partial<VrrpInstance> = {}): VrrpInstance {
  return {
    name: 'VI_1',
    initialState: 'MASTER',
    interface: 'eth0',
    virtualRouterId: 51,
    priority: 150,
    version: 2,
    advertIntervalMs: 1_000,
    authentication: { type: 'none' },
    preempt: true,
    preemptDelayMs: 0,
    lowerPriorityAdvert: false,
    higherPriorityAdvert: false,
    sourceAddress: null,
    multicastGroup: '224.0.0.18',
    addresses: [vip()],
    excludedAddresses: [],
    announcement: {
      repeat: 5,
      delayMs: 5_000,
      refreshMs: 0,
      refreshRepeat: 1,
      lowerPriorityRepeat: 5,
      lowerPriorityDelayMs: 5_000,
    },
    leaseMs: 3_000,
    notify: { master: null, backup: null, fault: null, stop: null, any: null },
    smtpAlert: false,
    ...change,
  }
}

export function realServer(address: string, change: Partial<RealServer> = {}): RealServer {
  return {
    address,
    port: 80,
    weight: 1,
    inhibitOnFailure: false,
    checks: [
      {
        type: 'TCP_CHECK',
        connectAddress: address,
        connectPort: 80,
        bindAddress: null,
        connectTimeoutMs: 3_000,
        delayLoopMs: 6_000,
        retry: 0,
        delayBeforeRetryMs: 0,
        warmupMs: 0,
      },
    ],
    notifyUp: null,
    notifyDown: null,
    smtpAlert: false,
    ...change,
  }
}

export function virtualServer(change: Partial<VirtualServer> = {}): VirtualServer {
  return {
    address: VIP,
    port: 80,
    family: 4,
    protocol: 'TCP',
    scheduler: 'rr',
    forwarding: 'DR',
    persistenceTimeoutS: null,
    realServers: [realServer('192.168.105.203'), realServer('192.168.105.204')],
    ...change,
  }
}

export function config(change: Partial<Config> = {}): Config {
  return {
    routerId: 'director',
    site: null,
    mail: { recipients: [], from: 'a@b', server: null, connectTimeoutMs: 1_000, heloName: null },
    scriptUser: null,
    scriptSecurity: false,
    instances: [instance()],
    virtualServers: [virtualServer()],
    ...change,
  }
}
