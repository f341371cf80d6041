import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instance, said, service } from './config/checked.ts'
import { complaints, parsePart } from './config/parse.ts'

const SCRIPT = 'vrrp_script chk {\n script "/bin/true"\n}\n'

describe('names', () => {
  test('that nothing defines are reported where they stand, each once', () => {
    const tracks = 'track_script {\n x1\n}\ntrack_file {\n x2\n}\ntrack_process {\n x3\n}\ntrack_bfd {\n x4\n}'
    assert.deepEqual(said(instance('a', tracks)), [
      'error UNKNOWN_NAME: track_script: there is no vrrp_script x1; it is not used',
      'error UNKNOWN_NAME: track_file: there is no track_file x2; it is not used',
      'error UNKNOWN_NAME: track_process: there is no vrrp_track_process x3; it is not used',
      'error UNKNOWN_NAME: track_bfd: there is no bfd_instance x4; it is not used',
    ])
  })

  test('that are nearly right are guessed', () => {
    const { diagnostics } = parsePart(`${SCRIPT}${instance('a', 'track_script {\n chek\n}')}`)
    const found = diagnostics.find(({ code }) => code === 'UNKNOWN_NAME')
    assert.deepEqual([found?.line, found?.column, found?.hint], [11, 2, 'did you mean chk?'])
  })

  test('may be defined below their use, in any of the spellings', () => {
    const file = (word: string) => `${word} f {\n file /run/f\n}\n`
    const track = instance('a', 'track_file {\n f\n}')
    assert.deepEqual(said(track + file('track_file')), [])
    assert.deepEqual(said(track + file('vrrp_track_file')), ['warning DEPRECATED: vrrp_track_file is out of use'])
  })

  test('whose definition is spoilt are not missed on top of it', () => {
    const track = instance('a', 'track_script {\n chk\n}')
    const text = `${SCRIPT.replace('vrrp_script', 'vvrp_script')}${track}`
    assert.deepEqual(
      parsePart(text)
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ code }) => code),
      ['UNKNOWN_KEYWORD'],
    )
  })

  test('of checks, sync daemons, groups of servers and of addresses are looked up as well', () => {
    const daemon = 'global_defs {\n lvs_sync_daemon eth0 none id 5\n}\n'
    assert.deepEqual(said(daemon), [
      'error UNKNOWN_NAME: lvs_sync_daemon: there is no vrrp_instance none; it is not used',
    ])
    assert.deepEqual(said(daemon.replace('none ', '')), [])
    assert.deepEqual(said(service('', 'FILE_CHECK {\n track_file f\n}\nBFD_CHECK {\n name b\n}')), [
      'error UNKNOWN_NAME: track_file: there is no track_file f; it is not used',
      'error UNKNOWN_NAME: name: there is no bfd_instance b; it is not used',
    ])
    assert.deepEqual(said(service('', '', 'group web')), [
      'error UNKNOWN_NAME: virtual_server group: there is no virtual_server_group web; it is not used',
    ])
    assert.deepEqual(said('static_ipaddress {\n 192.0.2.1/24 dev eth0 track_group g\n}\n'), [
      'error UNKNOWN_NAME: track_group: there is no track_group g; it is not used',
    ])
    assert.deepEqual(said('track_group g {\n group {\n a\n }\n}\n'), [
      'error UNKNOWN_NAME: group: there is no vrrp_instance a; it is not used',
    ])
  })

  test('of scripts that nobody tracks are noted', () => {
    assert.deepEqual(said(SCRIPT + instance('a')), ['note UNUSED: no track_script names chk: it is never run'])
    assert.deepEqual(said(SCRIPT + instance('a', 'track_script {\n chk\n}')), [])
  })

  test('given twice are reported at the second', () => {
    const track = instance('a', 'track_script {\n chk\n}')
    assert.deepEqual(complaints(parsePart(SCRIPT + SCRIPT + track).diagnostics).slice(0, 1), [
      '4:13 REPEATED vrrp_script',
    ])
  })
})

describe('sync groups', () => {
  const members = instance('a') + instance('b', '', 52)
  const group = (name: string, ...names: string[]) =>
    `vrrp_sync_group ${name} {\n group {\n${names.map((each) => `  ${each}\n`).join('')} }\n}\n`

  test('of two instances are fine', () => assert.deepEqual(said(members + group('G', 'a', 'b')), []))

  test('with an unknown member say so', () => {
    assert.deepEqual(said(members + group('G', 'a', 'b', 'c')), [
      'error UNKNOWN_NAME: group: there is no vrrp_instance c; it is not used',
    ])
  })

  test('do not share members', () => {
    assert.deepEqual(said(members + group('G', 'a', 'b') + group('H', 'b', 'a')), [
      'error REPEATED: b is already in vrrp_sync_group G; it is not taken into H',
      'error REPEATED: a is already in vrrp_sync_group G; it is not taken into H',
    ])
    assert.deepEqual(said(members + group('G', 'a', 'b', 'b')), [
      'error REPEATED: b is listed twice; it is not taken into G',
    ])
  })

  test('of one member, or none, make no sense', () => {
    assert.deepEqual(said(members + group('G', 'a')), [
      'warning NO_EFFECT: vrrp_sync_group G has a single member: there is nothing to keep in step',
    ])
    assert.deepEqual(said(members + group('G')), ['error INCOMPLETE: vrrp_sync_group G has no members; it is left out'])
  })
})

