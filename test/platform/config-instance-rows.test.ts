// What the keywords of instances, of what they track and of BFD look like in the JSON form.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonObject, jsonForm } from '#platform/config/forms/json-form.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { complaints, memoryFiles, OPTIONS, PATH } from './config/parse.ts'

function formOf(text: string, secrets = true): JsonObject {
  return jsonForm(parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS).root, { secrets })
}

/** Everything about one block of a kind that may stand several times. */
function blockForm(keyword: string, body: string, around = ''): JsonObject {
  const blocks = formOf(`${around}\n${keyword} A {\n${body}\n}`)[keyword]
  assert.ok(Array.isArray(blocks))
  return blocks[0]
}

function said(text: string): string[] {
  const { diagnostics } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  return complaints(diagnostics.filter(({ code }) => !/^(NOT_IN_FORCE|UNUSED|NOTHING_TO_DO)$/.test(code)))
}

test('an entry of a track block shows its weight, and which way it counts', () => {
  const lines = 'eth1\neth2 weight 10\neth3 weight -20 reverse\neth4 weight 0 noreverse'
  assert.deepEqual(blockForm('vrrp_instance', `track_interface {\n${lines}\n}`).track_interface, [
    { interface: 'eth1' },
    { interface: 'eth2', weight: { value: 10 } },
    { interface: 'eth3', weight: { value: -20, reverse: true } },
    { interface: 'eth4', weight: { value: 0, noreverse: true } },
  ])
})

test('the direction of a weight stands behind its number, and a word that is none is said', () => {
  const track = (line: string) => said(`vrrp_sync_group G {\n track_interface {\n${line}\n}\n group {\n}\n}`)
  const spoilt = (line: string) => track(line).filter((complaint) => complaint.startsWith('3:'))
  assert.deepEqual(spoilt('eth1 weight 5 reverse'), [])
  assert.deepEqual(spoilt('eth1 reverse'), ['3:6 UNKNOWN_OPTION reverse'])
  assert.deepEqual(spoilt('eth1 weight 5 backwards'), ['3:15 UNKNOWN_OPTION backwards'])
  assert.deepEqual(spoilt('eth1 weight 255'), ['3:13 OUT_OF_RANGE weight'])
})

test('a BFD session counts for one less than other things tracked, as its weight does', () => {
  const weight = (value: number) =>
    said(`bfd_instance B {\n neighbor_ip 192.0.2.2\n weight ${value}\n}`).filter((each) => each.includes('RANGE'))
  assert.deepEqual([weight(253), weight(254)], [[], ['3:9 OUT_OF_RANGE weight']])
})

test('a weight that is left out shows as that of its kind', () => {
  assert.deepEqual(blockForm('vrrp_script', 'script /bin/true').weight, { value: 0 })
  assert.deepEqual(blockForm('track_file', 'file /tmp/load').weight, { value: 1 })
  assert.deepEqual(blockForm('bfd_instance', 'neighbor_ip 192.0.2.2').weight, { value: 0 })
})

test('a script has as long as its interval, unless it says otherwise', () => {
  const timeout = (body: string) => blockForm('vrrp_script', `script /bin/true\n${body}`).timeout
  assert.deepEqual(['', 'interval 5', 'interval 5\ntimeout 2'].map(timeout), [1, 5, 2])
})

test('a process is a command and its parameters, quoted or not', () => {
  const { process } = blockForm('vrrp_track_process', 'process "/tmp/a b" -f "c d"')
  assert.deepEqual(process, { command: '/tmp/a b', parameters: ['-f', 'c d'] })
  assert.deepEqual(blockForm('vrrp_track_process', 'process haproxy').process, { command: 'haproxy' })
})

test('init_file takes a value, a word, both or nothing', () => {
  const init = (words: string) => blockForm('track_file', `file /tmp/load\ninit_file ${words}`).init_file
  assert.deepEqual(['', '-5', 'overwrite', '5 overwrite'].map(init), [
    {},
    { value: -5 },
    { overwrite: true },
    { value: 5, overwrite: true },
  ])
})

