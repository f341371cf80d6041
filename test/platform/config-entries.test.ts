import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonForm } from '#platform/config/forms/json-form.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH } from './config/parse.ts'

/** What a line of a block comes to, and what is said of it; notes and what is not in force are left out. */
function read(block: string, line: string) {
  const files = memoryFiles({ [PATH]: `${block} {\n${line}\n}\n`, '/etc/iproute2/rt_tables': '7 web' })
  const { root, diagnostics } = parseConfig(files, PATH, OPTIONS)
  const said = diagnostics.filter(({ code, severity }) => severity !== 'note' && !/^NO(T|_PREF)/.test(code))
  const form: unknown = Reflect.get(jsonForm(root, { secrets: true }), block)
  const [entry]: unknown[] = Array.isArray(form) ? form : []
  return { entry, said: said.map(({ column, code, message }) => `${column} ${code} ${message}`) }
}

function route(line: string) {
  const { entry, said } = read('static_routes', line)
  assert.deepEqual(said, [], line)
  return entry
}

describe('the words of a route', () => {
  test('come in any order, with or without the word to', () => {
    const wanted = { destination: '10.0.0.0/8', src: '192.0.2.1', dev: 'eth0' }
    assert.deepEqual(route('src 192.0.2.1 to 10.0.0.0/8 dev eth0'), wanted)
    assert.deepEqual(route('src 192.0.2.1 10.0.0.0/8 dev eth0'), wanted)
    assert.deepEqual(route('10.0.0.0/8 src 192.0.2.1 oif eth0'), wanted)
  })

  test('may begin with a type, and end in a default route', () => {
    assert.deepEqual(route('blackhole 10.0.0.0/8'), { type: 'blackhole', destination: '10.0.0.0/8' })
    assert.deepEqual(route('unreachable default table 10'), { type: 'unreachable', destination: 'default', table: 10 })
    assert.deepEqual(route('any via inet6 2001:db8::1'), {
      destination: 'default',
      via: { family: 'inet6', address: '2001:db8::1' },
    })
    assert.deepEqual(route('inet6 default via 2001:db8::1'), {
      destination: 'default',
      via: { address: '2001:db8::1' },
      inet6: true,
    })
  })

  test('lock what the kernel must not change', () => {
    assert.deepEqual(route('10.0.0.0/8 dev eth0 mtu lock 1400 advmss 1360 congctl lock cubic'), {
      destination: '10.0.0.0/8',
      dev: 'eth0',
      mtu: { value: 1400, lock: true },
      advmss: { value: 1360 },
      congctl: { name: 'cubic', lock: true },
    })
  })

  test('give every nexthop its own options', () => {
    const line = '10.0.0.0/8 table web nexthop via 192.0.2.1 dev eth0 weight 2 nexthop via 192.0.2.2 encap mpls 100/200'
    assert.deepEqual(route(line), {
      destination: '10.0.0.0/8',
      table: 'web',
      nexthop: [
        { via: { address: '192.0.2.1' }, dev: 'eth0', weight: 2 },
        { via: { address: '192.0.2.2' }, encap: { type: 'mpls', target: '100/200' } },
      ],
    })
  })

  test('that describe a tunnel end where the route goes on', () => {
    assert.deepEqual(route('10.0.0.0/8 encap ip id 0x10 dst 192.0.2.1 ttl 5 table 7'), {
      destination: '10.0.0.0/8',
      encap: { type: 'ip', id: 16, dst: '192.0.2.1', ttl: 5 },
      table: 7,
    })
  })
})

test('a route with one wrong word is left out as a whole: it could lead anywhere', () => {
  const said = (line: string) => {
    const { entry, said } = read('static_routes', line)
    assert.equal(entry, undefined)
    return said
  }
  assert.deepEqual(said('10.0.0.0/8 dev eth0 tabel 7'), [
    '21 UNKNOWN_OPTION tabel is no option of an entry of static_routes; the whole line is left out',
  ])
  assert.deepEqual(said('10.0.0.300 dev eth0'), ['1 INVALID_ADDRESS static_routes: 10.0.0.300 is not an IP address'])
  assert.deepEqual(said('blackhoel 10.0.0.0/8'), [
    '1 INVALID static_routes: blackhoel is not one of the values known here',
  ])
  assert.deepEqual(said('10.0.0.0/8 metric 4294967296'), [
    '19 OUT_OF_RANGE metric: 4294967296 is larger than any number here',
  ])
  assert.deepEqual(said('via 192.0.2.1 dev eth0'), [
    '19 EMPTY static_routes needs an address with an optional prefix length, or default behind eth0',
  ])
  assert.deepEqual(said('10.0.0.0/8 nexthop via 192.0.2.1 table 10'), [
    '34 UNKNOWN_OPTION table is no option of an entry of nexthop; the whole line is left out',
  ])
})

test('a rule is its options, in any order', () => {
  const { entry, said } = read('static_rules', 'priority 10 from all fwmark 0x5/0xff lookup web uidrange 0-999 not')
  assert.deepEqual(said, [])
  const wanted = { preference: 10, from: 'default', fwmark: '0x5/0xff', table: 'web', uidrange: '0-999', not: true }
  assert.deepEqual(entry, wanted)
})

test('a rule with one wrong word is left out as a whole: it could match everything', () => {
  const { entry, said } = read('static_rules', 'priority 10 fron 10.0.0.0/8 table 5')
  assert.equal(entry, undefined)
  assert.deepEqual(said, [
    '13 UNKNOWN_OPTION fron is no option of an entry of static_rules; the whole line is left out',
  ])
})

test('an address loses a wrong option alone', () => {
  const { entry, said } = read('static_ipaddress', '10.0.0.1/24 scop link dev eth0')
  assert.deepEqual(entry, { address: '10.0.0.1/24', dev: 'eth0' })
  assert.equal(said.length, 1)
})

test('a group of services takes ranges with ports, and marks', () => {
  const files = memoryFiles({ [PATH]: 'virtual_server_group g {\n10.0.0.1-9 80\n10.0.1.0/30\nfwmark 7 inet6\n}\n' })
  const { root } = parseConfig(files, PATH, OPTIONS)
  assert.deepEqual(jsonForm(root, { secrets: true }).virtual_server_group, [
    {
      name: 'g',
      entries: [
        { address: '10.0.0.1-10.0.0.9', port: 80 },
        { address: '10.0.1.0/30' },
        { fwmark: { mark: 7, family: 'inet6' } },
      ],
    },
  ])
})

test('words behind an entry that takes no options are noted, and the entry is used', () => {
  const text = 'interface_up_down_delays {\neth4 5 0 6 7\n}\n'
  const { root, diagnostics } = parseConfig(memoryFiles({ [PATH]: text }), PATH, OPTIONS)
  const form = jsonForm(root, { secrets: true }).interface_up_down_delays
  assert.deepEqual(form, [{ interface: 'eth4', down: 5, up: 0 }])
  assert.deepEqual(
    diagnostics.filter(({ line }) => line === 2).map(({ severity, column, message }) => [severity, column, message]),
    [['note', 10, '6 is not read: an entry of interface_up_down_delays ends before it']],
  )
})
