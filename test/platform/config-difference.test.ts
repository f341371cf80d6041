import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { difference } from '#platform/config/difference.ts'
import type { Config } from '#schemas/config.ts'
import { parse } from './config/parse.ts'

const WHOLE = readFileSync(new URL('config/whole.conf', import.meta.url), 'utf8')

function read(text: string): Config {
  const { config } = parse(text)
  assert.ok(config)
  return config
}

/** The differences that replacing a piece of the fixture makes, as `kind path: summary`. */
function change(from: string, to: string): string[] {
  assert.ok(WHOLE.includes(from), from)
  return difference(read(WHOLE), read(WHOLE.replace(from, to))).map(
    ({ kind, path, summary }) => `${kind} ${path}: ${summary}`,
  )
}

test('a configuration does not differ from itself, nor by comments, order of statements or defaults written out', () => {
  assert.deepEqual(change('priority 150', '! a comment\n    debug 1\n    priority   150 # same'), [])
  assert.deepEqual(change('state BACKUP\n    interface eth0', 'interface eth0\n    state BACKUP'), [])
  assert.deepEqual(change('lvs_method NAT', 'lb_kind NAT\n    retry 1'), [])
})

test('a changed value is named with its instance, before and after', () => {
  assert.deepEqual(change('priority 150', 'priority 90'), ['changed vrrp_instance VI_1 priority: 150 -> 90'])
  assert.deepEqual(change('advert_int 2', 'advert_int 1'), [
    'changed vrrp_instance VI_1 advertIntervalMs: 2000 -> 1000',
    'changed vrrp_instance VI_1 leaseMs: 6000 -> 3000',
  ])
})

test('a changed password is said to have changed, and not shown', () => {
  assert.deepEqual(change('auth_pass 1111', 'auth_pass 2222'), ['changed vrrp_instance VI_1 authentication: '])
})

test('addresses come and go by themselves, and their options change', () => {
  assert.deepEqual(change('192.0.2.11\n', '192.0.2.12\n'), [
    'removed vrrp_instance VI_1 virtual_ipaddress 192.0.2.11/32 dev eth0: ',
    'added vrrp_instance VI_1 virtual_ipaddress 192.0.2.12/32 dev eth0: ',
  ])
  assert.deepEqual(change('label eth1:vip', 'label eth1:x'), [
    'changed vrrp_instance VI_1 virtual_ipaddress 192.0.2.10/24 dev eth1 label: eth1:vip -> eth1:x',
  ])
})

test('real servers are told apart by address and port, their checks compared field by field', () => {
  const service = 'virtual_server 192.0.2.10 80 TCP'
  assert.deepEqual(change('weight 3', 'weight 4'), [`changed ${service} real_server 192.0.2.20 8080 weight: 3 -> 4`])
  assert.deepEqual(change('real_server 192.0.2.21 8080', 'real_server 192.0.2.22 8080'), [
    `removed ${service} real_server 192.0.2.21 8080: `,
    `added ${service} real_server 192.0.2.22 8080: `,
  ])
  assert.deepEqual(change('connect_timeout 3', 'connect_timeout 4'), [
    `changed ${service} real_server 192.0.2.20 8080 checks.0.connectTimeoutMs: 3000 -> 4000`,
  ])
})

test('a service of another protocol is another service', () => {
  assert.deepEqual(change('protocol TCP', 'protocol SCTP'), [
    'removed virtual_server 192.0.2.10 80 TCP: ',
    'added virtual_server 192.0.2.10 80 SCTP: ',
  ])
})

test('an instance that is renamed is another instance', () => {
  assert.deepEqual(change('vrrp_instance VI_1', 'vrrp_instance VI_2'), [
    'removed vrrp_instance VI_1: ',
    'added vrrp_instance VI_2: ',
  ])
})

test('mail, scripts and names change field by field, none standing for nothing', () => {
  assert.deepEqual(
    change('smtp_server mail.site.example 587', ''),
    [
      'changed global_defs mail.server.host: mail.site.example -> none',
      'changed global_defs mail.server.port: 587 -> none',
      'changed global_defs mail.server: none -> none',
    ].slice(0, 2),
  )
  assert.deepEqual(change('nobody:nogroup', 'ha'), [
    'changed vrrp_instance VI_1 notify.master.user: nobody -> ha',
    'changed vrrp_instance VI_1 notify.master.group: nogroup -> none',
  ])
})
