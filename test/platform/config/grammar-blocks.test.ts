// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, parsePart } from './parse.ts'
import { codes, helo, piecesOf, placed } from './read.ts'

const needed = (id: number) => ` interface eth0\n virtual_router_id ${id}\n virtual_ipaddress {\n  192.0.2.${id}\n }\n`

function addresses(text: string): string[] | undefined {
  return parse(text).config?.instances[0]?.addresses.map(({ address }) => address)
}

test('fact 14: a brace breaks the line wherever it stands, so that all ways to write a block are equal', () => {
  assert.deepEqual(piecesOf('global_defs{ vrrp_strict }'), ['global_defs', '{', 'vrrp_strict', '}'])
  assert.deepEqual(piecesOf('} } vrrp_instance b {'), ['}', '}', 'vrrp_instance b', '{'])
  for (const text of [
    'global_defs{ smtp_helo_name x }',
    'global_defs\n{ smtp_helo_name\tx}',
    'global_defs {\nsmtp_helo_name x\n}',
  ])
    assert.equal(helo(text), 'x', text)
  const two = parse(`vrrp_instance a {\n${needed(5)}} vrrp_instance b\n{\n${needed(6)}}\n`)
  assert.deepEqual([two.config?.instances.map(({ name }) => name), two.status], [['a', 'b'], 0])
})

test('fact 15: a value with a brace has to be quoted', () => {
  assert.equal(helo('global_defs {\n smtp_helo_name "a{b}c"\n}\n'), 'a{b}c')
  assert.notEqual(helo('global_defs {\n smtp_helo_name a{b}c\n}\n'), 'a{b}c')
})

test('fact 16: one line holds one statement of a block, whatever else stands on it', () => {
  const oneLine = (inner: string) =>
    `vrrp_instance a {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress { ${inner} }\n}\n`
  assert.deepEqual(addresses(oneLine('192.0.2.10')), ['192.0.2.10'])
  assert.notDeepEqual(addresses(oneLine('192.0.2.10 192.0.2.11')), ['192.0.2.10', '192.0.2.11'])
  assert.equal(parse(oneLine('192.0.2.10 192.0.2.11')).status, 5)
})

test('fact 17: each line of a list is an entry, and comments, definitions, markers and loops work in it', () => {
  const text = `$NET=192.0.2
vrrp_instance a {
 interface eth0
 virtual_router_id 5
 virtual_ipaddress {
  192.0.2.1 # one
  ! none
  \${NET}.2
  @alpha 192.0.2.3
  @beta 192.0.2.4
  ~SEQ(N,5,6) 192.0.2.\${N}
  include more.conf
 }
}
`
  const { config } = parse(text, { '/etc/more.conf': '192.0.2.7\n' })
  const last = config?.instances[0]?.addresses.map(({ address }) => address.split('.').at(-1))
  assert.deepEqual(last, ['1', '2', '3', '5', '6', '7'])
})

test('fact 18: braces behind a keyword that takes none are skipped as a whole (keepalived loses the block around them)', () => {
  const text = `vrrp_instance a {\n priority 90 {\n  nopreempt\n }\n${needed(5)} advert_int 3\n}\n`
  const { config, diagnostics } = parse(text)
  assert.deepEqual(placed(diagnostics, 'UNEXPECTED_BLOCK'), ['2:14 priority'])
  assert.equal(diagnostics.length, 1)
  assert.deepEqual(
    config?.instances.map(({ priority, advertIntervalMs, preempt }) => [priority, advertIntervalMs, preempt]),
    [[90, 3000, true]],
  )
})

test('fact 19: a closing brace too many is one finding, and reading goes on', () => {
  const { config, diagnostics } = parse(`vrrp_instance a {\n${needed(5)}}\n}\nvrrp_instance b {\n${needed(6)}}\n`)
  assert.deepEqual(placed(diagnostics), ['8:1 EXTRA_BRACE null'])
  assert.deepEqual(
    config?.instances.map(({ name }) => name),
    ['a', 'b'],
  )
})

test('fact 20: a closing brace that is missing is one finding, and what is open is still used', () => {
  const { config, diagnostics } = parse(`vrrp_instance a {\n${needed(5)}`)
  assert.deepEqual(placed(diagnostics), ['1:17 MISSING_BRACE vrrp_instance'])
  assert.deepEqual(
    config?.instances.map(({ name }) => name),
    ['a'],
  )
})

test('fact 21: an unknown keyword is skipped with its block (keepalived reads that in the block around it)', () => {
  const { config, diagnostics, status } = parse(`vrrp_instance a {\n nonsense 1 {\n  priority 7\n }\n${needed(5)}}\n`)
  assert.deepEqual(placed(diagnostics), ['2:2 UNKNOWN_KEYWORD nonsense'])
  assert.deepEqual([config?.instances[0]?.priority, status], [100, 5])
})

test('fact 22: nothing is said twice, though several processes read the file', () => {
  const { diagnostics } = parsePart('nonsense\n$BODY= also { \\\n wrong \\\n}\n$BODY\n$BODY\n')
  const places = placed(diagnostics)
  assert.deepEqual(places, [...new Set(places)])
  assert.deepEqual(codes({ diagnostics }), ['UNKNOWN_KEYWORD', 'UNKNOWN_KEYWORD'])
  assert.ok(diagnostics.every(({ file, line, column }) => file === '/etc/failoverd.conf' && line > 0 && column > 0))
})
