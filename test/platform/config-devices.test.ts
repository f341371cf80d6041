import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { parse } from './config/parse.ts'

/** What keepalived 2.2.7 makes of these was measured: names, hardware addresses, and what goes where. */
function instances(text: string) {
  const result = parse(text)
  return { ...result, instances: result.config?.instances ?? [] }
}

const complaints = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ message }) => message).join('\n')

const instance = (id: number, body: string, vips = `10.0.0.${id}/24`, device = 'eth0') =>
  `vrrp_instance VI_${id} {\n interface ${device}\n virtual_router_id ${id}\n ${body}\n virtual_ipaddress {\n ${vips}\n }\n}\n`

test('M1: an IPv4 virtual router has the hardware address 00:00:5e:00:01 and its id', () => {
  const { instances: found, diagnostics } = instances(instance(51, 'use_vmac'))
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(found[0]?.device, {
    type: 'macvlan',
    name: 'vrrp.51',
    parent: 'eth0',
    hardwareAddress: '00:00:5e:00:01:33',
    group: null,
  })
  assert.equal(found[0]?.addresses[0]?.device, 'vrrp.51')
  assert.equal(found[0]?.advertsFromInterface, false)
})

test('M2: an IPv6 virtual router has the hardware address 00:00:5e:00:02 and its id', () => {
  const { instances: found } = instances(instance(51, 'version 3\n use_vmac', 'fe80::100/64\n2001:db8::100/64'))
  const [first] = found
  assert.ok(first?.device?.type === 'macvlan')
  assert.equal(first.device.hardwareAddress, '00:00:5e:00:02:33')
  assert.deepEqual(
    first.addresses.map(({ device }) => device),
    ['vrrp.51', 'vrrp.51'],
  )
})

test('M8: without use_vmac the addresses are on the interface itself', () => {
  const { instances: found } = instances(instance(51, ''))
  assert.equal(found[0]?.device, null)
  assert.equal(found[0]?.addresses[0]?.device, 'eth0')
})

test('names are chosen so that no two devices have the same one', () => {
  const { instances: found } = instances(
    instance(51, 'use_vmac') +
      instance(51, 'use_vmac', 'fe80::100/64').replace('VI_51', 'VI_6') +
      instance(51, 'use_vmac', '10.1.0.51/24', 'eth1').replace('VI_51', 'VI_1'),
  )
  assert.deepEqual(
    found.map(({ device }) => device?.name),
    ['vrrp.51', 'vrrp6.51', 'vrrp1.51'],
  )
})

test('name and hardware address can be chosen, and five octets get the id as the sixth', () => {
  const { instances: found, diagnostics } = instances(
    `global_defs {\n vmac_prefix very_long_prefix\n}\n${instance(52, 'use_vmac lan 02:00:00:00:77 group 5\n vmac_xmit_base')}${instance(53, 'use_vmac 2:0:0:0:77:1')}`,
  )
  assert.deepEqual(diagnostics, [])
  assert.deepEqual(
    found.map(({ device, advertsFromInterface }) => ({ ...device, advertsFromInterface })),
    [
      {
        ...{ type: 'macvlan', name: 'lan', parent: 'eth0', hardwareAddress: '02:00:00:00:77:34', group: 5 },
        advertsFromInterface: true,
      },
      {
        ...{ type: 'macvlan', name: 'very_long_pr.53', parent: 'eth0', hardwareAddress: '02:00:00:00:77:01' },
        ...{ group: null, advertsFromInterface: false },
      },
    ],
  )
})

test('a hardware address of the range of VRRP, or of many stations, is refused and the usual one is used', () => {
  for (const [written, words] of [
    ['00:00:5e:00:01:05', 'in the range that VRRP has for itself'],
    ['01:00:00:00:00:05', 'a multicast hardware address'],
  ] as const) {
    const { instances: found, diagnostics } = instances(instance(51, `use_vmac ${written}`))
    assert.match(complaints(diagnostics), new RegExp(words))
    assert.ok(found[0]?.device?.type === 'macvlan')
    assert.equal(found[0].device.hardwareAddress, '00:00:5e:00:01:33')
  }
})

test('addresses elsewhere, or of the other family, get a device only where one is asked for', () => {
  const vips = '10.0.0.51/24\n10.1.0.100/24 dev eth1 use_vmac\n10.1.0.101/24 dev eth1'
  const others = 'virtual_ipaddress_excluded {\n 2001:db8::77/64\n 2001:db8::78/64 use_vmac\n}'
  const text = `global_defs {\n vmac_addr_prefix va\n}\n${instance(51, `use_vmac\n ${others}`, vips)}`
  const [found] = instances(text).instances
  assert.deepEqual(
    [...(found?.addresses ?? []), ...(found?.excludedAddresses ?? [])].map(({ device }) => device),
    ['vrrp.51', 'va.51', 'eth1', 'eth0', 'va6.51'],
  )
  assert.deepEqual(found?.addressDevices, [
    { type: 'macvlan', name: 'va.51', parent: 'eth1', hardwareAddress: '00:00:5e:00:01:33', group: null },
    { type: 'macvlan', name: 'va6.51', parent: 'eth0', hardwareAddress: '00:00:5e:00:02:33', group: null },
  ])
})

test('use_vmac_addr is use_vmac for each address that is not on the device of the instance', () => {
  const others = 'virtual_ipaddress_excluded {\n 2001:db8::78/64\n}'
  const body = `use_vmac 02:00:00:00:77\n use_vmac_addr\n ${others}`
  const [found] = instances(instance(52, body, '10.0.0.52/24\n10.1.0.52/24 dev eth1')).instances
  assert.deepEqual(
    [...(found?.addresses ?? []), ...(found?.excludedAddresses ?? [])].map(({ device }) => device),
    ['vrrp.52', 'vrrp1.52', 'vrrp.52'],
  )
})

test('two devices on one interface never share a hardware address', () => {
  const { instances: found, diagnostics } = instances(
    instance(51, 'use_vmac', '10.0.0.51/24\n10.1.0.51/24 dev eth1 use_vmac') +
      instance(51, 'use_vmac', '10.1.0.52/24', 'eth1').replace('VI_51', 'VI_2'),
  )
  assert.match(complaints(diagnostics), /VI_2 has a device on eth1 with 00:00:5e:00:01:33, and so does VI_51/)
  assert.deepEqual(
    found.map(({ name }) => name),
    ['VI_51'],
  )
})

test('an ipvlan has an address of its own, which adverts come from', () => {
  const { instances: found, diagnostics } = instances(instance(51, 'use_ipvlan own 10.0.0.9/24 private'))
  assert.deepEqual(diagnostics, [])
  const [first] = found
  assert.deepEqual(first?.device, {
    type: 'ipvlan',
    name: 'own',
    parent: 'eth0',
    mode: 'private',
    address: { address: '10.0.0.9', prefix: 24 },
    group: null,
  })
  assert.equal(first?.sourceAddress, '10.0.0.9')
  assert.equal(first?.addresses[0]?.device, 'own')
})

test('an IPv4 instance with an ipvlan that has no address is left out', () => {
  const { instances: found, diagnostics } = instances(instance(51, 'use_ipvlan vepa'))
  assert.match(complaints(diagnostics), /VI_51 has use_ipvlan without an address/)
  assert.deepEqual(found, [])
})

test('a group that is not a number is reported, and that of the interface is used', () => {
  const { instances: found, diagnostics } = instances(instance(51, 'use_vmac group lan'))
  assert.match(complaints(diagnostics), /group lan is not a number/)
  assert.equal(found[0]?.device?.group, null)
})
