/** A small valid configuration for the tests of ipvs. */
import type { Config, RealServer, VipAddress, VirtualServer, VrrpInstance } from '#schemas/config.ts'
import { exampleConfig, exampleInstance, exampleVip } from '../configuration.ts'

export const VIP = '192.168.105.211'
export const VIP_NAME = `${VIP}/32`
export const SERVICE = `${VIP}:80/tcp`
export const WEB1 = '192.168.105.203:80'
export const WEB2 = '192.168.105.204:80'

export function vip(address = VIP, device = 'eth0'): VipAddress {
  return exampleVip(address, device)
}

export function instance(change: Partial<VrrpInstance> = {}): VrrpInstance {
  return exampleInstance({ initialState: 'MASTER', priority: 150, addresses: [vip()], ...change })
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
  return exampleConfig({
    routerId: 'director',
    instances: [instance()],
    syncGroups: [],
    virtualServers: [virtualServer()],
    ...change,
  })
}
