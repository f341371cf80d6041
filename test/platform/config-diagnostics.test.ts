// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatDiagnostic, maskSecrets } from '#platform/config/findings/diagnostic.ts'
import { editDistance, nearest, suggestKeyword } from '#platform/config/keywords/suggestion.ts'
import { complaints, instanceWith, parse, parsePart } from './config/parse.ts'

const WRONG = readFileSync(new URL('config/wrong.conf', import.meta.url), 'utf8')

test('every mistake is found at once, each one once, and none leads to another', () => {
  const { diagnostics, status } = parse(WRONG)
  assert.deepEqual(complaints(diagnostics), [
    '4:5 UNKNOWN_KEYWORD notification_emial',
    '13:14 OUT_OF_RANGE priority',
    '14:5 UNKNOWN_KEYWORD track_interfact',
    '17:20 MISSING_BRACE authentication',
    '21:9 INVALID_ADDRESS virtual_ipaddress',
    '29:5 UNKNOWN_KEYWORD priority',
    '30:17 INVALID_ADDRESS real_server',
    '34:13 UNKNOWN_KEYWORD connect_timeot',
  ])
  assert.equal(status, 5)
})

test('what is right in a wrong file is still used', () => {
  const { config } = parse(WRONG)
  assert.deepEqual(config?.instances[0]?.authentication, { type: 'pass', password: '1111' })
  assert.deepEqual(
    config?.virtualServers.flatMap(({ realServers }) => realServers.map(({ address }) => address)),
    ['192.168.105.204'],
  )
})

test('a diagnostic shows the place, the line, a caret under the word, and what would be right', () => {
  const { diagnostics } = parse(WRONG)
  const text = diagnostics.map(formatDiagnostic).join('\n')
  assert.match(
    text,
    /^\/etc\/failoverd\.conf:13:14: error: priority: 300 is outside 1 to 255\n 13 \| {5}priority 300\n {4}\| {14}\^~~ the default \(100\) stands$/m,
  )
  assert.match(
    text,
    /track_interfact: unknown in vrrp_instance; its whole block is skipped\n.*\n.*\^~+ did you mean track_interface\?/,
  )
  assert.match(
    text,
    /authentication, opened on line 17, is never closed: '}' is missing before virtual_ipaddress on line 20/,
  )
  assert.match(text, /192\.168\.105\.311 is not an IP address\n.*\n.*\^~+ 311 is above 255/)
  assert.match(text, /priority belongs in vrrp_instance/)
  assert.match(text, /the port is a word of its own: a blank instead of the colon/)
  assert.match(text, /did you mean connect_timeout\?/)
})

test('the caret stands right behind tabs and wide characters', () => {
  const { diagnostics } = parsePart('global_defs {\n\t}\n\t"网" x\n')
  const [, line, caret] = diagnostics.map(formatDiagnostic)[0]?.split('\n') ?? []
  assert.equal(line, ' 3 | \t"网" x')
  assert.match(caret ?? '', /^ {3}\| \t \^~~( |$)/)
})

test('one missing brace is one finding, wherever the block was opened', () => {
  const whole = readFileSync(new URL('config/whole.conf', import.meta.url), 'utf8')
  assert.deepEqual(complaints(parse(whole).diagnostics), [])
  const lines = whole.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== '}') continue
    const { diagnostics, status } = parse(lines.toSpliced(index, 1).join('\n'))
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['MISSING_BRACE'],
      `without line ${index + 1}`,
    )
    assert.equal(status, 5)
  }
})

test('an opening brace that is missing is one finding as well', () => {
  const { diagnostics, config } = parse(
    'vrrp_instance VI_1\n  interface eth0\n  virtual_router_id 7\n  no_virtual_ipaddress\n}\n',
  )
  assert.deepEqual(complaints(diagnostics), ['1:1 MISSING_BRACE vrrp_instance'])
  assert.equal(config?.instances[0]?.virtualRouterId, 7)
})

test('a closing brace too many says which block was closed before', () => {
  const { diagnostics } = parsePart('global_defs {\n}\n}\n')
  assert.deepEqual(complaints(diagnostics), ['3:1 EXTRA_BRACE null'])
  assert.equal(diagnostics[0]?.hint, 'global_defs, opened on line 1, was already closed')
})

test('a closing brace too many is one finding, in any line, and nothing is lost by it', () => {
  const whole = readFileSync(new URL('config/whole.conf', import.meta.url), 'utf8')
  const lines = whole.split('\n')
  const servers = JSON.stringify(parse(whole).config?.virtualServers)
  // The other readings of these make sense as well: what the line would be part of could stand behind the brace.
  const unclear = ['TCP_CHECK {', 'connect_timeout 2.5']
  for (const [index, line] of lines.entries()) {
    if (index === 0 || unclear.includes(line.trim())) continue
    const { diagnostics, config } = parse(lines.toSpliced(index + 1, 0, '}').join('\n'))
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['EXTRA_BRACE'],
      `with a brace behind line ${index + 1}`,
    )
    assert.equal(JSON.stringify(config?.virtualServers), servers)
  }
})

