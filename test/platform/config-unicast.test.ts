import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference } from '#platform/config/compare/difference.ts'
import { exampleConfig, exampleInstance } from '../configuration.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

const PEER = { address: '192.0.2.2', minTtl: null, maxTtl: null }

test('unicast peers, and what goes with them, are read with their defaults', () => {
  const { instance, diagnostics } = instanceWith('unicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.2\n}')
  assert.deepEqual(complaints(diagnostics), [])
  assert.deepEqual(instance.unicast, { peers: [PEER], ttl: 255, peersOnly: false })
  assert.equal(instance.sourceAddress, '192.0.2.1')
})

test('bounds for the TTL turn the check of the source on, as check_unicast_src does here and for all', () => {
  const bounded = instanceWith('unicast_peer {\n192.0.2.2 min_ttl 250 max_ttl 254\n192.0.2.3\n}').instance
  assert.deepEqual(bounded.unicast?.peers, [
    { address: '192.0.2.2', minTtl: 250, maxTtl: 254 },
    { address: '192.0.2.3', minTtl: null, maxTtl: null },
  ])
  assert.equal(bounded.unicast?.peersOnly, true)
  assert.equal(instanceWith('check_unicast_src\nunicast_peer {\n192.0.2.2\n}').instance.unicast?.peersOnly, true)
  const all = instanceWith('unicast_peer {\n192.0.2.2\n}', 'vrrp_check_unicast_src')
  assert.equal(all.instance.unicast?.peersOnly, true)
})

test('unicast_ttl 0 would let nothing leave: 255 is used, and that is said', () => {
  const { instance, diagnostics } = instanceWith('unicast_ttl 0\nunicast_peer {\n192.0.2.2\n}')
  assert.equal(instance.unicast?.ttl, 255)
  assert.deepEqual(complaints(diagnostics), ['10:1 ROUNDED unicast_ttl'])
  assert.equal(instanceWith('unicast_ttl 64\nunicast_peer {\n192.0.2.2\n}').instance.unicast?.ttl, 64)
})

test('with peers the source of unicast counts before that of multicast, and without them after it', () => {
  const sources = 'mcast_src_ip 192.0.2.7\nunicast_src_ip 192.0.2.8'
  assert.equal(instanceWith(sources).instance.sourceAddress, '192.0.2.7')
  assert.equal(instanceWith(`${sources}\nunicast_peer {\n192.0.2.2\n}`).instance.sourceAddress, '192.0.2.8')
})

test('K3: without peers the group is used, as in keepalived, and the file is at fault', () => {
  const { instance, diagnostics, status } = instanceWith('unicast_peer {\n}')
  assert.equal(instance.unicast, null)
  assert.deepEqual(complaints(diagnostics), ['10:1 NO_PEER unicast_peer'])
  assert.equal(status, 5)
})

test('K3: with unicast_fault_no_peer, or where no peer can be used, nobody is left to send to', () => {
  const none = { peers: [], ttl: 255, peersOnly: false }
  assert.deepEqual(instanceWith('unicast_fault_no_peer').instance.unicast, none)
  const wrong = instanceWith('unicast_peer {\n2001:db8::2\n}')
  assert.deepEqual(wrong.instance.unicast, none)
  assert.deepEqual(complaints(wrong.diagnostics), ['11:1 FAMILY unicast_peer'])
})

test('a unicast instance without an interface stands on that of its first address', () => {
  const text = (addresses: string) =>
    `vrrp_instance A {\nvirtual_router_id 7\nunicast_peer {\n192.0.2.2\n}\nvirtual_ipaddress {\n${addresses}\n}\n}\n`
  const [instance] = parse(text('192.0.2.7 dev eth3\n192.0.2.8')).config?.instances ?? []
  assert.equal(instance?.interface, 'eth3')
  assert.deepEqual(
    instance?.addresses.map(({ device }) => device),
    ['eth3', 'eth3'],
  )
  const none = parse(text('192.0.2.7')).diagnostics.find(({ code }) => code === 'INCOMPLETE')
  assert.match(none?.hint ?? '', /or a first address with dev/)
})

test('a peer that is listed twice counts once', () => {
  const { instance } = instanceWith('unicast_peer {\n192.0.2.2\n192.0.2.2\n}')
  assert.deepEqual(instance.unicast?.peers, [PEER])
})

test('a change of peers is told in the words of the file', () => {
  const config = (...addresses: string[]) => {
    const peers = addresses.map((address) => ({ ...PEER, address }))
    const unicast = peers.length === 0 ? null : { peers, ttl: 255, peersOnly: false }
    return exampleConfig({ instances: [exampleInstance({ unicast })] })
  }
  const words = (before: string[], after: string[]) =>
    difference(config(...before), config(...after)).map(({ keyword, summary }) => `${keyword}: ${summary}`)
  assert.deepEqual(words(['192.0.2.2'], ['192.0.2.2', '192.0.2.3']), ['unicast_peer: 192.0.2.2 -> 192.0.2.2 192.0.2.3'])
  assert.deepEqual(words([], ['192.0.2.2']).slice(0, 1), ['unicast_peer: none -> 192.0.2.2'])
})

test('v3_checksum_as_v2 and skip_check_adv_addr hold for all instances, or for one', () => {
  const read = (statements: string, globals = '') => {
    const { checksum, skipKnownAddresses } = instanceWith(statements, globals).instance
    return [checksum, skipKnownAddresses]
  }
  assert.deepEqual(read(''), ['pseudo-header', false])
  assert.deepEqual(read('v3_checksum_as_v2\nskip_check_adv_addr'), ['message-only', true])
  const globals = 'v3_checksum_as_v2\nvrrp_skip_check_adv_addr'
  assert.deepEqual(read('', globals), ['message-only', true])
  assert.deepEqual(read('v3_checksum_as_v2 off\nskip_check_adv_addr off', globals), ['pseudo-header', false])
})

test('old_unicast_checksum is for peers, and never for nobody', () => {
  const peers = 'unicast_peer {\n192.0.2.2\n}'
  const checksum = (statements: string) => instanceWith(statements).instance.checksum
  assert.equal(checksum(`old_unicast_checksum\n${peers}`), 'old-unicast')
  assert.equal(checksum(`old_unicast_checksum never\n${peers}`), 'pseudo-header')
  assert.equal(checksum('old_unicast_checksum'), 'pseudo-header')
})

test('K5: unicast is not in the RFC: with strict_mode that is noted, and it is used all the same', () => {
  const { instance, diagnostics } = instanceWith('strict_mode\nunicast_peer {\n192.0.2.2\n}')
  assert.deepEqual(instance.unicast?.peers, [PEER])
  assert.deepEqual(
    diagnostics.filter(({ code }) => code === 'STRICT').map(({ severity, keyword }) => [severity, keyword]),
    [['note', 'unicast_peer']],
  )
})
