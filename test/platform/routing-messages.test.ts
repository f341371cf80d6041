import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeEncapsulation } from '#platform/netlink/encapsulation.ts'
import { encodeMetrics } from '#platform/netlink/route-metrics.ts'
import { hintOf } from '#platform/netlink/routing.ts'
import { encodeRoute, RTM_DELROUTE, RTM_NEWROUTE } from '#platform/netlink/routing-messages.ts'
import { encodeRule } from '#platform/netlink/rule-messages.ts'
import type { NextHop, Route, Rule } from '#schemas/routing.ts'

const hop: NextHop = { via: '10.0.0.9', device: null, weight: 1, onlink: false, encapsulation: null, realms: null }

const route: Route = {
  ...{
    family: 4,
    type: 'unicast',
    destination: '192.168.1.0/24',
    table: 254,
    metric: 0,
    tos: 0,
    protocol: 18,
    scope: 0,
  },
  ...{ source: null, from: null, nextHops: [hop], metrics: [], congestionControl: null, explicitCongestion: false },
  ...{ expiresS: null, preference: null, ttlPropagate: null, placing: 'prepend', tracked: true },
}

const rule: Rule = {
  ...{ family: 4, priority: 900, action: { type: 'table', table: 1_000 }, inverted: false, from: null, to: null },
  ...{ inputDevice: null, outputDevice: null, tos: 0, mark: null, ipProtocol: null, sourcePorts: null },
  ...{ destinationPorts: null, users: null, tunnelId: null, realms: null, suppressPrefixLength: null },
  ...{ suppressGroup: null, protocol: 18, tracked: true },
}

const interfaces = new Map([
  ['eth0', 3],
  ['eth1', 4],
])

const hex = (bytes: Buffer): string => bytes.toString('hex')
/** Blanks are for the reader. */
const bytes = (...parts: string[]): string => parts.join('').replaceAll(' ', '')

function routeBytes(change: Partial<Route>): string {
  return hex(encodeRoute({ ...route, ...change }, interfaces))
}

test('a route has its head, destination, table and gateway', () => {
  const expected = [
    '02 18 00 00 fe 12 00 01 00000000',
    '0800 0100 c0a80100',
    '0800 0f00 fe000000',
    '0800 0500 0a000009',
  ]
  assert.equal(routeBytes({}), bytes(...expected))
})

test('a default route has no destination, and a large table is not in the head', () => {
  const expected = [
    '02 00 00 00 00 12 00 01 00000000',
    '0800 0f00 e8030000',
    '0800 0600 05000000',
    '0800 0500 0a000009',
  ]
  assert.equal(routeBytes({ destination: '0.0.0.0/0', table: 1_000, metric: 5 }), bytes(...expected))
})

test('a route that drops packets has a type and no way out', () => {
  const expected = ['02 18 00 00 fe 12 00 06 00000000', '0800 0100 c0a80100', '0800 0f00 fe000000']
  assert.equal(routeBytes({ type: 'blackhole', nextHops: [] }), bytes(...expected))
})

test('a gateway of the other family goes with its family, and onlink into the flags', () => {
  const nextHops = [{ ...hop, via: '2001:db8::9', device: 'eth1', onlink: true }]
  const expected = [
    '02 18 00 00 fe 12 00 01 04000000',
    '0800 0100 c0a80100',
    '0800 0f00 fe000000',
    '0800 0400 04000000',
  ]
  const via = '1600 1200 0a00 20010db8000000000000000000000009 0000'
  assert.equal(routeBytes({ nextHops }), bytes(...expected, via))
})

test('several ways out each have an entry with their share less one', () => {
  const nextHops = [
    { ...hop, device: 'eth0', weight: 3 },
    { ...hop, via: '10.1.0.9', device: 'eth1', onlink: true, realms: { from: 3, to: 4 } },
  ]
  const expected = ['02 18 00 00 fe 12 00 01 00000000', '0800 0100 c0a80100', '0800 0f00 fe000000', '2c00 0900']
  const ways = ['1000 00 02 03000000 0800 0500 0a000009', '1800 04 00 04000000 0800 0500 0a010009 0800 0b00 04000300']
  assert.equal(routeBytes({ nextHops }), bytes(...expected, ...ways))
})

