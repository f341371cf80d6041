import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parsePart } from './config/parse.ts'

function instance(name: string, statements: string, id: number, addresses = `192.0.2.${id}`, device = 'eth0'): string {
  const own = device === '' ? '' : `interface ${device}\n`
  return `vrrp_instance ${name} {\n${own}virtual_router_id ${id}\nvirtual_ipaddress {\n${addresses}\n}\n${statements}\n}\n`
}

/** `severity: message` of everything the checks say, without what is not in force. */
function said(text: string): string[] {
  const { diagnostics } = parsePart(text)
  for (const { line, column } of diagnostics) assert.ok(line > 0 && column > 0)
  return diagnostics
    .filter(({ code }) => code !== 'NOT_IN_FORCE')
    .map(({ severity, message }) => `${severity}: ${message}`)
}

const one = (statements: string): string => instance('a', statements, 7)

describe('a weight of 254', () => {
  test('of an interface or a script is one that no priority allows', () => {
    const script = 'vrrp_script s {\nscript "/bin/true"\n}\n'
    assert.deepEqual(
      said(`${script}${one('track_interface {\neth1 weight 254\n}\ntrack_script {\ns weight -254\n}')}`),
      ['warning: a: weight 254 of eth1 counts as 253', 'warning: a: weight -254 of s counts as -253'],
    )
  })

  test('is not minded of processes, nor is 253 of anything', () => {
    const process = 'vrrp_track_process p {\nprocess sshd\n}\n'
    const tracks = 'track_interface {\neth1 weight 253\n}\ntrack_process {\np weight 254\n}'
    assert.deepEqual(said(`${process}${one(tracks)}`), [])
  })
})

describe('quorum and quorum_max of a process', () => {
  const process = (statements: string): string[] => said(`vrrp_track_process p {\nprocess sshd\n${statements}\n}\n`)

  test('that contradict each other leave the first of them', () => {
    const what = 'warning: p: quorum_max 2 is below quorum 3;'
    assert.deepEqual(process('quorum 3\nquorum_max 2'), [`${what} quorum_max is not used`])
    assert.deepEqual(process('quorum_max 2\nquorum 3'), [`${what} quorum is not used`])
  })

  test('may be equal, and quorum_max alone may be 0', () => {
    for (const statements of ['quorum 3\nquorum_max 3', 'quorum_max 0', 'quorum 1\nquorum_max 0'])
      assert.deepEqual(process(statements), [])
  })
})

describe('a BFD session', () => {
  const session = (name: string, statements: string): string => `bfd_instance ${name} {\n${statements}\n}\n`
  const service =
    'virtual_server 192.0.2.80 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 192.0.2.90 80 {\nBFD_CHECK {\nname b\n}\n}\n}\n'
  const users = `${one('track_bfd {\nb\n}')}${service}`

  test('has both its addresses in one family', () => {
    const text = session('b', 'neighbor_ip 192.0.2.9\nsource_ip 2001:db8::1')
    assert.deepEqual(said(text), [
      'error: bfd_instance b: 2001:db8::1 and 192.0.2.9 are of different families; it is left out',
    ])
    assert.deepEqual(said(session('b', 'neighbor_ip 192.0.2.9\nsource_ip 192.0.2.1')), [])
  })

  test('has a neighbour of its own', () => {
    const text = session('b', 'neighbor_ip 192.0.2.9') + session('c', 'neighbour_ip 192.0.2.9')
    const [first, ...others] = said(text)
    assert.equal(first, 'error: bfd_instance c: 192.0.2.9 is the neighbour of b already; it is left out')
    assert.deepEqual(others, [])
  })

  test('kept for real servers is none of an instance, and the other way round', () => {
    const kept = (side: string): string[] => said(session('b', `neighbor_ip 192.0.2.9\n${side}`) + users)
    assert.deepEqual(kept('checker'), ['error: track_bfd: bfd_instance b is for real servers only; it is not used'])
    assert.deepEqual(kept('vrrp'), ['error: BFD_CHECK: bfd_instance b is for instances only; it is not used'])
  })

  test('is for both without either word, and with both', () => {
    for (const sides of ['', 'vrrp\nchecker']) {
      assert.deepEqual(said(session('b', `neighbor_ip 192.0.2.9\n${sides}`) + users), [])
    }
  })
})

