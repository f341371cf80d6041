import assert from 'node:assert/strict'
import { test } from 'node:test'
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
    '10:13 NOT_IN_FORCE -nodad',
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