describe('instances', () => {
  test('that share an address are warned of, unless they change together or keep it on different interfaces', () => {
    const warning = 'warning REPEATED: 192.0.2.51 is an address of a as well: the two take it from each other'
    const twin = instance('b', '', 52, '192.0.2.51')
    assert.deepEqual(said(instance('a') + twin), [warning])
    assert.deepEqual(said(`${instance('a')}${twin}vrrp_sync_group G {\n group {\n a\n b\n }\n}\n`), [])
    assert.deepEqual(said(instance('a') + instance('b', '', 52, '192.0.2.51 dev eth1')), [])
  })

  test('track their own interface anyhow', () => {
    assert.deepEqual(said(instance('a', 'track_interface {\n eth0\n eth1\n}')), [
      "warning NO_EFFECT: a: track_interface eth0 has no effect: it is the instance's own interface",
    ])
  })

  test('track a thing once', () => {
    assert.deepEqual(said(instance('a', 'track_interface {\n eth1\n eth1 weight 5\n}')), [
      'warning REPEATED: a: eth1 is tracked already; this line is not used',
    ])
  })

  test('with priority 255 do not change it', () => {
    assert.deepEqual(said(instance('a', 'priority 255\ntrack_interface {\n eth1 weight 5\n eth2\n}')), [
      'warning NO_EFFECT: a: the weight of eth1 has no effect with priority 255',
    ])
  })

  test('that own their addresses for want of a priority do not listen to the weight of a script either', () => {
    const script = SCRIPT.replace('}', ' weight 5\n}')
    assert.deepEqual(said(script + instance('a', 'state MASTER\ntrack_script {\n chk\n}')), [
      'warning NO_EFFECT: a: the weight of chk has no effect with priority 255',
    ])
    assert.deepEqual(said(script + instance('a', 'track_script {\n chk\n}')), [])
  })

  test('have a name of their own, even where the one that has it is left out', () => {
    const first = instance('a').replace(' virtual_router_id 51\n', '')
    assert.deepEqual(said(first + instance('a')).slice(-1), [
      'error REPEATED: vrrp_instance a is already defined above; it is left out',
    ])
  })

  test('do not start as master with AH', () => {
    const text = instance('a', 'state MASTER\npriority 150\nauthentication {\n auth_type AH\n auth_pass secret\n}')
    assert.deepEqual(said(text), ['warning NO_EFFECT: a: state MASTER has no effect with auth_type AH'])
  })
})

test('blocks without what they cannot do without are left out', () => {
  assert.deepEqual(said(service('', 'HTTP_GET {\n url {\n status_code 200\n }\n}\nMISC_CHECK {\n}')), [
    'error INCOMPLETE: url has no path; it is left out',
    'error INCOMPLETE: MISC_CHECK has no misc_path; it is left out',
  ])
  assert.deepEqual(said(service('', 'SSL_GET {\n}')), ['error INCOMPLETE: SSL_GET has no url; it is left out'])
})

test('a mail server that gets no time gets a second, which is said', () => {
  const { diagnostics } = parsePart('global_defs {\n smtp_connect_timeout 0\n}\n')
  assert.deepEqual(complaints(diagnostics), ['2:23 ROUNDED smtp_connect_timeout'])
})

test('a setting of which the first counts is reported in a second block as well', () => {
  const { diagnostics } = parsePart('global_defs {\n instance a\n nftables\n}\nglobal_defs {\n nftables other\n}\n')
  assert.deepEqual(complaints(diagnostics).slice(-1), ['6:2 REPEATED nftables'])
})

test('old words of entries are named with the new ones', () => {
  const { diagnostics } = parsePart('static_routes {\n 192.0.2.0/24 gw 192.0.2.1 dev eth0\n}\n')
  const [found] = diagnostics.filter(({ code }) => code === 'DEPRECATED')
  assert.deepEqual([found?.line, found?.column, found?.hint], [2, 15, 'write via instead'])
})

test('rules say where they stand among the others', () => {
  const rules = 'virtual_rules {\n from 192.0.2.0/24 table 7\n from 192.0.2.0/24 table 8 preference 90\n}'
  assert.deepEqual(said(instance('a', rules)), [
    'warning NO_PREFERENCE: virtual_rules: a rule without a preference; it gets the next number down from 16384',
  ])
})

test('misspellings that published guides have are guessed right', () => {
  const guesses: readonly [place: string, wrong: string, right: string][] = [
    ['vrrp_instance', 'track_interfact', 'track_interface'],
    ['vrrp_instance', 'smtp_alter', 'smtp_alert'],
    ['vrrp_instance', 'preemtp_delay', 'preempt_delay'],
    ['vrrp_instance', 'grap_master_delay', 'garp_master_delay'],
    ['vrrp_instance', 'virtual_routers', 'virtual_routes'],
    ['virtual_server', 'persistent_timeout', 'persistence_timeout'],
    ['TCP_CHECK', 'delay_before', 'delay_before_retry'],
    ['global_defs', 'notification_email_fromX', 'notification_email_from'],
  ]
  const places: Readonly<Record<string, (statement: string) => string>> = {
    global_defs: (statement) => `global_defs {\n${statement}\n}\n`,
    vrrp_instance: (statement) => instance('a', statement),
    virtual_server: (statement) => service(statement),
    TCP_CHECK: (statement) => service('', `TCP_CHECK {\n${statement}\n}`),
  }
  for (const [place, wrong, right] of guesses) {
    const { diagnostics } = parsePart(places[place]?.(`${wrong} 5`) ?? '')
    const [found, ...others] = diagnostics.filter(({ code }) => code !== 'NOT_IN_FORCE')
    assert.deepEqual([found?.code, found?.hint, others], ['UNKNOWN_KEYWORD', `did you mean ${right}?`, []], wrong)
  }
})

test('nb_get_retry is old, and good where it was', () => {
  const text = service('', 'HTTP_GET {\n nb_get_retry 3\n url {\n path /\n }\n}')
  assert.deepEqual(said(text), ['warning DEPRECATED: nb_get_retry is out of use'])
})
