import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { comparePeer } from '#platform/config/compare/peer.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS } from './config/parse.ts'

interface Statements {
  name?: string
  id?: number
  device?: string
  priority?: number
  addresses?: string[]
  more?: string
}

/** An instance; its priority is on line 4 of it, and its first address on line 6. */
function instance({ name = 'VI_1', id = 51, device = 'eth0', priority = 100, addresses, more = '' }: Statements = {}) {
  const list = (addresses ?? ['192.0.2.10']).join('\n')
  const head = `vrrp_instance ${name} {\ninterface ${device}\nvirtual_router_id ${id}\npriority ${priority}\n`
  return `${head}virtual_ipaddress {\n${list}\n}\n${more}\n}\n`
}

function nodeFile(path: string, text: string) {
  return { path, result: parseConfig(memoryFiles({ [path]: text }), path, OPTIONS) }
}

/** What is said of the first file beside the second. */
function compare(here: string, there: string) {
  return comparePeer(nodeFile('/etc/a.conf', here), nodeFile('/etc/b.conf', there), (path) => path.replace('/etc/', ''))
}

/** `line severity: message`; every finding is about the first file, and has a place in it. */
function said(here: string, there: string): string[] {
  return compare(here, there).map(({ file, line, column, severity, message }) => {
    assert.ok(file === '/etc/a.conf' && line > 0 && column > 0)
    return `${line} ${severity}: ${message}`
  })
}

/** The same for two instances that are alike but for these statements and the priority. */
function pair(here: string, there: string): string[] {
  return said(instance({ priority: 150, more: here }), instance({ more: there }))
}

const BOTH = 'and both become MASTER'

describe('two files that make one virtual router', () => {
  test('agree when they differ in what each node has for itself', () => {
    const own = instance({ priority: 150, more: 'garp_master_delay 1\nmcast_src_ip 192.0.2.1' })
    const other = instance({ name: 'web', device: 'ens3', more: 'garp_master_delay 9\nmcast_src_ip 192.0.2.2' })
    assert.deepEqual(said(own, other), [])
  })

  test('need different priorities, and the other line is named', () => {
    const [finding, ...others] = compare(instance(), `\n\n${instance()}`)
    assert.deepEqual(others, [])
    assert.equal(finding?.line, 4)
    assert.match(finding?.message ?? '', /^VI_1: priority 100 is that of the peer as well: which one becomes MASTER/)
    assert.equal(finding?.hint, 'see b.conf:6; give one of them another')
    const silent = instance().replace('priority 100\n', '')
    assert.deepEqual(compare(silent, instance())[0]?.line, 1, 'the default counts, and has no line of its own')
  })

  test('have one state MASTER at most', () => {
    assert.deepEqual(pair('state MASTER', 'state MASTER'), [
      '8 warning: VI_1: state MASTER is that of the peer as well, and only one of them can be it',
    ])
    assert.deepEqual(pair('state MASTER', 'state BACKUP'), [])
  })

  test('have the same version', () => {
    assert.deepEqual(pair('version 3', ''), [
      `8 warning: VI_1: version 3, and the peer has 2: neither understands the other, ${BOTH}`,
    ])
    const global = `global_defs {\nvrrp_version 3\n}\n`
    assert.deepEqual(said(global + instance({ priority: 150 }), instance({ more: 'version 3' })), [])
  })

  test('have the same advert_int with version 2, which with version 3 is that of the MASTER', () => {
    assert.deepEqual(pair('advert_int 2', ''), [
      `8 warning: VI_1: advert_int 2, and the peer has 1: version 2 drops such adverts, ${BOTH}`,
    ])
    assert.deepEqual(pair('advert_int 2\nversion 3', 'version 3'), [])
  })

  test('have the same virtual_router_id', () => {
    assert.deepEqual(said(instance({ priority: 150 }), instance({ id: 52 })), [
      `3 warning: VI_1: virtual_router_id 51, and the peer has 52: to each other they are strangers, ${BOTH}`,
    ])
  })

  test('wait for as many adverts, and count checksums alike', () => {
    assert.match(pair('down_timer_adverts 5', '').join(), /^8 warning: VI_1: down_timer_adverts 5, and the peer has 3/)
    const checksum = (here: string, there: string) => pair(`version 3\n${here}`, `version 3\n${there}`)
    assert.match(checksum('', 'v3_checksum_as_v2').join(), /v3_checksum_as_v2 is only set at the peer: each drops/)
    assert.deepEqual(checksum('v3_checksum_as_v2', 'v3_checksum_as_v2'), [])
  })

  test('leave nopreempt to the node of the higher priority', () => {
    assert.match(
      pair('', 'nopreempt').join(),
      /^4 note: VI_1: nopreempt of the peer has no effect, for here is the higher/,
    )
    assert.deepEqual(pair('nopreempt', ''), [])
    assert.deepEqual(pair('nopreempt', 'nopreempt'), [])
    const low = instance({ priority: 90, more: 'nopreempt' })
    assert.match(said(low, instance()).join(), /^8 note: VI_1: nopreempt has no effect, for the peer has the higher/)
  })
})

