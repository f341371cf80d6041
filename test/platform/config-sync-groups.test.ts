import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from './config/parse.ts'

const instances = ['a', 'b', 'c']
  .map((name, index) => {
    const router = `interface eth0\nvirtual_router_id ${index + 1}`
    return `vrrp_instance ${name} {\n${router}\nvirtual_ipaddress {\n192.0.2.${index + 1}\n}\n}\n`
  })
  .join('')

const groupsOf = (text: string) => parse(text + instances).config?.syncGroups ?? []
const G = 'vrrp_sync_group G {\n group {\n a\n b\n }\n'
const NONE = { master: null, backup: null, fault: null, stop: null, any: null }

test('a sync group has its members, and tells nobody', () => {
  assert.deepEqual(groupsOf(`${G}}\n`), [{ name: 'G', members: ['a', 'b'], notify: NONE, smtpAlert: false }])
})

test('a sync group has scripts of its own', () => {
  const [group] = groupsOf(`${G} notify_master /bin/true\n notify "/bin/echo x" nobody\n}\n`)
  const run = (...argv: string[]) => ({ argv, user: null, group: null })
  assert.deepEqual(group?.notify, {
    ...NONE,
    master: run('/bin/true'),
    any: { ...run('/bin/echo', 'x'), user: 'nobody' },
  })
})

test('changes of a sync group are mailed when it, or what it inherits, asks for that', () => {
  const mails = (globals: string, own: string) =>
    groupsOf(`global_defs {\n${globals}\n}\n${G} ${own}\n}\n`)[0]?.smtpAlert
  assert.equal(mails('', 'smtp_alert'), true)
  assert.equal(mails('smtp_alert', ''), true)
  assert.equal(mails('smtp_alert', 'smtp_alert off'), false)
  assert.equal(mails('smtp_alert\nsmtp_alert_vrrp off', ''), false)
})

test('an instance stays in the first group that names it, and a group of one name is the first of it', () => {
  const members = (text: string) => groupsOf(text).map(({ name, members: own }) => `${name}: ${own.join(' ')}`)
  assert.deepEqual(members(`${G}}\nvrrp_sync_group H {\n group {\n b\n c\n }\n}\n`), ['G: a b', 'H: c'])
  assert.deepEqual(members(`${G}}\nvrrp_sync_group G {\n group {\n c\n }\n}\n`), ['G: a b'])
})

test('members that there are not, or that cannot run, are not waited for; without any there is no group', () => {
  const broken = 'vrrp_instance d {\n}\n'
  const members = (...names: string[]) =>
    groupsOf(`${broken}vrrp_sync_group G {\n group {\n ${names.join('\n ')}\n }\n}\n`).map((group) => group.members)
  assert.deepEqual(members('a', 'd', 'e'), [['a']])
  assert.deepEqual(members('d', 'e'), [])
})

test('what a group tracks, its members do; by weight they track alone only where the group lets them', () => {
  const text = (own: string) => `vrrp_sync_group G {
 group {
  d
  e
 }
 track_interface {
  eth5
  eth6 weight -20
 }
 ${own}
}
vrrp_instance d {
 interface eth0\nvirtual_router_id 11\nvirtual_ipaddress {\n192.0.2.11\n}
 track_interface {
  eth7
  eth8 weight 30
 }
}
vrrp_instance e {
 interface eth5\nvirtual_router_id 12\nvirtual_ipaddress {\n192.0.2.12\n}
}
`
  const tracked = (own: string) =>
    parse(text(own)).config?.instances.map((each) => each.tracked.map(({ name, weight }) => `${name} ${weight}`))
  assert.deepEqual(tracked(''), [['eth7 0', 'eth5 0', 'eth6 -20'], ['eth6 -20']])
  const free = [['eth7 0', 'eth8 30', 'eth5 0', 'eth6 -20'], ['eth6 -20']]
  assert.deepEqual(tracked('sync_group_tracking_weight'), free)
  assert.deepEqual(tracked('global_tracking'), free)
})
