import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import type { Route, Rule } from '#schemas/routing.ts'
import { routeName, ruleName } from '#schemas/routing-names.ts'
import { parsePart } from './config/parse.ts'

const NAMES = {
  '/etc/iproute2/rt_tables': '# reserved\n255\tlocal\n100 dsl\n',
  '/etc/iproute2/rt_tables.d/cable.conf': '0x65 cable\n',
  '/etc/iproute2/rt_realms': '7 web\n',
  '/usr/share/iproute2/rt_tables': '9 dsl\n',
  '/etc/protocols': 'ospf\t89\tOSPFIGP # open\n',
}

function statics(text: string) {
  const { config, diagnostics } = parsePart(text, NAMES)
  assert.ok(config)
  const said = diagnostics.filter(({ code }) => !/^(NOT_IN_FORCE|NO_PREFERENCE)$/.test(code)).map(({ code }) => code)
  return { ...config.statics, said, config }
}

function routeOf(line: string): Route {
  const { routes, said } = statics(`static_routes {\n${line}\n}`)
  const [route] = routes
  assert.ok(route, `${line}: ${said.join()}`)
  return route
}

function ruleOf(line: string): Rule {
  const { rules, said } = statics(`static_rules {\n${line}\n}`)
  const [rule] = rules
  assert.ok(rule, `${line}: ${said.join()}`)
  return rule
}

const hop = { via: null, device: null, weight: 1, onlink: false, encapsulation: null, realms: null }

test('a route without options is one of keepalived, in the table main, and is put back when it is removed', () => {
  assert.deepEqual(routeOf('192.0.2.0/24 via 10.0.0.9'), {
    ...{
      family: 4,
      type: 'unicast',
      destination: '192.0.2.0/24',
      table: 254,
      metric: 0,
      tos: 0,
      protocol: 18,
      scope: 0,
    },
    ...{ source: null, from: null, nextHops: [{ ...hop, via: '10.0.0.9' }], metrics: [], congestionControl: null },
    ...{ explicitCongestion: false, expiresS: null, preference: null, ttlPropagate: null },
    ...{ placing: 'prepend', tracked: true },
  })
})

test('names of tables are those of the administrator, before those of the package', () => {
  assert.equal(routeOf('192.0.2.0/24 dev eth0 table dsl').table, 100)
  assert.equal(routeOf('192.0.2.0/24 dev eth0 table cable').table, 101)
  assert.equal(routeOf('192.0.2.0/24 dev eth0 table 0x1f').table, 31)
  assert.equal(routeOf('192.0.2.0/24 dev eth0 protocol static no_track').protocol, 4)
  assert.equal(routeOf('192.0.2.0/24 dev eth0 scope link').scope, 253)
})

test('a route to a table that nobody knows is left out, and the nearest name is suggested', () => {
  const text = 'static_routes {\n192.0.2.0/24 dev eth0 table cabel\n198.51.100.0/24 dev eth0\n}'
  const { diagnostics } = parsePart(text, NAMES)
  const [unknown] = diagnostics.filter(({ code }) => code === 'UNKNOWN_NAME')
  assert.deepEqual([unknown?.line, unknown?.column, unknown?.hint], [2, 23, 'did you mean cable?'])
  assert.deepEqual(statics(text).routes.map(routeName), ['198.51.100.0/24 dev eth0'])
})

test('default is of the family that the rest of the line says', () => {
  assert.equal(routeOf('default via 10.0.0.9').destination, '0.0.0.0/0')
  assert.equal(routeOf('default via 2001:db8::9').destination, '::/0')
  assert.equal(routeOf('inet6 default dev eth0').destination, '::/0')
})

test('bits behind the prefix length are cleared, since the kernel would refuse them', () => {
  const { routes, said } = statics('static_routes {\n192.0.2.77/25 dev eth0\n2001:db8::ffff/113 dev eth0\n}')
  assert.deepEqual(
    routes.map(({ destination }) => destination),
    ['192.0.2.0/25', '2001:db8::8000/113'],
  )
  assert.deepEqual(said, ['ROUNDED', 'ROUNDED'])
})

test('times become units of the kernel, and a number without a unit is in them already', () => {
  const { metrics } = routeOf('192.0.2.0/24 dev eth0 rtt lock 1.5s rttvar 30ms rto_min 250 mtu lock 1400 quickack 0')
  assert.deepEqual(metrics, [
    { name: 'mtu', value: 1_400, locked: true },
    { name: 'rtt', value: 12_000, locked: true },
    { name: 'rttvar', value: 120, locked: false },
    { name: 'rto_min', value: 250, locked: false },
  ])
})

test('each nexthop has options of its own, and or is a second gateway by the same interface', () => {
  const line = '192.0.2.0/24 nexthop via 10.0.0.9 weight 3 realms web nexthop via 10.1.0.9 dev eth1 onlink'
  assert.deepEqual(routeOf(line).nextHops, [
    { ...hop, via: '10.0.0.9', weight: 3, realms: { from: 0, to: 7 } },
    { ...hop, via: '10.1.0.9', device: 'eth1', onlink: true },
  ])
  const both = routeOf('192.0.2.0/24 via 10.0.0.9 or 10.0.0.8 dev eth0').nextHops
  assert.deepEqual(
    both.map(({ via, device }) => `${via} ${device}`),
    ['10.0.0.9 eth0', '10.0.0.8 eth0'],
  )
})

