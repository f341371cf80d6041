import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockPaths, findKeyword, keywordsOf, valuesNotInForce } from '#platform/config/keywords/keywords.ts'
import { complaints, instanceWith, parse } from './config/parse.ts'

/** Two instances, the first with these statements. */
function pairWith(statements: string, outside = '') {
  const instance = (name: string, id: number, extra: string) =>
    `vrrp_instance ${name} {\n interface eth0\n virtual_router_id ${id}\n no_virtual_ipaddress\n${extra}\n}\n`
  const { config, diagnostics, status } = parse(`${instance('A', 1, statements)}${instance('B', 2, '')}${outside}`)
  return { names: config?.instances.map(({ name }) => name) ?? null, diagnostics, status }
}

test('every keyword with a consequence says it, and an unsafe one what to do', () => {
  const rows = blockPaths().flatMap((path) => [...keywordsOf(path).values()])
  for (const keyword of [...rows, ...valuesNotInForce().map(({ row }) => row)]) {
    assert.equal(keyword.outcome !== '', keyword.consequence !== 'harmless', keyword.name)
    assert.ok(keyword.consequence !== 'unsafe' || keyword.remedy !== null, keyword.name)
    assert.ok(!keyword.inForce || keyword.consequence === 'harmless', keyword.name)
  }
})

test('what other nodes would not understand leaves its instance out, and no other', () => {
  for (const statements of ['authentication {\n auth_type AH\n auth_pass x\n}']) {
    const { names, diagnostics, status } = pairWith(statements)
    assert.deepEqual([names, status], [['B'], 5], statements)
    const [error, ...others] = diagnostics.filter(({ severity }) => severity === 'error')
    assert.deepEqual([error?.code, others], ['NOT_IN_FORCE', []], statements)
    assert.match(error?.message ?? '', /not in force yet: .*; vrrp_instance A is left out$/)
    assert.ok(error?.hint)
  }
})

test('each instance that is left out is named where it is written', () => {
  const header = 'authentication {\n auth_type AH\n auth_pass x\n}'
  const { names, diagnostics } = pairWith(header, `vrrp_instance C {\n${header}\n}\n`)
  assert.deepEqual(names, ['B'])
  assert.deepEqual(
    diagnostics.filter(({ code }) => code === 'NOT_IN_FORCE').map(({ line }) => line),
    [6, 18],
  )
})

test('the value is pointed at where only a value is not in force', () => {
  const { diagnostics } = pairWith('authentication {\n auth_type AH\n auth_pass x\n}')
  assert.deepEqual(complaints(diagnostics), ['6:12 NOT_IN_FORCE auth_type AH'])
})

test('what else is wrong with an instance that is left out is said as well', () => {
  const { diagnostics } = pairWith('authentication {\n auth_type AH\n auth_pass x\n}\nstate MASTER\nnopreempt')
  assert.deepEqual(complaints(diagnostics), ['6:12 NOT_IN_FORCE auth_type AH', '10:1 NO_EFFECT nopreempt'])
})

test('versions 2 and 3, IPv4 and IPv6 are in force', () => {
  assert.deepEqual(pairWith('version 3').diagnostics, [])
  const { config, diagnostics } = parse(
    'vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n fe80::1\n }\n}',
  )
  assert.deepEqual([config?.instances[0]?.version, config?.instances[0]?.multicastGroup], [3, 'ff02::12'])
  assert.deepEqual(diagnostics, [])
})

test('in the wrong network namespace nothing runs at all', () => {
  const { names, diagnostics, status } = pairWith('', 'net_namespace_ipvs blue\n')
  assert.deepEqual([names, status], [null, 4])
  assert.match(diagnostics[0]?.message ?? '', /nothing of this configuration runs$/)
})

test('an empty list of peers, a switch turned off and a default written out ask for nothing', () => {
  assert.deepEqual(complaints(pairWith('unicast_peer {\n}').diagnostics), ['5:1 NO_PEER unicast_peer'])
  assert.deepEqual(pairWith('v3_checksum_as_v2 off\nstrict_mode no').diagnostics, [])
  assert.deepEqual(pairWith('', 'global_defs {\n vrrp_down_timer_adverts 3\n}\n').diagnostics, [])
})