test('a brace that closes a block too early is told by what belongs in there, at its own place', () => {
  const { instance, diagnostics } = instanceWith('garp_master_delay 3\n}\npriority 7\nnopreempt')
  assert.deepEqual(
    diagnostics.map(({ line, column, code, message }) => [line, column, code, message]),
    [[11, 1, 'EXTRA_BRACE', "'}' closes vrrp_instance VI_1 too early: priority on line 12 belongs in it"]],
  )
  assert.equal(instance.priority, 7)
  const addresses = parsePart('vrrp_instance a {\n virtual_ipaddress {\n 192.0.2.1 }\n 192.0.2.2\n }\n}\n')
  assert.ok(complaints(addresses.diagnostics).includes('3:12 EXTRA_BRACE null'))
})

test('braces that balance are trusted: a statement behind the block it belongs in is unknown there', () => {
  const { diagnostics } = instanceWith('priority 7\n}\nglobal_defs {\n}\npriority 8\nvrrp_sync_group g {')
  assert.deepEqual(complaints(diagnostics).slice(0, 1), ['14:1 UNKNOWN_KEYWORD priority'])
})

test('a closing brace in the place of an opening one is one finding', () => {
  const { instance, diagnostics } = instanceWith('authentication }\nauth_type PASS\nauth_pass abc\n}\npriority 7')
  assert.deepEqual(complaints(diagnostics), ['10:16 STRAY_BRACE authentication'])
  assert.deepEqual([instance.authentication, instance.priority], [{ type: 'pass', password: 'abc' }, 7])
})

test('a file that is cut off is one finding, with all the blocks it ends in', () => {
  const { diagnostics } = parsePart('vrrp_instance a {\n virtual_ipaddress {\n  192.0.2.1\n')
  const [found, ...others] = diagnostics.filter(({ code }) => code === 'MISSING_BRACE')
  assert.deepEqual(
    [found?.line, found?.column, found?.hint, others],
    [2, 20, 'nor is what it is in: vrrp_instance a (line 1)', []],
  )
})

test('a brace that belongs to nothing, or behind a keyword without a block, takes only itself along', () => {
  const { diagnostics, instance } = instanceWith('state MASTER {\n x\n}\npriority 7')
  assert.deepEqual(complaints(diagnostics), ['10:14 UNEXPECTED_BLOCK state'])
  assert.deepEqual([instance.initialState, instance.priority], ['MASTER', 7])
  assert.deepEqual(complaints(parsePart('{\n a\n}\n').diagnostics), ['1:1 STRAY_BRACE null'])
  assert.deepEqual(complaints(parsePart('global_defs { {\n router_id a\n}\n').diagnostics), ['1:15 STRAY_BRACE null'])
})

test('a block keyword without a block says so', () => {
  assert.deepEqual(complaints(parsePart('global_defs\n').diagnostics), ['1:1 MISSING_BLOCK global_defs'])
})

test('an unterminated quote costs its own statement only', () => {
  const { diagnostics, instance } = instanceWith('mcast_src_ip "192.0.2.1\npriority 9')
  assert.deepEqual(complaints(diagnostics), ['10:14 UNTERMINATED_QUOTE null'])
  assert.deepEqual([instance.sourceAddress, instance.priority], [null, 9])
})