test('tunnels are read with what is to be in their outer header', () => {
  const encapsulated = (words: string) => routeOf(`192.0.2.0/24 via 10.0.0.9 encap ${words}`).nextHops[0]?.encapsulation
  assert.deepEqual(encapsulated('mpls 100/200'), { type: 'mpls', labels: [100, 200] })
  assert.deepEqual(encapsulated('ip id 7 dst 198.51.100.7 ttl 30 tos 0x10'), {
    ...{ type: 'ip', id: 7, destination: '198.51.100.7', source: null, tos: 16, ttl: 30, flags: null },
  })
  assert.deepEqual(statics('static_routes {\n192.0.2.0/24 via 10.0.0.9 encap mpls 100/9999999\n}').said, ['INVALID'])
})

test('a route that leads nowhere is left out, but for those that are meant to', () => {
  assert.deepEqual(statics('static_routes {\n192.0.2.0/24 metric 5\n}').said, ['INCOMPLETE'])
  assert.deepEqual(routeOf('blackhole 192.0.2.0/24').nextHops, [])
  assert.equal(routeOf('local 192.0.2.0/24 dev eth0').scope, 254)
})

test('rules without a preference are numbered downwards in the order of the file, each family by itself', () => {
  const text = `
static_rules {
    from 192.0.2.0/24 table 5
    from 192.0.2.0/25 table 5 preference 900
    from 2001:db8::/32 table 5
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.10
    }
    virtual_rules {
        from 198.51.100.0/24 table 6
    }
}`
  const { rules, config } = statics(text)
  const names = [...rules, ...(config.instances[0]?.rules ?? [])].map(ruleName)
  assert.deepEqual(names, [
    'rule 16384 from 192.0.2.0/24 table 5',
    'rule 900 from 192.0.2.0/25 table 5',
    'rule 16384 inet6 from 2001:db8::/32 table 5',
    'rule 16383 from 198.51.100.0/24 table 6',
  ])
})

test('conditions of a rule are numbers in any base, names and ranges', () => {
  const rule = ruleOf(
    'from all fwmark 0x10/0377 not ipproto ospf sport 80-90 dport 443 uidrange 7-9 iif lo tunnel-id 99 table dsl priority 9',
  )
  assert.deepEqual([rule.from, rule.mark, rule.ipProtocol, rule.inverted], [null, { value: 16, mask: 255 }, 89, true])
  assert.deepEqual(
    [rule.sourcePorts, rule.destinationPorts],
    [
      { first: 80, last: 90 },
      { first: 443, last: 443 },
    ],
  )
  assert.deepEqual([rule.users, rule.inputDevice, rule.tunnelId], [{ first: 7, last: 9 }, 'lo', 99])
  assert.deepEqual(rule.action, { type: 'table', table: 100 })
})

test('a rule that would be about other packets than it says is left out', () => {
  const { rules, said } = statics('static_rules {\nipproto ospv table 5 priority 9\n}')
  assert.deepEqual([rules, said], [[], ['UNKNOWN_NAME']])
})

test('a static address is on its own interface, or on the one for all', () => {
  const lines = 'static_ipaddress {\n192.0.2.7/24\n192.0.2.8/24 dev eth1\n}'
  const devices = (text: string) => statics(text).addresses.map(({ device }) => device)
  assert.deepEqual(devices(lines), ['eth0', 'eth1'])
  assert.deepEqual(devices(`global_defs {\ndefault_interface eth9\n}\n${lines}`), ['eth9', 'eth1'])
})

test('an instance depends on the interfaces of its routes, and of the static items of its track_group', () => {
  const { config } = statics(`
track_group both {
    group {
        VI_1
    }
}
static_routes {
    192.0.2.0/24 track_group both dev eth2
    192.0.3.0/24 track_group both nexthop dev eth6 nexthop dev eth7
    198.51.100.0/24 dev eth3
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.10
    }
    track_interface {
        eth5 weight 10
    }
    virtual_routes {
        203.0.113.0/24 dev eth1
        203.0.113.128/25 dev eth4 no_track
        198.51.100.0/25 nexthop dev eth6 nexthop dev eth7
        default dev eth5
    }
}`)
  const tracked = config.instances[0]?.tracked.map(({ kind, name, weight }) => `${kind} ${name} ${weight}`)
  assert.deepEqual(tracked, ['interface eth5 10', 'interface eth1 0', 'interface eth2 0'])
})

test('a plan names the routes and rules that come, go and change', () => {
  const config = (lines: string) => statics(`static_routes {\n${lines}\n}`).config
  const before = config('192.0.2.0/24 dev eth0\n198.51.100.0/24 dev eth0 mtu 1400')
  const after = config('198.51.100.0/24 dev eth0 mtu 1300\ndefault via 10.0.0.9 table dsl')
  assert.deepEqual(difference(before, after).map(inWords), [
    'removed static_routes 192.0.2.0/24 dev eth0',
    'changed static_routes 198.51.100.0/24 dev eth0 metrics: mtu 1400 false -> mtu 1300 false',
    'added static_routes default via 10.0.0.9 table 100',
  ])
})