describe('the addresses of two files', () => {
  const differing = (more: string) =>
    said(
      instance({ priority: 150, addresses: ['192.0.2.10', '192.0.2.11/24'], more }),
      instance({ addresses: ['192.0.2.10/32', '192.0.2.12'], more }),
    )

  test('are the same, or version 2 drops the adverts', () => {
    assert.deepEqual(differing(''), [
      `5 warning: VI_1: 192.0.2.12 is only in virtual_ipaddress of the peer: version 2 drops such adverts, ${BOTH}`,
      `7 warning: VI_1: 192.0.2.11 is not in virtual_ipaddress of the peer: version 2 drops such adverts, ${BOTH}`,
    ])
  })

  test('are the same, or with version 3 some are gone while the other is MASTER', () => {
    const [here, there] = differing('version 3')
    assert.match(here ?? '', /192\.0\.2\.12 is only in .*: nobody answers there while this node is MASTER/)
    assert.match(there ?? '', /192\.0\.2\.11 is not in .*: nobody answers there while the peer is MASTER/)
  })

  test('may be told or not with version 3, as long as both have them', () => {
    const excluded = (address: string) => `virtual_ipaddress_excluded {\n${address}\n}\n`
    const two = ['192.0.2.10', '192.0.2.11']
    const mixed = (version: string) =>
      said(
        instance({ priority: 150, addresses: two, more: version }),
        instance({ more: `${version}\n${excluded('192.0.2.11')}` }),
      )
    assert.deepEqual(mixed('version 3'), [])
    assert.match(mixed('version 2').join(), /192\.0\.2\.11 is not in virtual_ipaddress of the peer: version 2 drops/)
    assert.match(
      pair(excluded('192.0.2.20'), '').join(),
      /192\.0\.2\.20 is not in virtual_ipaddress_excluded of the peer/,
    )
  })

  test('are told up to eight', () => {
    const many = Array.from({ length: 12 }, (_, index) => `192.0.2.${100 + index}`)
    const text = said(instance({ priority: 150, addresses: ['192.0.2.10', ...many] }), instance()).join()
    assert.match(text, /192\.0\.2\.107 and 4 more are not in/)
  })
})

describe('the authentication of two files', () => {
  const password = (word: string, type = 'PASS') => `authentication {\nauth_type ${type}\nauth_pass ${word}\n}`
  const dropped = `each drops the adverts of the other, ${BOTH}`

  test('is the same, and no password is shown', () => {
    const findings = compare(
      instance({ priority: 150, more: password('sesame') }),
      instance({ more: password('open') }),
    )
    assert.deepEqual(
      findings.map(({ message }) => message),
      [`VI_1: auth_pass is not that of the peer: ${dropped}`],
    )
    assert.doesNotMatch(JSON.stringify(findings), /sesame|open/)
    assert.deepEqual(pair(password('sesame'), password('sesame')), [])
    assert.deepEqual(pair(password('12345678'), password('123456789')), [], 'only eight characters count')
  })

  test('is there on both, and of one kind', () => {
    assert.deepEqual(pair(password('a'), ''), [
      `8 warning: VI_1: auth_type PASS, and the peer has no authentication: ${dropped}`,
    ])
    assert.match(pair('', password('a')).join(), /no authentication, and the peer has auth_type PASS/)
    assert.match(pair(password('a'), password('a', 'AH')).join(), /auth_type PASS, and the peer has auth_type AH/)
    assert.deepEqual(pair(`version 3\n${password('a')}`, 'version 3'), [], 'version 3 has none')
  })

  test('by keys lets each node accept what the other sends', () => {
    const [one, two] = ['1'.repeat(32), '2'.repeat(32)]
    const hmac = (active: number, ...keys: string[]) => `auth_hmac {\n${keys.join('\n')}\nactive_key ${active}\n}`
    const both = [`key 1 ${one}`, `key 2 ${two}`]
    assert.deepEqual(pair(hmac(1, ...both), hmac(2, ...both)), [])
    assert.match(
      pair(hmac(1, ...both), hmac(2, `key 2 ${two}`)).join(),
      /the keys of auth_hmac are not those of the peer/,
    )
    assert.match(pair(hmac(1, `key 1 ${one}`), hmac(1, `key 1 ${two}`)).join(), /the keys of auth_hmac/)
    assert.match(pair(hmac(1, ...both), '').join(), /auth_hmac, and the peer has no authentication/)
  })
})

