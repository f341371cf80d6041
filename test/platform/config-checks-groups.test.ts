import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parsePart } from './config/parse.ts'

const DEFINITIONS = `vrrp_script s {
script "/bin/true"
weight 3
}
track_file f {
file /run/f
}
vrrp_track_process p {
process sshd
weight 5
}
bfd_instance b {
neighbor_ip 192.0.2.9
weight 5
}
`

const ALL = `track_interface {
eth1 weight 5
}
track_script {
s
}
track_file {
f
}
track_process {
p
}
track_bfd {
b
}`

/** What is said of a sync group g of the instances x and y; without what is not in force, and scripts without use. */
function said(group: string, x: string, y: string): string[] {
  const instance = (name: string, statements: string, id: number): string =>
    `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${id}\nvirtual_ipaddress {\n192.0.2.${id}\n}\n${statements}\n}\n`
  const sync = `vrrp_sync_group g {\ngroup {\nx\ny\n}\n${group}\n}\n`
  const { diagnostics } = parsePart(`${DEFINITIONS}${sync}${instance('x', x, 7)}${instance('y', y, 8)}`)
  return diagnostics
    .filter(({ code }) => code !== 'NOT_IN_FORCE' && code !== 'UNUSED')
    .map(({ severity, message }) => `${severity}: ${message}`)
}

describe('weights of a member', () => {
  test('do not count in its group, wherever they are written', () => {
    assert.deepEqual(said('', ALL, ''), [
      'warning: x: the weight of eth1 does not count in vrrp_sync_group g',
      'warning: x: the weight of s does not count in vrrp_sync_group g',
      'warning: x: the weight of f does not count in vrrp_sync_group g',
      'note: x: the weight of p does not count in vrrp_sync_group g',
      'warning: x: the weight of b does not count in vrrp_sync_group g',
    ])
  })

  test('count when the group says so, and nobody minds those of the group', () => {
    assert.deepEqual(said('sync_group_tracking_weight', ALL, ''), [])
    assert.deepEqual(said(ALL, '', ''), [])
  })

  test('of 0 are none', () => {
    assert.deepEqual(said('', 'track_interface {\neth1\n}\ntrack_script {\ns weight 0\n}', ''), [])
  })
})

describe('an owner of addresses', () => {
  test('is told once that its own weights have no effect', () => {
    assert.deepEqual(said('', 'priority 255\ntrack_interface {\neth1 weight 5\n}', 'priority 255'), [
      'warning: x: the weight of eth1 has no effect with priority 255',
    ])
  })

  test('cannot keep in step with a member that is none', () => {
    const wanted = 'warning: vrrp_sync_group g: x has priority 255 and y has not: they cannot keep in step'
    assert.deepEqual(said('', 'priority 255', 'priority 100'), [wanted])
    assert.deepEqual(said('', 'state MASTER', ''), [wanted])
    assert.deepEqual(said('', 'priority 255', 'state MASTER'), [])
  })

  test('leaves the weights of its group without effect', () => {
    assert.deepEqual(said('track_file {\nf\n}', 'priority 255', 'priority 255'), [
      'warning: vrrp_sync_group g: the weight of f has no effect: x has priority 255',
    ])
  })
})

test('members that take over in different ways are noted', () => {
  const note = (told: string): string[] => [
    `note: vrrp_sync_group g: ${told}: the group takes over only when the last of them would`,
  ]
  assert.deepEqual(said('', 'nopreempt', ''), note('x has nopreempt, y has no preempt_delay'))
  assert.deepEqual(said('', 'preempt_delay 5', 'preempt_delay 6'), note('x has preempt_delay 5, y has preempt_delay 6'))
  assert.deepEqual(said('', 'preempt_delay 5', 'preempt_delay 5'), [])
  assert.deepEqual(said('', 'preempt_delay 0', ''), [])
})
