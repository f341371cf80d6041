import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissionsOf, serverConfig } from '#platform/bus-config.ts'
import { checkVersion, differences } from '#platform/bus-provision.ts'

const NAME = { site: 'paris', node: 'vos1.example' }

test('a setting that the server did not take is named', () => {
  const wanted = { deny_delete: true, max_age: 0, subjects: ['ha.>'], republish: { src: '>', dest: 'stored.>' } }
  assert.deepEqual(
    differences(wanted, { deny_delete: true, subjects: ['ha.>'], republish: { src: '>', dest: 'x.>' } }),
    ['republish'],
  )
  assert.deepEqual(differences(wanted, { subjects: ['b'] }), ['deny_delete', 'subjects', 'republish'])
})

test('what the server adds by itself is no difference', () => {
  assert.deepEqual(differences({ storage: 'file' }, { storage: 'file', compression: 'none' }), [])
})

test('servers that could forget a stream are refused', () => {
  for (const version of ['2.9.10', '2.10.22', '1.99.99', '2.10', ''])
    assert.throws(() => checkVersion(version), /older than/)
  for (const version of ['2.10.23', '2.10.27-RC.1', '2.11.0', '2.15.1', '3.0.0']) checkVersion(version)
})

test('the server listens on loopback, syncs what it acknowledges, and its domain is the node', () => {
  const text = serverConfig({ name: NAME, port: 4333, storeDir: '/var/lib/x y', storage: 'file', users: [] })
  assert.match(text, /^host: "127\.0\.0\.1"$/m)
  assert.match(text, /^port: 4333$/m)
  assert.match(text, /sync_interval: always/)
  assert.match(text, /store_dir: "\/var\/lib\/x y"/)
  assert.match(text, /domain: "vos1_example"/)
})

test('a service may publish its own events only', () => {
  const { publish } = permissionsOf(NAME, 'vrrp')
  assert.deepEqual(
    publish.allow.filter((subject) => subject.includes('ha.')),
    ['ha.paris.vos1=2Eexample.vrrp.>', 'live.ha.paris.vos1=2Eexample.vrrp.>'],
  )
  assert.equal(
    publish.allow.some((subject) => /STREAM\.(DELETE|UPDATE|PURGE|CREATE)/.test(subject)),
    false,
  )
})

test('failoverctl may ask services, and nobody else may; only services answer', () => {
  const asks = (user: string) => permissionsOf(NAME, user).publish.allow.filter((subject) => subject.startsWith('ctl.'))
  assert.ok(asks('cli').includes('ctl.paris.vos1=2Eexample.vrrp'))
  assert.deepEqual([asks('somebody'), asks('checker')], [[], []])
  assert.deepEqual([permissionsOf(NAME, 'vrrp').answers, permissionsOf(NAME, 'cli').answers], [true, false])
  assert.ok(permissionsOf(NAME, 'vrrp').subscribe.allow.includes('ctl.paris.vos1=2Eexample.vrrp'))
})

test('somebody unknown may only read', () => {
  const { publish } = permissionsOf(NAME, 'somebody')
  assert.ok(
    publish.allow.every((subject) => /^\$JS\.API\.(INFO|STREAM\.(INFO|NAMES|MSG\.GET)|DIRECT|CONSUMER)/.test(subject)),
  )
})
