import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import type { Config } from '#schemas/config.ts'
import { parse } from './config/parse.ts'

const WHOLE = readFileSync(new URL('config/whole.conf', import.meta.url), 'utf8')

function read(text: string): Config {
  const { config } = parse(text)
  assert.ok(config)
  return config
}

/** The differences that replacing a piece of the fixture makes, in words. */
function change(from: string, to: string): string[] {
  assert.ok(WHOLE.includes(from), from)
  return difference(read(WHOLE), read(WHOLE.replace(from, to))).map(inWords)
}

test('a configuration does not differ from itself, nor by comments, order of statements or defaults written out', () => {
  assert.deepEqual(change('priority 150', '! a comment\n    debug 1\n    priority   150 # same'), [])
  assert.deepEqual(change('state BACKUP\n    interface eth0', 'interface eth0\n    state BACKUP'), [])
  assert.deepEqual(change('lvs_method NAT', 'lb_kind NAT\n    retry 1'), [])
})

test('a changed value is named with its instance and keyword, before and after', () => {
  assert.deepEqual(change('priority 150', 'priority 90'), ['changed vrrp_instance VI_1 priority: 150 -> 90'])
  assert.deepEqual(change('advert_int 2', 'advert_int 1'), [
    'changed vrrp_instance VI_1 advert_int: 2 -> 1',
    'changed vrrp_instance VI_1 vip_lease: 6 -> 3',
  ])
  assert.deepEqual(change('nopreempt', ''), ['changed vrrp_instance VI_1 preempt: off -> on'])
})

test('a changed password is said to have changed, and not shown', () => {
  assert.deepEqual(change('auth_pass 1111', 'auth_pass 2222'), ['changed vrrp_instance VI_1 auth_pass'])
  const without = change('authentication {\n        auth_type PASS\n        auth_pass 1111\n    }', '')
  assert.deepEqual(without, [
    'changed vrrp_instance VI_1 auth_type: pass -> none',
    'changed vrrp_instance VI_1 auth_pass',
  ])
})

test('addresses come and go by themselves, and their options change', () => {
  assert.deepEqual(change('192.0.2.11\n', '192.0.2.12\n'), [
    'removed vrrp_instance VI_1 virtual_ipaddress 192.0.2.11/32 dev eth0',
    'added vrrp_instance VI_1 virtual_ipaddress 192.0.2.12/32 dev eth0',
  ])
  assert.deepEqual(change('label eth1:vip', 'label eth1:x'), [
    'changed vrrp_instance VI_1 virtual_ipaddress 192.0.2.10/24 dev eth1 label: eth1:vip -> eth1:x',
  ])
})

test('real servers are told apart by address and port, and their checks by type and target', () => {
  const service = 'virtual_server 192.0.2.10 80 TCP'
  assert.deepEqual(change('weight 3', 'weight 4'), [`changed ${service} real_server 192.0.2.20 8080 weight: 3 -> 4`])
  assert.deepEqual(change('real_server 192.0.2.21 8080', 'real_server 192.0.2.22 8080'), [
    `removed ${service} real_server 192.0.2.21 8080`,
    `added ${service} real_server 192.0.2.22 8080`,
  ])
  assert.deepEqual(change('connect_timeout 3', 'connect_timeout 4'), [
    `changed ${service} real_server 192.0.2.20 8080 TCP_CHECK connect_timeout: 3 -> 4`,
  ])
  assert.deepEqual(change('connect_timeout 3', 'connect_timeout 3\n            connect_port 9090'), [
    `removed ${service} real_server 192.0.2.20 8080 TCP_CHECK`,
    `added ${service} real_server 192.0.2.20 8080 TCP_CHECK port 9090`,
  ])
})

test('a second check of the same target is one more check', () => {
  const twice = 'connect_timeout 3\n        }\n        TCP_CHECK {\n            connect_timeout 3'
  assert.deepEqual(change('connect_timeout 3', twice), [
    'added virtual_server 192.0.2.10 80 TCP real_server 192.0.2.20 8080 TCP_CHECK',
  ])
})

test('the order of servers does not matter', () => {
  const config = read(WHOLE)
  const turned = config.virtualServers.map((each) => ({ ...each, realServers: each.realServers.toReversed() }))
  assert.deepEqual(difference(config, { ...config, virtualServers: turned }), [])
})

test('a service of another protocol is another service', () => {
  assert.deepEqual(change('protocol TCP', 'protocol SCTP'), [
    'removed virtual_server 192.0.2.10 80 TCP',
    'added virtual_server 192.0.2.10 80 SCTP',
  ])
})

test('an instance with another name is the same one, renamed, and what else changed is told under the new name', () => {
  assert.deepEqual(change('vrrp_instance VI_1', 'vrrp_instance VI_2'), ['renamed vrrp_instance VI_2: VI_1 -> VI_2'])
  const both = WHOLE.replace('vrrp_instance VI_1', 'vrrp_instance VI_2').replace('priority 150', 'priority 90')
  assert.deepEqual(difference(read(WHOLE), read(both)).map(inWords), [
    'renamed vrrp_instance VI_2: VI_1 -> VI_2',
    'changed vrrp_instance VI_2 priority: 150 -> 90',
  ])
})

test('an instance with another virtual router id is another instance, whatever its name', () => {
  assert.deepEqual(change('virtual_router_id 51', 'virtual_router_id 52'), [
    'removed vrrp_instance VI_1',
    'added vrrp_instance VI_1',
  ])
})

test('mail, scripts and names change by statement, none standing for nothing', () => {
  assert.deepEqual(change('smtp_server mail.site.example 587', ''), [
    'changed global_defs smtp_server: mail.site.example 587 -> none',
  ])
  assert.deepEqual(change('nobody:nogroup', 'ha'), [
    'changed vrrp_instance VI_1 notify_master: /usr/bin/say VIP up now nobody nogroup -> /usr/bin/say VIP up now ha',
  ])
})