describe('unicast peers', () => {
  const peers = (lines: string, more = ''): string[] => said(one(`unicast_peer {\n${lines}\n}\n${more}`))

  test('are of the family of the addresses', () => {
    assert.deepEqual(peers('192.0.2.8\n2001:db8::8'), [
      "error: a: unicast_peer 2001:db8::8 is not of the family of the instance's addresses; it is not used",
    ])
    assert.deepEqual(said(instance('a', 'version 3\nunicast_peer {\n2001:db8::8\n}', 7, 'fe80::1')), [])
    const bare = 'no_virtual_ipaddress\nunicast_peer {\n192.0.2.8\n}'
    assert.deepEqual(said(instance('a', bare, 7, '')), [])
    assert.match(
      said(instance('a', `native_ipv6\n${bare}`, 7, '')).join(),
      /unicast_peer 192.0.2.8 is not of the family/,
    )
  })

  test('that are there twice, or are this node, are noted', () => {
    assert.deepEqual(peers('192.0.2.8\n192.0.2.8'), ['note: a: unicast_peer 192.0.2.8 is listed twice'])
    assert.deepEqual(peers('192.0.2.8', 'unicast_src_ip 192.0.2.8'), [
      "note: a: unicast_peer 192.0.2.8 is this node's own address: the node would send adverts to itself",
    ])
  })

  test('with limits that no TTL can meet are never heard', () => {
    assert.deepEqual(peers('192.0.2.8 min_ttl 5 max_ttl 3'), [
      'warning: a: unicast_peer 192.0.2.8: min_ttl 5 is above max_ttl 3: all its adverts are dropped',
    ])
    assert.deepEqual(peers('192.0.2.8 min_ttl 3 max_ttl 3\n192.0.2.9 min_ttl 200'), [])
  })

  test('are what some settings need', () => {
    assert.deepEqual(said(one('unicast_ttl 3\ncheck_unicast_src')), [
      'warning: a: unicast_ttl has no effect without unicast peers',
      'warning: a: check_unicast_src has no effect without unicast peers',
    ])
    assert.deepEqual(peers('192.0.2.8', 'unicast_ttl 3\ncheck_unicast_src'), [])
  })
})

describe('devices of an instance', () => {
  test('send to peers as with vmac_xmit_base, which is said', () => {
    const [peer, message] = [
      'unicast_peer {\n192.0.2.8\n}',
      'adverts to peers leave by eth0 itself, as with vmac_xmit_base',
    ]
    assert.deepEqual(said(one(`use_vmac\n${peer}`)), [`warning: a: ${message}`])
    assert.deepEqual(said(one(`use_vmac\nvmac_xmit_base\n${peer}`)), [])
  })

  test('have hardware addresses of a single station', () => {
    const wrong = ['01:02:03:04:05:06', 'vr 3:02:03:04:05']
    for (const address of wrong) assert.match(said(one(`use_vmac ${address}`)).join(), /multicast hardware address/)
    for (const address of ['02:02:03:04:05:06', 'vr 0:02:03:04:05', ''])
      assert.deepEqual(said(one(`use_vmac ${address}`)), [])
  })

  test('do not go with settings for others', () => {
    assert.deepEqual(said(one('vmac_xmit_base')), ['warning: a: vmac_xmit_base has no effect without use_vmac'])
    assert.deepEqual(said(one('vrf red')), ['warning: a: vrf has no effect together with interface'])
    const unicast = instance('a', 'vrf red\nunicast_peer {\n192.0.2.8\n}', 7, '192.0.2.6 dev eth0', '')
    assert.deepEqual(said(unicast + instance('b', 'use_vmac\nvmac_xmit_base', 8)), [])
  })
})