test('letters that look like digits are named, and what follows a number is told apart from it', () => {
  const hintOf = (value: string) => instanceWith(`priority ${value}`).diagnostics[0]?.hint
  assert.equal(hintOf('1O1'), 'letters in it: write 101; the default (100) stands')
  assert.match(hintOf('l00') ?? '', /^allowed: 1 to 255/)
  assert.match(hintOf('101;') ?? '', /^write 101 alone; a comment starts with # or !/)
})

test('a virtual_server of which nothing is said lacks its address, and nothing that would follow', () => {
  assert.deepEqual(complaints(parsePart('virtual_server {\n}\n').diagnostics), ['1:1 MISSING_PARAMETER virtual_server'])
})

test('a word in front of the keyword it belongs behind is told the order', () => {
  const { diagnostics } = instanceWith('7 priority')
  assert.deepEqual(
    diagnostics.map(({ hint }) => hint),
    ['the keyword comes first: priority 7'],
  )
})

test('a missing parameter cannot run: status 2, and nothing to start on', () => {
  const { config, status, diagnostics } = parse('vrrp_instance a {\n virtual_router_id\n}\n')
  assert.deepEqual([config, status], [null, 2])
  assert.deepEqual(
    diagnostics.filter(({ code }) => code === 'MISSING_PARAMETER').map(({ message, hint }) => [message, hint]),
    [['virtual_router_id needs a number behind it', 'allowed: 1 to 255']],
  )
})

test('a parameter is missed as sorely as by keepalived: some statements are left out alone', () => {
  assert.deepEqual(parsePart('global_defs {\n vrrp_version\n}\n').status, 2)
  const { diagnostics, status } = parsePart('global_defs {\n notification_email_from\n}\n')
  assert.deepEqual([complaints(diagnostics), status], [['2:2 EMPTY notification_email_from'], 5])
})

test('a file that is not there has status 6', () => {
  assert.equal(parsePart('include x\n').status, 0)
  assert.deepEqual(parsePart('includem x\n').status, 6)
})

test('inside a block that is not in force nothing is noted, but mistakes are', () => {
  const text = 'alert_sink s {\n language xx\n langage en\n}\n'
  const { diagnostics } = parsePart(text)
  assert.deepEqual(
    diagnostics.map(({ code, keyword }) => [code, keyword]),
    [
      ['NOT_IN_FORCE', 'alert_sink'],
      ['INCOMPLETE', 'alert_sink'],
      ['INVALID', 'language'],
      ['UNKNOWN_KEYWORD', 'langage'],
    ],
  )
})

test('a keyword lost behind another statement on its line is pointed out', () => {
  const { diagnostics, status } = instanceWith('advert_int 2 priority 90')
  assert.deepEqual(
    diagnostics.map(({ code, keyword, line, column }) => [code, keyword, line, column]),
    [['SURPLUS', 'priority', 10, 14]],
  )
  assert.equal(status, 0)
})

test('a definition used twice does not report its mistake twice', () => {
  const text = '$VI= vrrp_instance v${N} { \\\n interface eth0 \\\n prio 3 \\\n}\n~SEQ(N,2) $VI\n'
  assert.deepEqual(parse(text).diagnostics.filter(({ code }) => code === 'UNKNOWN_KEYWORD').length, 1)
})

test('no diagnostic shows a password', () => {
  const { diagnostics } = instanceWith(
    'authentication {\n auth_type PASS\n auth_pass hunter2hunter2\n auth_pas hunter2\n}',
  )
  assert.equal(diagnostics.length, 2)
  assert.doesNotMatch(diagnostics.map(formatDiagnostic).join('\n'), /hunter/)
  assert.equal(maskSecrets('  "auth_pass" x { y'), '  "auth_pass" ****{ y')
  assert.equal(maskSecrets('$VRRP_PASSWORD=x y'), '$VRRP_PASSWORD=****')
  assert.equal(maskSecrets('auth_type PASS'), 'auth_type PASS')
})

test('a number must be decimal and alone', () => {
  for (const value of ['0x10', '90x', '-1', '1.5', "'90'", '100,x']) {
    const { diagnostics, instance } = instanceWith(`priority ${value}`)
    assert.equal(diagnostics.length, 1, value)
    assert.equal(instance.priority, 100)
  }
  assert.equal(instanceWith('priority 090').instance.priority, 90)
  assert.equal(instanceWith('priority +90').instance.priority, 90)
})

test('edit distance counts a swap of neighbours as one', () => {
  assert.equal(editDistance('weigth', 'weight'), 1)
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(editDistance('kitten', 'sitting'), 3)
  assert.equal(nearest('xyz', ['abc']), null)
})

test('hints know case, other blocks, renamed words and unfinished merges', () => {
  assert.equal(suggestKeyword('vrrp_instance', 'Priority'), 'keywords are case-sensitive: write priority')
  assert.equal(suggestKeyword('vrrp_instance', 'sorry_server'), 'sorry_server belongs in virtual_server')
  assert.equal(suggestKeyword('virtual_server/real_server/TCP_CHECK', 'nb_get_retry'), 'write retry instead')
  assert.equal(suggestKeyword('', '<<<<<<<'), 'this looks like the mark of an unfinished merge')
  assert.equal(suggestKeyword('', 'vrrp_instence'), 'did you mean vrrp_instance?')
  assert.equal(
    suggestKeyword('vrrp_instance', 'auth_tipe'),
    'did you mean auth_type, which belongs in authentication (in vrrp_instance)?',
  )
  assert.equal(suggestKeyword('', 'qqqqqqqqq'), null)
  assert.equal(suggestKeyword('vrrp_instance', 'priority=100'), "write priority 100, without the '='")
  assert.equal(suggestKeyword('vrrp_instance', 'priority:'), "write priority, without the ':'")
  assert.equal(
    suggestKeyword('vrrp_instance', '51', 'virtual_router_id'),
    'the keyword comes first: virtual_router_id 51',
  )
  assert.equal(suggestKeyword('vrrp_instance', '51', 'nonsense'), null)
})
