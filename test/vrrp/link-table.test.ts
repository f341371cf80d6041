import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AddressInfo, LinkInfo } from '#platform/netlink/route-messages.ts'
import { IFA_F_SECONDARY, IFA_F_TENTATIVE } from '#platform/netlink/route-messages.ts'
import { createLinkTable } from '../../services/vrrp/adapters/link-table.ts'

const eth0: LinkInfo = {
  index: 2,
  name: 'eth0',
  adminUp: true,
  carrier: true,
  arp: true,
  hardwareAddress: Buffer.alloc(6),
}
const ipv4 = (address: string, flags = 0, index = 2): AddressInfo => ({
  index,
  family: 4,
  address,
  prefix: 24,
  scope: 0,
  flags,
  validS: null,
  preferredS: null,
  label: null,
  protocol: 0,
})
const linkLocal = (address: string, flags = 0): AddressInfo => ({
  ...ipv4(address, flags),
  family: 6,
  prefix: 64,
  scope: 253,
})
const NO_VIPS: ReadonlySet<string> = new Set()

test('the primary address is the first that is neither secondary nor a VIP', () => {
  const table = createLinkTable()
  table.setLinks([eth0])
  table.setAddresses([ipv4('192.0.2.100'), ipv4('192.0.2.9', IFA_F_SECONDARY), ipv4('192.0.2.1'), ipv4('192.0.2.2')])
  assert.equal(table.state('eth0', new Set(['192.0.2.100']))?.primaryIpv4, '192.0.2.1')
  assert.equal(table.state('eth0', NO_VIPS)?.primaryIpv4, '192.0.2.100')
})

test('addresses of other interfaces are not mixed up', () => {
  const table = createLinkTable()
  table.setLinks([eth0, { ...eth0, index: 3, name: 'eth1' }])
  table.setAddresses([ipv4('192.0.2.1', 0, 3)])
  assert.equal(table.state('eth0', NO_VIPS)?.primaryIpv4, null)
  assert.equal(table.find({ interface: 'eth0', address: '192.0.2.1' }), null)
  assert.equal(table.find({ interface: 'eth1', address: '192.0.2.1' })?.index, 3)
})

test('a link-local address counts once duplicate detection has let it through', () => {
  const table = createLinkTable()
  table.setLinks([eth0])
  table.putAddress(linkLocal('fe80::1', IFA_F_TENTATIVE))
  assert.equal(table.state('eth0', NO_VIPS)?.linkLocalIpv6, null)
  assert.equal(table.putAddress(linkLocal('fe80::1')), false)
  assert.equal(table.state('eth0', NO_VIPS)?.linkLocalIpv6, 'fe80::1')
})

test('a refresh is told from a change', () => {
  const table = createLinkTable()
  assert.equal(table.putAddress(ipv4('192.0.2.1')), false)
  assert.equal(table.putAddress({ ...ipv4('192.0.2.1'), validS: 3 }), true)
  table.removeAddress(ipv4('192.0.2.1'))
  assert.equal(table.putAddress(ipv4('192.0.2.1')), false)
})

test('a VIP is found whatever way its IPv6 address is spelled', () => {
  const table = createLinkTable()
  table.setLinks([eth0])
  table.putAddress({ ...linkLocal('2001:db8::1'), scope: 0 })
  assert.equal(table.find({ interface: 'eth0', address: '2001:DB8:0:0::1' })?.address, '2001:db8::1')
})

test('an interface that is gone has no state', () => {
  const table = createLinkTable()
  table.putLink(eth0)
  assert.equal(table.state('eth0', NO_VIPS)?.adminUp, true)
  table.removeLink(2)
  assert.equal(table.state('eth0', NO_VIPS), null)
  assert.equal(table.nameOf(2), null)
})