describe('keys of auth_hmac', () => {
  const KEY = '0123456789abcdef0123456789abcdef'
  const LEFT_OUT = 'error: vrrp_instance a has no key that it could sign its adverts with (auth_hmac); it is left out'
  const hmac = (statements: string, more = ''): string[] => said(one(`auth_hmac {\n${statements}\n}\n${more}`))

  test('have 32 to 64 bytes, as text or in hexadecimal', () => {
    const length = (key: string): string[] => hmac(`key 1 ${key}\nactive_key 1`)
    for (const key of [KEY, KEY + KEY, `hex:${KEY}${KEY}`, `hex:${KEY.repeat(4)}`])
      assert.deepEqual(length(key), [], key)
    assert.deepEqual(length(KEY.slice(1)), [LEFT_OUT, 'error: a: key 1 has 31 bytes, and not 32 to 64; it is not used'])
    assert.deepEqual(length(`${KEY}${KEY}0`), [
      LEFT_OUT,
      'error: a: key 1 has 65 bytes, and not 32 to 64; it is not used',
    ])
    assert.deepEqual(length(`hex:${KEY}`), [LEFT_OUT, 'error: a: key 1 has 16 bytes, and not 32 to 64; it is not used'])
    assert.deepEqual(length(`hex:${KEY}x`), [LEFT_OUT, 'error: a: key 1 is not hexadecimal; it is not used'])
  })

  test('are numbered, each number once, and one of them is active', () => {
    assert.deepEqual(hmac(`key 1 ${KEY}\nkey 2 ${KEY}\nactive_key 3`), [
      LEFT_OUT,
      'error: a: active_key 3 is not among its keys: no advert can be signed',
    ])
    assert.deepEqual(hmac(`key 1 ${KEY}\nkey 1 ${KEY}\nactive_key 1`), ['error: a: key 1 is given twice'])
    // The one that cannot be read may be the active one.
    assert.equal(hmac(`key 1 ${KEY}\nkey 999 ${KEY}\nactive_key 2`).length, 2)
  })

  test('exclude a password', () => {
    const password = 'authentication {\nauth_type PASS\nauth_pass 1234\n}'
    assert.deepEqual(hmac(`key 1 ${KEY}\nactive_key 1`, password), [
      'error: a: auth_hmac and authentication exclude each other',
    ])
  })
})

describe('a garp_group', () => {
  const group = (statements: string): string[] => said(`garp_group {\n${statements}\n}\n`)

  test('has a pause and interfaces', () => {
    assert.deepEqual(group('interface eth0'), [
      'warning: garp_group has neither a garp_interval nor a gna_interval; it is left out',
    ])
    assert.deepEqual(group('garp_interval 1'), ['note: garp_group names no interface: it has no effect'])
    assert.deepEqual(group('gna_interval 1\ninterfaces {\n}'), ['warning: interfaces names no interface'])
    assert.deepEqual(group('gna_interval 1\ninterfaces {\neth0\neth1\n}'), [])
  })

  test('with interfaces in both ways is noted', () => {
    assert.deepEqual(group('garp_interval 1\ninterface eth0\ninterfaces {\neth1\n}'), [
      'note: garp_group has both interface and interfaces: all of them share its pauses',
    ])
  })

  test('does not get an interface that another one has', () => {
    const text = 'garp_group {\ngarp_interval 1\ninterface eth0\n}\n'
    assert.deepEqual(said(text + text), [
      'warning: garp_group: eth0 is in another one already; it is not taken into this one',
    ])
  })
})

test('a new master announces itself at least once', () => {
  const once = (name: string): string => `warning: ${name}: 0 counts as 1: a new master has to announce its addresses`
  assert.deepEqual(said(`global_defs {\nvrrp_garp_master_repeat 0\nvrrp_garp_master_refresh_repeat 1\n}\n`), [
    once('vrrp_garp_master_repeat'),
  ])
  assert.deepEqual(said(one('garp_master_refresh_repeat 0')), [once('garp_master_refresh_repeat')])
})
