/** Parts of a valid configuration that tests of several services begin with. */
import type { VipAddress, VrrpInstance } from '#schemas/config.ts'

export function exampleVip(address: string, device = 'eth0'): VipAddress {
  return { address, prefix: 32, family: 4, device, label: null, broadcast: null, scope: 0 }
}

/** VRRPv2 on eth0, VRID 51, priority 100, one second, one VIP, no scripts and no mail. */
export function exampleInstance(change: Partial<VrrpInstance> = {}): VrrpInstance {
  return {
    name: 'VI_1',
    initialState: 'BACKUP',
    interface: 'eth0',
    virtualRouterId: 51,
    priority: 100,
    version: 2,
    advertIntervalMs: 1_000,
    authentication: { type: 'none' },
    preempt: true,
    preemptDelayMs: 0,
    lowerPriorityAdvert: true,
    higherPriorityAdvert: false,
    sourceAddress: null,
    multicastGroup: '224.0.0.18',
    addresses: [exampleVip('192.0.2.100')],
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
