import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaints, instanceWith, parse } from './config/parse.ts'

test('gratuitous ARP settings come from the instance, then from global_defs, then from the defaults', () => {
  const globals = 'vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 7\nvrrp_garp_lower_prio_repeat 0'
  const { announcement } = instanceWith('garp_master_repeat 0\ngarp_master_refresh 60', globals).instance
  assert.deepEqual(announcement, {
    repeat: 1,
    delayMs: 7000,
    refreshMs: 60000,
    refreshRepeat: 1,
    lowerPriorityRepeat: 0,
    lowerPriorityDelayMs: 7000,
    extra: null,
  })
  const minimal = instanceWith('', 'vrrp_min_garp').instance.announcement
  assert.deepEqual([minimal.repeat, minimal.delayMs, minimal.lowerPriorityRepeat], [1, 0, 1])
})

test('announcements on other interfaces follow the instance, then global_defs, under both names', () => {
  const extra = (statements: string, globals = '') => instanceWith(statements, globals).instance.announcement.extra
  assert.equal(extra(''), null)
  assert.deepEqual(extra('garp_extra_if 60'), { everyMs: 60_000, everywhere: false })
  assert.deepEqual(extra('', 'vrrp_garp_extra_if all 60'), { everyMs: 60_000, everywhere: true })
  assert.deepEqual(extra('vmac_garp_intvl all 5', 'vrrp_vmac_garp_intvl 60'), { everyMs: 5_000, everywhere: true })
  assert.equal(extra('garp_extra_if 0', 'vrrp_garp_extra_if 60'), null)
})

const INSTANCE = 'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.1\n}\n}\n'

test('the pauses between announcements are those of global_defs, and of the group of an interface', () => {
  const { config, diagnostics } = parse(`global_defs {
  vrrp_garp_interval 0.001
  vrrp_gna_interval 0.000001
}
garp_group {
  garp_interval 0.5
  interface eth0
}
garp_group {
  gna_interval 0.25
  interfaces {
    eth1
    eth2
  }
}
${INSTANCE}`)
  assert.deepEqual(complaints(diagnostics), [])
  assert.deepEqual(config?.announcementPacing, {
    ...{ arpGapMs: 1, neighbourGapMs: 0.001 },
    groups: [
      { interfaces: ['eth0'], arpGapMs: 500, neighbourGapMs: 0 },
      { interfaces: ['eth1', 'eth2'], arpGapMs: 0, neighbourGapMs: 250 },
    ],
  })
})

test('a group without a pause or an interface limits nothing, and an interface stays in its first one', () => {
  const { config } = parse(`garp_group {
  interface eth0
}
garp_group {
  garp_interval 1
}
garp_group {
  garp_interval 1
  interfaces {
    eth1
  }
}
garp_group {
  garp_interval 2
  interfaces {
    eth1
    eth3
  }
}
${INSTANCE}`)
  assert.deepEqual(config?.announcementPacing.groups, [
    { interfaces: ['eth1'], arpGapMs: 1_000, neighbourGapMs: 0 },
    { interfaces: ['eth3'], arpGapMs: 2_000, neighbourGapMs: 0 },
  ])
})

test('other holders of the addresses are asked for each three seconds, unless the file says otherwise', () => {
  const probe = (globals: string) => parse(`global_defs {\n${globals}\n}\n${INSTANCE}`).config?.vipProbeMs
  assert.deepEqual(['', 'vip_probe_interval 10', 'vip_probe_interval 0'].map(probe), [3_000, 10_000, 0])
})