test('the name and the hardware address of a VMAC may be left out, each by itself', () => {
  const vmac = (words: string) => blockForm('vrrp_instance', `use_vmac ${words}`).use_vmac
  assert.deepEqual(
    ['', 'vrrp5', '02:00:5E:00:01', 'vrrp5 02:00:5e:00:01 group 7', 'name vrrp5 02:00:5e:00:01'].map(vmac),
    [
      {},
      { name: 'vrrp5' },
      { mac: '02:00:5e:00:01' },
      { name: 'vrrp5', mac: '02:00:5e:00:01', group: '7' },
      { name: 'vrrp5', mac: '02:00:5e:00:01' },
    ],
  )
})

test('an ipvlan has an address and a mode, with or without a name', () => {
  const ipvlan = (words: string) => blockForm('vrrp_instance', `use_ipvlan ${words}`).use_ipvlan
  assert.deepEqual(['ipv1 192.0.2.3/24 vepa', '192.0.2.3', 'private'].map(ipvlan), [
    { name: 'ipv1', address: '192.0.2.3/24', mode: 'vepa' },
    { address: '192.0.2.3/32' },
    { mode: 'private' },
  ])
})

test('what an instance does not say comes from global_defs', () => {
  const around =
    'global_defs {\n vrrp_version 3\n vrrp_garp_master_delay 9\n smtp_alert off\n vrrp_garp_extra_if all 60\n}'
  const { version, garp_lower_prio_delay, smtp_alert, garp_extra_if } = blockForm('vrrp_instance', '', around)
  assert.deepEqual([version, garp_lower_prio_delay, smtp_alert], ['3', 9, false])
  assert.deepEqual(garp_extra_if, { which: 'all', interval: 60 })
})

test('spellings of one thing are one thing', () => {
  const bfd = blockForm('bfd_instance', 'neighbour_ip 2001:db8::2\nhoplimit 9')
  assert.deepEqual([bfd.neighbor_ip, bfd.ttl], ['2001:db8::2', 9])
  assert.deepEqual(blockForm('vrrp_instance', 'thread_timer_expired 90').timer_expired_backup, 90)
  assert.deepEqual(blockForm('vrrp_instance', 'vmac_garp_intvl all 60').garp_extra_if, { which: 'all', interval: 60 })
})

test('passwords and keys are masked, the number of a key is not', () => {
  const body = 'authentication {\n auth_type PASS\n auth_pass hunter2\n}\nauth_hmac {\n key 1 one\n key 2 two\n}'
  const [form] = [formOf(`vrrp_instance A {\n${body}\n}\nSSL {\n password hunter2\n key /etc/key.pem\n}`, false)]
  assert.doesNotMatch(JSON.stringify(form), /hunter2|"one"|"two"/)
  assert.deepEqual(blockForm('vrrp_instance', body).auth_hmac, {
    key: [
      { id: 1, key: 'one' },
      { id: 2, key: 'two' },
    ],
    anti_replay: 'time',
    mode: 'enforce',
  })
  assert.match(JSON.stringify(form), /\{"id":2,"key":"\*\*\*\*"\}/)
})

test('a peer is an address, and the TTLs that are believed', () => {
  const peers = 'unicast_peer {\n 192.0.2.2\n 192.0.2.3 min_ttl 254 max_ttl 255\n}'
  assert.deepEqual(blockForm('vrrp_instance', peers).unicast_peer, [
    { address: '192.0.2.2' },
    { address: '192.0.2.3', min_ttl: 254, max_ttl: 255 },
  ])
})

test('the first of two files stands, as with keepalived', () => {
  assert.equal(blockForm('track_file', 'file /tmp/a\nfile /tmp/b').file, '/tmp/a')
})
