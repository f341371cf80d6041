import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Plan, planConfig, planReading, planStatus, planText } from '../../cli/failoverctl/config-plan.ts'
import { readConfigFile } from '../../services/supervisor/adapters/config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'failoverd-plan-'))
after(() => rmSync(folder, { recursive: true }))

interface Router {
  name: string
  id: number
  vips: string[]
  lines?: string[]
}

const router = ({ name, id, vips, lines = [] }: Router) => `vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${id}
    ${lines.join('\n    ')}
    virtual_ipaddress {
        ${vips.join('\n        ')}
    }
}
`

const service = (port: number, servers: string[], timeout = 3) => `virtual_server 192.0.2.10 ${port} {
    lb_algo rr
    lb_kind NAT
    protocol TCP
${servers.map((server) => `    real_server ${server} ${port} {\n        TCP_CHECK {\n            connect_timeout ${timeout}\n        }\n    }`).join('\n')}
}
`

function plan(before: string, next: string): Plan {
  const [against, file] = [join(folder, 'before.conf'), join(folder, 'after.conf')]
  writeFileSync(against, before)
  writeFileSync(file, next)
  return planConfig({ file, against, stateDir: '/nowhere', configId: 'a' })
}

/** The lines of the plan below its head. */
const lines = (before: string, next: string) => planText(plan(before, next)).split('\n').slice(2)

const ONE = router({ name: 'VI_1', id: 51, vips: ['192.0.2.10', '192.0.2.11'] })
const TWO = router({ name: 'VI_2', id: 52, vips: ['192.0.2.20'] })

test('a file that means the same is no change, whatever it looks like, and needs no node', () => {
  const same = plan(ONE, `! a comment\n${ONE.replace('51', '51 # same')}`)
  assert.equal(same.result, 'unchanged')
  assert.match(planText(same), /^no change: .*after.conf means the same as .*before.conf$/)
  assert.deepEqual([planStatus(same, false), planStatus(same, true)], [0, 0])
})

test('a file with errors would be refused, and its errors are in the plan', () => {
  const refused = plan(ONE, ONE.replace('51', '351'))
  assert.equal(refused.result, 'refused')
  assert.ok(refused.findings.some(({ severity, line }) => severity === 'error' && line === 3))
  assert.match(planText(refused), /would be refused.*it has errors/)
  assert.deepEqual([planStatus(refused, false), planStatus(refused, true)], [1, 1])
})

test('a running node cannot go to another network namespace, and two files are only compared', () => {
  const moved = `net_namespace blue\n${ONE}`
  assert.equal(plan(ONE, moved).result, 'changes')
  const path = join(folder, 'after.conf')
  const before = readConfigFile(join(folder, 'before.conf'), 'a')
  assert.ok(before.config)
  const running = {
    words: 'a node',
    config: before.config,
    digest: 'b',
    only: 'all',
    configId: 'a',
    allConfig: false,
    running: true,
  } as const
  const refused = planReading(path, readConfigFile(path, 'a'), running)
  assert.equal(refused.result, 'refused')
  assert.match(planText(refused), /net_namespace cannot change/)
})

test('addresses that go, move and come are the first to be told, in this order', () => {
  const next = [
    router({ name: 'VI_1', id: 51, vips: ['192.0.2.10/24', '192.0.2.12'] }),
    router({ name: 'VI_2', id: 52, vips: ['192.0.2.11'] }),
  ]
  const changes = plan(ONE + TWO, next.join(''))
  assert.deepEqual(
    changes.addresses.map(({ kind, address, interrupts }) => [kind, address, interrupts]),
    [
      ['removed', '192.0.2.20', true],
      ['moved', '192.0.2.11', true],
      ['changed', '192.0.2.10', true],
      ['added', '192.0.2.12', false],
    ],
  )
  assert.deepEqual(lines(ONE + TWO, next.join('')), [
    'addresses',
    '! removed from VI_2: 192.0.2.20/32 dev eth0',
    '! moved from VI_1 to VI_2: 192.0.2.11/32 dev eth0',
    '! changed in VI_1: 192.0.2.10/32 dev eth0 -> 192.0.2.10/24 dev eth0',
    '  added to VI_1: 192.0.2.12/32 dev eth0',
    '',
    '6 changes; 3 of them (!) can interrupt traffic where this node is MASTER.',
    'Change the other routers of VI_1, VI_2 at the same time: until they have the same, they do not hear this one and become MASTER too.',
  ])
})

test('a renamed instance keeps its addresses and interrupts nothing', () => {
  const renamed = plan(ONE, ONE.replace('VI_1', 'VI_main'))
  assert.deepEqual(renamed.addresses, [])
  assert.deepEqual(
    renamed.changes.map(({ kind, block, summary, interrupts }) => [kind, block, summary, interrupts]),
    [['renamed', 'vrrp_instance VI_main', 'VI_1 -> VI_main', false]],
  )
})