describe('where the adverts of two files go', () => {
  const unicast = (source: string, peer: string) => `unicast_src_ip ${source}\nunicast_peer {\n${peer}\n}`

  test('is one group, or unicast on both', () => {
    assert.deepEqual(pair('mcast_dst_ip 224.0.0.99', ''), [
      `8 warning: VI_1: its adverts go to the group 224.0.0.99, those of the peer to the group 224.0.0.18: neither hears the other, ${BOTH}`,
    ])
    assert.match(
      pair(unicast('192.0.2.1', '192.0.2.2'), '').join(),
      /^9 warning: VI_1: its adverts go to unicast peers, those of the peer to the group 224\.0\.0\.18/,
    )
  })

  test('with unicast is where the other one is', () => {
    const own = unicast('192.0.2.1', '192.0.2.2')
    assert.deepEqual(pair(own, unicast('192.0.2.2', '192.0.2.1')), [])
    assert.deepEqual(pair(own, unicast('192.0.2.3', '192.0.2.1')), [
      `9 warning: VI_1: unicast_peer does not name 192.0.2.3, where the peer is: it hears nothing from here, ${BOTH}`,
    ])
    assert.deepEqual(pair(own, unicast('192.0.2.2', '192.0.2.9')), [
      `8 warning: VI_1: unicast_peer of the peer does not name 192.0.2.1: this node hears nothing from there, ${BOTH}`,
    ])
    assert.deepEqual(
      pair('unicast_peer {\n192.0.2.8\n}', 'unicast_peer {\n192.0.2.9\n}'),
      [],
      'no file tells the source',
    )
  })
})

describe('instances of two files', () => {
  test('are matched by number and address before their names', () => {
    const crossed = said(
      instance({ name: 'a', id: 1, addresses: ['192.0.2.1'], priority: 9 }) +
        instance({ name: 'b', id: 2, addresses: ['192.0.2.2'], priority: 8 }),
      instance({ name: 'b', id: 1, addresses: ['192.0.2.1'] }) +
        instance({ name: 'a', id: 2, addresses: ['192.0.2.2'] }),
    )
    assert.deepEqual(crossed, [])
  })

  test('are matched by an address, or by number and interface, where the names differ', () => {
    assert.match(
      said(instance({ priority: 9 }), instance({ name: 'x', id: 7 })).join(),
      /virtual_router_id 51, and the/,
    )
    const elsewhere = instance({ name: 'x', addresses: ['192.0.2.99'] })
    assert.match(said(instance({ priority: 9 }), elsewhere).join(), /192\.0\.2\.99 is only in virtual_ipaddress/)
  })

  test('that only one of them has are noted', () => {
    const here = instance({ name: 'here', id: 1, addresses: ['192.0.2.1'] })
    const there = instance({ name: 'there', id: 2, addresses: ['192.0.2.2'] })
    assert.deepEqual(said(here, `\n${there}`), [
      '1 note: here: b.conf has no such virtual router',
      '1 note: vrrp_instance there is only at b.conf:2',
    ])
  })
})

test('a router_id that both files give is noted', () => {
  const named = (name: string) => `global_defs {\nrouter_id ${name}\n}\n`
  const here = instance({ priority: 150 })
  assert.match(said(named('lb') + here, named('lb') + instance()).join(), /^2 note: router_id lb is that of the peer/)
  assert.deepEqual(said(named('lb1') + here, named('lb2') + instance()), [])
  assert.deepEqual(said(here, instance()), [], 'host names are not in the files')
})

test('services that differ are noted, each once', () => {
  const service = (port: number, scheduler: string, servers: string[]) =>
    `virtual_server 192.0.2.10 ${port} {\nlvs_sched ${scheduler}\nlvs_method NAT\nprotocol TCP\n${servers
      .map((server) => `real_server ${server} 80 {\n}\n`)
      .join('')}}\n`
  const here = service(80, 'rr', ['192.0.2.91', '192.0.2.92']) + service(81, 'rr', ['192.0.2.91'])
  const there = service(80, 'wrr', ['192.0.2.91', '192.0.2.93']) + service(82, 'rr', ['192.0.2.91'])
  const [gone, differing, added, ...others] = said(here, there)
  assert.equal(gone, '1 note: virtual_server 192.0.2.10 82 TCP is only in b.conf')
  assert.match(differing ?? '', /^1 note: virtual_server 192\.0\.2\.10 80 TCP differs from that in b\.conf: /)
  assert.match(differing ?? '', /real_server 192\.0\.2\.93 80 \(only there\)/)
  assert.match(differing ?? '', /real_server 192\.0\.2\.92 80 \(only here\)/)
  assert.equal(added, '10 note: virtual_server 192.0.2.10 81 TCP is not in b.conf')
  assert.deepEqual(others, [])
  assert.deepEqual(said(here, here), [])
})
