import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePart } from './config/parse.ts'

/** What is said of a line besides what is not in force. */
function said(block: string, line: string): string[] {
  const { diagnostics } = parsePart(`${block} {\n${line}\n}\n`)
  return diagnostics
    .filter(({ code, severity }) => severity !== 'note' && !/^(NOT_IN_FORCE|NO_PREFERENCE)$/.test(code))
    .map(({ column, code }) => `${column} ${code}`)
}

test('the addresses of a route are of one family, unless a gateway says otherwise', () => {
  assert.deepEqual(said('static_routes', '10.0.0.0/8 via 192.0.2.1 src 192.0.2.9'), [])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 via inet6 2001:db8::1'), [])
  assert.deepEqual(said('static_routes', 'default via 2001:db8::1 inet6'), [])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 via 2001:db8::1'), ['12 FAMILY'])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 src 2001:db8::1'), ['12 FAMILY'])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 nexthop via 192.0.2.1 nexthop via 2001:db8::1'), ['42 FAMILY'])
  assert.deepEqual(said('static_routes', 'inet6 10.0.0.0/8 dev eth0'), ['1 FAMILY'])
})

test('a lifetime and a preference among routers are of IPv6', () => {
  assert.deepEqual(said('static_routes', '2001:db8::/64 dev eth0 expires 60 pref low'), [])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 dev eth0 expires 60 pref low'), ['21 FAMILY', '32 FAMILY'])
})

test('the addresses of a rule are of one family', () => {
  assert.deepEqual(said('static_rules', 'from 10.0.0.0/8 to 192.0.2.0/24 table 5'), [])
  assert.deepEqual(said('static_rules', 'from 10.0.0.0/8 to 2001:db8::/32 table 5'), ['17 FAMILY'])
})

test('a rule has one action', () => {
  assert.deepEqual(said('static_rules', 'from all l3mdev preference 5'), [])
  assert.deepEqual(said('static_rules', 'from all preference 5'), ['1 INCOMPLETE'])
  assert.deepEqual(said('static_rules', 'from all blackhole table 5'), ['20 REPEATED'])
})

test('a rule jumps forwards', () => {
  assert.deepEqual(said('static_rules', 'from all goto 20 preference 10'), [])
  assert.deepEqual(said('static_rules', 'from all goto 20 preference 20'), ['10 GOTO'])
  assert.deepEqual(said('static_rules', 'from all goto 20'), ['10 GOTO'])
})

test('what is marked as made by others is not watched', () => {
  assert.deepEqual(said('static_routes', '10.0.0.0/8 dev eth0 protocol 18'), [])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 dev eth0 no_track protocol bird'), [])
  assert.deepEqual(said('static_routes', '10.0.0.0/8 dev eth0 protocol bird'), ['21 NO_EFFECT'])
  assert.deepEqual(said('static_rules', 'from all table 5 protocol 12'), ['18 NO_EFFECT'])
})

test('times, realms and marks are written as iproute2 takes them', () => {
  for (const line of [
    'rtt lock 1.5s',
    'rttvar 30ms',
    'rto_min 200',
    'realms cosmos/7',
    'nexthop via 192.0.2.1 realms 7',
  ])
    assert.deepEqual(said('static_routes', `10.0.0.0/8 dev eth0 ${line}`), [], line)
  for (const line of ['rtt 1.5', 'rtt 1h', 'realms 1/2/3', 'realms 256'])
    assert.equal(said('static_routes', `10.0.0.0/8 ${line}`).join().replace(/^\d+ /, ''), 'INVALID', line)
  assert.deepEqual(said('static_routes', '10.0.0.0/8 nexthop via 192.0.2.1 realms /'), ['41 INVALID'])
  assert.deepEqual(said('static_rules', 'fwmark 0x5/255 table 5'), [])
  assert.deepEqual(said('static_rules', 'fwmark 5/x table 5'), ['8 INVALID'])
})
