// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandArguments } from '#platform/config/language/tokens.ts'
import { instanceWith, parse, parsePart } from './parse.ts'
import { codes, helo, linesOf, placed, wordsIn } from './read.ts'

test('fact 1: a statement is the rest of its line, and surplus words count for nothing', () => {
  const { instance, diagnostics } = instanceWith('    priority 90 advert_int 7')
  assert.deepEqual([instance.priority, instance.advertIntervalMs], [90, 1000])
  assert.deepEqual(placed(diagnostics, 'SURPLUS'), ['10:17 advert_int'])
})

test('fact 2: lines end with a line feed, and any number of carriage returns before it', () => {
  assert.deepEqual(linesOf('a b\r\nc\r\r\r\nd').texts, ['a b', 'c', 'd'])
})

test('fact 3: a line longer than keepalived can read is read whole, and noted once', () => {
  const name = 'n'.repeat(1100)
  const { config, diagnostics } = parse(`vrrp_instance ${name} {\n interface eth0\n virtual_router_id 5\n}\n`)
  assert.equal(config?.instances[0]?.name, name)
  assert.deepEqual(placed(diagnostics, 'LONG_LINE'), ['1:1 null'])
  assert.deepEqual(codes(parsePart(`# ${'x'.repeat(1020)}\n`)), [])
  // keepalived counts bytes.
  assert.deepEqual(codes(parsePart(`# ${'ü'.repeat(511)}\n`)), ['LONG_LINE'])
})

test('fact 4: a line with a NUL byte is reported and dropped', () => {
  const { texts, findings } = linesOf('a\nb\0c\nd\n')
  assert.deepEqual([texts, placed(findings, 'NUL')], [['a', 'd'], ['2:1 null']])
})

test('fact 5: six kinds of blanks part words and fall away at the ends, and other characters pass through', () => {
  assert.deepEqual(wordsIn('\t router_id\f\v\ta\u00a0b\u2003ü ').slice(1), ['a\u00a0b\u2003ü'])
})

test('fact 6: # and ! start a comment anywhere outside double quotes, even inside a word', () => {
  assert.deepEqual(linesOf('a 90#x\nb 9!0\n#c\n d "e#!f" # g "h\n').texts, ['a 90', 'b 9', 'd "e#!f"'])
})

test('fact 7: a backslash before a comment sign keeps nothing (in keepalived: for some words only), and is warned about', () => {
  const { texts, findings } = linesOf('mcast_src_ip Z\\#x\nauth_pass "a#b"\n')
  assert.deepEqual(texts, ['mcast_src_ip Z', 'auth_pass "a#b"'])
  assert.deepEqual(placed(findings, 'ESCAPED_COMMENT'), ['1:15 null'])
})

test('fact 8: any other pair with a backslash stays as it is', () => {
  assert.deepEqual(wordsIn('x a\\ b \\n'), ['x', 'a\\', 'b', '\\n'])
})

test('fact 9: a backslash at the end is part of the word and continues no line', () => {
  assert.deepEqual(linesOf('interface \\\neth0\n').texts, ['interface \\', 'eth0'])
  assert.deepEqual(placed(parsePart('interface\\\n').diagnostics, 'UNKNOWN_KEYWORD'), ['1:1 interface\\'])
})

test('fact 10: double quotes group and end the word before; single quotes are ordinary; keywords may be quoted', () => {
  assert.deepEqual(wordsIn('X"q r"s'), ['X', 'q r', 's'])
  assert.equal(instanceWith(`    "priority" "90"`).instance.priority, 90)
  assert.deepEqual(placed(instanceWith(`    priority '90'`).diagnostics, 'INVALID'), ['10:14 priority'])
})

test('fact 11: a line with an unbalanced double quote is reported once and dropped', () => {
  const { diagnostics, status } = parsePart('global_defs {\n smtp_helo_name "a b\n router_id x\n}\n')
  assert.deepEqual(placed(diagnostics), ['2:17 UNTERMINATED_QUOTE null'])
  assert.equal(status, 5)
  assert.equal(helo('global_defs {\n smtp_helo_name "a b\n}\n'), null)
})

test('fact 12: script keywords know both kinds of quotes, joined pieces, escapes, and the account behind', () => {
  const { instance } = instanceWith(`    notify_master "/usr/bin/say 'VIP up' now"' or' nobody adm`)
  assert.deepEqual(instance.notify.master, {
    argv: ['/usr/bin/say', 'VIP up', 'now', 'or'],
    user: 'nobody',
    group: 'adm',
  })
  assert.deepEqual(commandArguments('\\a\\b\\E\\f\\n\\r\\t\\v \\101\\x41\\cA'), ['\x07\b\x1b\f\n\r\t\v', 'AA\x01'])
})

test('fact 13: keywords and values are exact in case, but protocol is not', () => {
  assert.deepEqual(placed(instanceWith('    Priority 90').diagnostics, 'UNKNOWN_KEYWORD'), ['10:5 Priority'])
  const server = (words: string) =>
    parse(`virtual_server 192.0.2.1 80 {\n${words}\n real_server 192.0.2.2 80 {\n }\n}\n`)
  assert.deepEqual(placed(server(' lb_kind dr').diagnostics, 'INVALID'), ['2:10 lb_kind'])
  assert.equal(server(' protocol tcp').config?.virtualServers[0]?.protocol, 'TCP')
})