test('IPv6 routes have a preference among routers, a lifetime and a source subnet', () => {
  const change: Partial<Route> = { family: 6, destination: '2001:db8:1::/48', from: '2001:db8:2::/48', nextHops: [] }
  const expected = ['0a 30 30 00 fe 12 00 01 00000000', '1400 0100 20010db8000100000000000000000000']
  const rest = [
    '1400 0200 20010db8000200000000000000000000',
    '0800 0f00 fe000000',
    '0500 1400 01 000000',
    '0800 1700 64000000',
  ]
  assert.equal(routeBytes({ ...change, preference: 'high', expiresS: 100 }), bytes(...expected, ...rest))
})

test('locked metrics are a set of their numbers', () => {
  const metrics: Route['metrics'] = [
    { name: 'mtu', value: 1_400, locked: true },
    { name: 'advmss', value: 1_300, locked: false },
  ]
  const congestionControl = { name: 'cubic', locked: true }
  const expected = ['0800 0100 04000100', '0800 0200 78050000', '0800 0800 14050000', '0800 0c00 01000000']
  const found = Buffer.concat(encodeMetrics({ metrics, congestionControl, explicitCongestion: true }))
  assert.equal(hex(found), bytes(...expected, '0a00 1000 637562696300 0000'))
})

/** The bytes inside RTA_ENCAP are those that iproute2 6.1 sends (strace), in the order of our fields. */
test('tunnels are written as iproute2 writes them', () => {
  const encapsulated = (encapsulation: NonNullable<NextHop['encapsulation']>) =>
    hex(Buffer.concat(encodeEncapsulation(encapsulation)))
  const mpls = bytes('0600 1500 0100 0000', '1000 1680', '0c00 0100 00064000 000c8100')
  assert.equal(encapsulated({ type: 'mpls', labels: [100, 200] }), mpls)
  const ila = bytes('0600 1500 0300 0000', '1000 1680', '0c00 0100 20010db800010002')
  assert.equal(encapsulated({ type: 'ila', locator: '2001:db8:1:2' }), ila)
  const tunnel = { id: 7, destination: '10.0.0.77', source: '10.0.0.1', tos: 16, ttl: 30, flags: 256 }
  const fields = ['0c00 0100 0000000000000007', '0800 0200 0a00004d', '0800 0300 0a000001', '0500 0400 1e 000000']
  const ip = bytes('0600 1500 0200 0000', '3800 1680', ...fields, '0500 0500 10 000000', '0600 0600 0100 0000')
  assert.equal(encapsulated({ type: 'ip', ...tunnel }), ip)
})

test('a rule has its conditions and where its packets go', () => {
  const found = encodeRule({
    ...rule,
    ...{ inverted: true, from: '10.20.0.0/16', mark: { value: 16, mask: 255 }, ipProtocol: 6, inputDevice: 'lo' },
    ...{ sourcePorts: { first: 80, last: 90 }, users: { first: 100, last: 200 }, realms: { from: 3, to: 4 } },
    suppressPrefixLength: 3,
  })
  const expected = [
    ...['02 00 10 00 00 00 00 01 02000000', '0800 0600 84030000', '0800 0200 0a140000', '0700 0300 6c6f00 00'],
    ...['0800 0a00 10000000', '0800 1000 ff000000', '0500 1600 06 000000', '0800 1700 5000 5a00'],
    ...['0c00 1400 64000000 c8000000', '0800 0f00 e8030000', '0800 0b00 04000300', '0800 0e00 03000000'],
    '0500 1500 12 000000',
  ]
  assert.equal(hex(found), bytes(...expected))
})

test('a rule of its own action has no table', () => {
  const head = (action: Rule['action']) => hex(encodeRule({ ...rule, action })).slice(8, 16)
  assert.equal(head({ type: 'blackhole' }), '00000006')
  assert.equal(head({ type: 'nop' }), '00000003')
  assert.equal(head({ type: 'goto', priority: 1_000 }), '00000002')
  assert.equal(head({ type: 'l3mdev' }), '00000001')
  assert.equal(head({ type: 'table', table: 100 }), '64000001')
})

test('a route that another one replaced may have been ours, as one that was removed', () => {
  assert.equal(hintOf({ type: RTM_DELROUTE, flags: 0 }), 'lost')
  assert.equal(hintOf({ type: RTM_NEWROUTE, flags: 0x500 }), 'lost')
  assert.equal(hintOf({ type: RTM_NEWROUTE, flags: 0x400 }), 'chance')
  assert.equal(hintOf({ type: 2, flags: 0 }), null)
})
