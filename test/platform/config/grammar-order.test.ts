import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, parsePart } from './parse.ts'
import { codes, placed } from './read.ts'

const instance = (statements: string) => `vrrp_instance a {\n interface eth0\n virtual_router_id 5\n${statements}}\n`
const ADDRESS = ' virtual_ipaddress {\n  192.0.2.10\n }\n'

test('fact 52: order counts for definitions only, where keepalived has more such places', () => {
  const server = (first: string, second: string) =>
    parse(
      `virtual_server 192.0.2.1 80 {\n lvs_method NAT\n protocol TCP\n ${first}\n ${second}\n real_server 192.0.2.9 80 {\n }\n}\n`,
    )
  const [one, two] = [server('lvs_sched sh', 'sh-port'), server('sh-port', 'lvs_sched sh')]
  assert.deepEqual(one.config?.virtualServers, two.config?.virtualServers)
  assert.deepEqual(codes(one), codes(two))
  const six = (first: string, second: string) => codes(parse(instance(`${first}${second}`)))
  const ADDRESS_6 = ' virtual_ipaddress {\n  2001:db8::10\n }\n'
  assert.deepEqual(six(' native_ipv6\n', ADDRESS_6), six(ADDRESS_6, ' native_ipv6\n'))
  // The note says that the name is not defined there.
  assert.deepEqual(codes(parsePart('global_defs {\n router_id $LATE\n}\n$LATE=x\n')), ['UNDEFINED'])
})

test('fact 53: names may be used before they are defined, and one that nobody defines is an error', () => {
  const use = instance(`${ADDRESS} track_script {\n  alive\n }\n`)
  const script = 'vrrp_script alive {\n script /bin/true\n}\n'
  const unknown = (text: string) => placed(parse(text).diagnostics, 'UNKNOWN_NAME')
  assert.deepEqual([unknown(use + script), unknown(script + use), unknown(use)], [[], [], ['8:3 track_script']])
  assert.ok(parse(use).config?.instances.length === 1)
})

test('fact 54: global settings hold for the whole file, wherever they stand', () => {
  const globals = 'global_defs {\n vrrp_garp_master_delay 9\n smtp_helo_name x\n}\n'
  const delays = [globals + instance(ADDRESS), instance(ADDRESS) + globals].map(
    (text) => parse(text).config?.instances[0]?.announcement.delayMs,
  )
  assert.deepEqual(delays, [9000, 9000])
})

test('fact 55: what is broken is left out by itself, and the rest runs', () => {
  const { config, diagnostics, status } = parse(
    `${instance(ADDRESS)}vrrp_instance broken {\n virtual_router_id 6\n}\nvirtual_server 192.0.2.300 80 {\n}\n`,
  )
  assert.deepEqual([config?.instances.map(({ name }) => name), config?.virtualServers, status], [['a'], [], 5])
  assert.ok(diagnostics.length >= 2)
})