test('a unicast source without peers is that of the multicast, with a warning as from keepalived', () => {
  const { instance, diagnostics } = instanceWith('unicast_src_ip 192.0.2.1')
  assert.deepEqual([instance.sourceAddress, complaints(diagnostics)], ['192.0.2.1', ['10:1 NO_PEER unicast_src_ip']])
})

test('protection that is missing is a warning that says what will not happen, and costs the clean status', () => {
  const { instance, diagnostics, status } = instanceWith(
    'notify_deleted /bin/true\nnotify_master_rx_lower_pri /bin/true',
  )
  assert.deepEqual(
    diagnostics.map(({ severity, code, message }) => [severity, code, message]),
    [
      ['warning', 'NOT_IN_FORCE', 'notify_deleted is not in force yet: it is never run'],
      ['warning', 'NOT_IN_FORCE', 'notify_master_rx_lower_pri is not in force yet: it is never run'],
    ],
  )
  assert.deepEqual([instance.name, status], ['VI_1', 5])
})

test('the same keyword is said once, with all its lines', () => {
  const { diagnostics } = pairWith('notify_deleted /bin/true\ndebug 1\ndebug 1\nnotify_deleted /bin/false')
  assert.deepEqual(
    diagnostics.map(({ line, hint }) => [line, hint]),
    [[5, 'also on line 8']],
  )
  const many = pairWith(Array.from({ length: 12 }, () => 'notify_deleted /bin/true').join('\n'))
  const hint = many.diagnostics.find(({ code }) => code === 'NOT_IN_FORCE')?.hint
  assert.equal(hint, 'also on lines 6, 7, 8, 9, 10, 11, 12, 13 and 3 more')
})

test('what nobody would miss is a note, once, and fails nothing', () => {
  const { diagnostics, status } = instanceWith(
    'kernel_rx_buf_size 9\nkernel_rx_buf_size 9',
    'enable_dbus\njson_version 2',
  )
  assert.deepEqual(
    diagnostics.map(({ severity, code, keyword }) => [severity, code, keyword]),
    [
      ['note', 'NOT_IN_FORCE', 'enable_dbus'],
      ['note', 'NOT_IN_FORCE', 'json_version'],
      ['note', 'NOT_IN_FORCE', 'kernel_rx_buf_size'],
    ],
  )
  assert.equal(status, 0)
})

test('what would be forwarded wrongly is left out: a real server or a service of another method', () => {
  const head = 'virtual_server 192.0.2.10 80 {\n lvs_sched rr\n protocol TCP\n'
  const { config, diagnostics } = parse(
    `${head} lvs_method DR\n real_server 192.0.2.20 80 {\n lvs_method TUN\n }\n real_server 192.0.2.21 80 {\n }\n}`,
  )
  assert.deepEqual(
    config?.virtualServers[0]?.realServers.map(({ address }) => address),
    ['192.0.2.21'],
  )
  assert.match(diagnostics[0]?.message ?? '', /; real_server 192\.0\.2\.20 80 is left out$/)
  const tunnel = (detail: string) => parse(`${head} lvs_method TUN${detail}\n real_server 192.0.2.20 80 {\n }\n}`)
  assert.deepEqual(complaints(tunnel(' type gre').diagnostics), ['4:17 NOT_IN_FORCE type'])
  assert.deepEqual(tunnel(' type gre').config?.virtualServers, [])
  assert.equal(tunnel(' type ipip').config?.virtualServers.length, 1)
})

test('a file with nothing to run says so', () => {
  for (const text of ['', '# nothing\n', 'global_defs {\n router_id x\n}\n']) {
    const { diagnostics, status, config } = parse(text)
    assert.deepEqual(
      diagnostics.map(({ severity, code, line }) => [severity, code, line]),
      [['warning', 'NOTHING_TO_DO', 1]],
    )
    assert.deepEqual([status, config?.instances], [5, []])
  }
})

test('rows of values belong to keywords that are in force', () => {
  for (const { path, row } of valuesNotInForce())
    assert.ok(findKeyword(path, row.name.split('=')[0] ?? '')?.inForce, row.name)
})