test('a sync group that is made, changed or taken away is said to bind its instances, or to let them go', () => {
  const group = (...names: string[]) => `vrrp_sync_group G {\ngroup {\n${names.join('\n')}\n}\n}\n`
  const notes = (before: string, after: string) =>
    plan(before, after).changes.map(({ kind, block, keyword, summary, interrupts, note }) =>
      [kind, block, keyword, summary, interrupts, note].join('|'),
    )
  const all = ONE + TWO
  const bound = 'true|if one of its instances follows a MASTER, all the others leave their addresses'
  assert.deepEqual(notes(all, all + group('VI_1', 'VI_2')), [`added|vrrp_sync_group G|||${bound}`])
  assert.deepEqual(notes(all + group('VI_1', 'VI_2'), all), [
    'removed|vrrp_sync_group G|||false|its instances change their role each for itself',
  ])
  assert.ok(lines(all, all + group('VI_1', 'VI_2')).includes('sync groups'))
  assert.deepEqual(notes(all + group('VI_1'), all + group('VI_1', 'VI_2')), [
    `changed|vrrp_sync_group G|group|VI_1 -> VI_1 VI_2|${bound}`,
  ])
})

test('an instance whose id changes is said to be another one, elected anew', () => {
  const text = lines(ONE, ONE.replace('51', '61')).join('\n')
  assert.match(text, /! given up and elected anew in VI_1: 192.0.2.10\/32 dev eth0, 192.0.2.11\/32 dev eth0/)
  assert.match(text, /! removed \(.*another virtual router/)
})

test('an instance that goes takes all its addresses along', () => {
  const text = lines(ONE + TWO, ONE)
  assert.deepEqual(text.slice(0, 5), [
    'addresses',
    '! removed from VI_2: 192.0.2.20/32 dev eth0',
    '',
    'instances',
    '  vrrp_instance VI_2',
  ])
})

test('what routers must agree on is said to need the others, and what they need not is not', () => {
  const secret = (word: string) => ['authentication {', 'auth_type PASS', `auth_pass ${word}`, '}']
  const with_ = (...statements: string[]) => router({ name: 'VI_1', id: 51, vips: ['192.0.2.10'], lines: statements })
  const peers = (before: string[], next: string[]) => plan(with_(...before), with_(...next)).peers
  assert.deepEqual(peers(secret('one'), secret('two')), ['VI_1'])
  assert.deepEqual(peers(['advert_int 1'], ['advert_int 2']), ['VI_1'])
  assert.deepEqual(peers(['version 3', 'advert_int 1'], ['version 3', 'advert_int 2']), [])
  assert.deepEqual(peers(['priority 100'], ['priority 120']), [])
  const v3 = (...vips: string[]) => router({ name: 'VI_1', id: 51, vips, lines: ['version 3'] })
  assert.deepEqual(plan(v3('192.0.2.10'), v3('192.0.2.10', '192.0.2.11')).peers, [])
  assert.ok(!JSON.stringify(plan(with_(...secret('s3cr1')), with_(...secret('s3cr2')))).includes('s3cr'))
})

test('the same change of many servers in many services is told once', () => {
  const servers = Array.from({ length: 20 }, (_, index) => `10.0.0.${index + 1}`)
  const ports = [80, 81, 82, 83, 84, 85]
  const before = ports.map((port) => service(port, servers)).join('')
  const next = ports.map((port) => service(port, [...servers.slice(1), '10.0.0.99'], 4)).join('')
  assert.deepEqual(lines(before, next), [
    'virtual servers',
    '  virtual_server 192.0.2.10 80 TCP, 192.0.2.10 81 TCP and 4 more',
    '    ! real_server 10.0.0.1: removed (its connections end)',
    '      real_server 10.0.0.2, 10.0.0.3 and 17 more: TCP_CHECK connect_timeout 3 -> 4',
    '      real_server 10.0.0.99: added',
    '',
    '126 changes; 6 of them (!) can interrupt traffic where this node is MASTER.',
  ])
})

test('limits of the event log are among the rest, with what they delete', () => {
  const limited = `event_bus {\n max_size 1G\n}\n${ONE}`
  assert.deepEqual(lines(ONE, limited).slice(0, 3), [
    'the rest',
    '  event_bus',
    '      max_size none -> 1G (older events beyond it are deleted at once)',
  ])
  assert.deepEqual(lines(limited, ONE).slice(2, 3), ['      max_size 1G -> none'])
})

test('changes ask for exit status 3 only when they are asked to', () => {
  const changes = plan(ONE, ONE + TWO)
  assert.deepEqual([planStatus(changes, false), planStatus(changes, true)], [0, 3])
})

test('nothing can be compared with a file of which nothing can be made', () => {
  assert.throws(
    () => planConfig({ file: '/nowhere/a', against: '/nowhere/b', stateDir: '/nowhere' }),
    /CONFIG_FILE|nothing can be made/,
  )
})
