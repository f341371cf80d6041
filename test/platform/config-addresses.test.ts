import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleVip } from '../configuration.ts'
import { complaints, parse } from './config/parse.ts'

/** One instance from its whole body. */
function instancesOf(...bodies: string[]) {
  const text = bodies.map((body, index) => `vrrp_instance VI_${index + 1} {\n${body}\n}\n`).join('')
  const result = parse(text)
  return { ...result, instances: result.config?.instances ?? [] }
}

const V6 = 'interface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n 2001:DB8:0::10/64\n}'

test('an address takes device, prefix, scope, label and broadcast from its line', () => {
  const body = `interface eth0
virtual_router_id 1
virtual_ipaddress {
  192.0.2.77/26 dev eth1 scope link label eth1:v brd +
  192.0.2.78/26 broadcast -
  192.0.2.79 brd 192.0.2.255
}
virtual_ipaddress_excluded {
  2001:db8::1/64
}`
  const [instance] = instancesOf(body).instances
  assert.deepEqual(
    instance?.addresses.map(({ device, prefix, scope, label, broadcast }) => [device, prefix, scope, label, broadcast]),
    [
      ['eth1', 26, 253, 'eth1:v', '192.0.2.127'],
      ['eth0', 26, 0, null, '192.0.2.64'],
      ['eth0', 32, 0, null, '192.0.2.255'],
    ],
  )
  assert.deepEqual(
    instance?.excludedAddresses.map(({ address, family }) => [address, family]),
    [['2001:db8::1', 6]],
  )
})

test('what is wrong with an address is said of that address alone', () => {
  const { diagnostics, instances } = instancesOf(`interface eth0
virtual_router_id 1
virtual_ipaddress {
  192.0.2.1/33
  192.0.2.2 192.0.2.3
  192.0.2.4 scope moon devv eth1
  2001:db8::1
  192.0.2.1
  192.0.2.5 -nodad
  192.0.2
  fe80::1%eth0
}`)
  assert.deepEqual(complaints(diagnostics), [
    '5:3 OUT_OF_RANGE virtual_ipaddress',
    '6:13 UNKNOWN_OPTION 192.0.2.3',
    '7:13 INVALID scope',
    '7:24 UNKNOWN_OPTION devv',
    '8:3 FAMILY 2001:db8::1',
    '9:3 REPEATED 192.0.2.1',
    '10:13 NO_EFFECT -nodad',
    '11:3 INVALID_ADDRESS virtual_ipaddress',
    '12:3 INVALID_ADDRESS virtual_ipaddress',
  ])
  assert.deepEqual(
    instances[0]?.addresses.map(({ address }) => address),
    ['192.0.2.1', '192.0.2.2', '192.0.2.4', '192.0.2.5'],
  )
})

test('an IPv6 instance is version 3, in its own group, its addresses in their shortest form', () => {
  const [instance] = instancesOf(V6).instances
  assert.deepEqual(
    [instance?.version, instance?.multicastGroup, instance?.addresses[0]?.address],
    [3, 'ff02::12', '2001:db8::10'],
  )
  assert.deepEqual(complaints(instancesOf(`version 2\n${V6}`).diagnostics), ['2:1 VERSION version'])
})

test('every option of an address finds its way into the configuration, and the usual is the default', () => {
  const { instances, diagnostics } = instancesOf(`interface eth0
virtual_router_id 1
promote_secondaries
virtual_ipaddress {
  192.0.2.1 peer 198.51.100.1/30
  192.0.2.2/24 preferred_lft 60 noprefixroute no_track
  192.0.2.3/24 preferred_lft forever
}
virtual_ipaddress_excluded {
  2001:db8::1
  2001:db8::2/64 -nodad home mngtmpaddr preferred_lft 0
  2001:db8::3 preferred_lft forever
  239.1.1.1 autojoin
}`)
  assert.deepEqual(complaints(diagnostics), [])
  const [instance] = instances
  assert.equal(instance?.promoteSecondaries, true)
  assert.deepEqual(instance?.addresses, [
    { ...exampleVip('192.0.2.1'), prefix: 30, peer: '198.51.100.1' },
    { ...exampleVip('192.0.2.2'), prefix: 24, preferredLifetimeS: 60, noPrefixRoute: true, noTrack: true },
    { ...exampleVip('192.0.2.3'), prefix: 24 },
  ])
  const six = (address: string, prefix: number) => ({ ...exampleVip(address), family: 6, prefix })
  assert.deepEqual(instance?.excludedAddresses, [
    { ...six('2001:db8::1', 128), preferredLifetimeS: 0 },
    {
      ...six('2001:db8::2', 64),
      ...{ duplicateDetection: true, homeAddress: true, temporaryAddresses: true, preferredLifetimeS: 0 },
    },
    six('2001:db8::3', 128),
    { ...exampleVip('239.1.1.1'), autojoin: true },
  ])
})

test('an option that cannot be meant is not used, and the address stays', () => {
  const { instances, diagnostics } = instancesOf(`interface eth0
virtual_router_id 1
virtual_ipaddress {
  192.0.2.1/24 peer 198.51.100.1
  192.0.2.2 peer 2001:db8::1
  192.0.2.3 preferred_lft soon
  192.0.2.4 home mngtmpaddr
}`)
  assert.deepEqual(complaints(diagnostics), [
    '5:16 INVALID peer',
    '6:13 INVALID peer',
    '7:13 INVALID preferred_lft',
    '8:13 NO_EFFECT home',
    '8:18 NO_EFFECT mngtmpaddr',
  ])
  assert.deepEqual(
    instances[0]?.addresses,
    [1, 2, 3, 4].map((last) => ({ ...exampleVip(`192.0.2.${last}`), prefix: last === 1 ? 24 : 32 })),
  )
})

test('addresses that an advert cannot carry count as excluded, and that is said', () => {
  const lines = (count: number, line: (number: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index + 1)).join('\n')
  const four = instancesOf(
    `interface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n${lines(258, (at) => `10.0.${at >> 8}.${at & 255}`)}\n}`,
  )
  assert.deepEqual(
    [four.instances[0]?.addresses.length, four.instances[0]?.excludedAddresses.map(({ address }) => address)],
    [255, ['10.0.1.0', '10.0.1.1', '10.0.1.2']],
  )
  assert.deepEqual(complaints(four.diagnostics), ['260:1 TOO_MANY 10.0.1.0'])
  const six = instancesOf(
    `interface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\nfe80::1\n${lines(89, (at) => `2001:db8::${at.toString(16)}`)}\n}\nvirtual_ipaddress_excluded {\n10.0.0.1\n}`,
  )
  assert.deepEqual(
    [six.instances[0]?.addresses.length, six.instances[0]?.excludedAddresses.map(({ address }) => address)],
    [89, ['2001:db8::59', '10.0.0.1']],
  )
})
