// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectFindings } from '#platform/config/findings/diagnostic.ts'
import { expandBraces } from '#platform/config/language/include.ts'
import { readLines } from '#platform/config/language/lines.ts'
import { wholeLine } from '#platform/config/language/text.ts'
import { commandArguments, scriptWordsOf, tokensOf, wordsOf } from '#platform/config/language/tokens.ts'
import { memoryFiles, OPTIONS, PATH, parsePart } from './config/parse.ts'

function read(text: string, others: Record<string, string> = {}) {
  const findings = collectFindings()
  const lines = readLines(memoryFiles({ ...others, [PATH]: text }), PATH, OPTIONS, findings)
  return { lines, texts: lines.map(({ chars }) => chars), codes: findings.list().map(({ code }) => code) }
}

function words(line: string): string[] {
  return wordsOf(wholeLine({ file: PATH, number: 1, source: line })).map(({ value }) => value)
}

function pieces(line: string): string[] {
  const text = wholeLine({ file: PATH, number: 1, source: line })
  return tokensOf(text, collectFindings()).map((token) => token.text.chars)
}

test('a comment starts at # or ! even inside a word, and not inside double quotes', () => {
  assert.deepEqual(read('priority 90#x\n! all of it\nauth_pass "a#b!c" # end\n').texts, [
    'priority 90',
    'auth_pass "a#b!c"',
  ])
})

test('an escaped comment sign is warned about, because keepalived itself cuts the word there', () => {
  const { texts, codes } = read('auth_pass a\\#b\n')
  assert.deepEqual([texts, codes], [['auth_pass a'], ['ESCAPED_COMMENT']])
})

test('carriage returns, a byte order mark and blanks at the ends do not count', () => {
  assert.deepEqual(read('\ufeff  a b \t\r\n\r\n c\r').texts, ['a b', 'c'])
})

test('a line with a NUL byte is reported and dropped', () => {
  assert.deepEqual(read('a\0b\nc\n'), { ...read('\nc'), codes: ['NUL'], lines: read('\nc').lines })
})

test('a backslash at the end of an ordinary line continues nothing', () => {
  assert.deepEqual(read('interface \\\neth0\n').texts, ['interface \\', 'eth0'])
})

test('braces break a line wherever they stand outside double quotes', () => {
  assert.deepEqual(pieces('global_defs{ vrrp_strict }'), ['global_defs', '{', 'vrrp_strict', '}'])
  assert.deepEqual(pieces('} } vrrp_instance b {'), ['}', '}', 'vrrp_instance b', '{'])
  assert.deepEqual(pieces('router_id "a{b}c"'), ['router_id "a{b}c"'])
})

test('double quotes group a word and end the one before; single quotes are ordinary', () => {
  assert.deepEqual(words('X"q r"s'), ['X', 'q r', 's'])
  assert.deepEqual(words(`"priority" '90' a\\ b`), ['priority', `'90'`, 'a\\', 'b'])
})

test('script words know both kinds of quotes and join what touches', () => {
  const line = wholeLine({ file: PATH, number: 1, source: `notify "/usr/bin/say 'VIP up'"' now' nobody` })
  assert.deepEqual(
    scriptWordsOf(line, 6).map(({ value }) => value),
    [`/usr/bin/say 'VIP up' now`, 'nobody'],
  )
})

test('a command is split into arguments with its escapes resolved', () => {
  assert.deepEqual(commandArguments(`/usr/bin/say 'VIP up' "it's" a\\x41\\101\\tb\\ c`), [
    '/usr/bin/say',
    'VIP up',
    "it's",
    'aAA\tb c',
  ])
  assert.deepEqual(commandArguments(`x "" 'a\\nb'`), ['x', '', 'a\\nb'])
})

test('a definition is substituted where it is used, by braces or before a blank, comma, parenthesis or end', () => {
  const { texts } = read('$IP=192.0.2.1\n$A=5\na ${IP}/24 $IP $A,$A)\nb $IP/24 $IP.1 $A$A\n')
  assert.deepEqual(texts, ['a 192.0.2.1/24 192.0.2.1 5,5)', 'b $IP/24 $IP.1 $A5'])
})

test('a definition may refer to a later one, and redefining it affects later uses only', () => {
  assert.deepEqual(read('$A=x${B}\n$B=1\nu $A\n$B=2\nu $A\n').texts, ['u x1', 'u x2'])
})

test('an unknown name in braces is reported once and does not tear the structure apart', () => {
  const { config, diagnostics, status } = parsePart(
    'global_defs {\n router_id ${NOBODY}\n nothing_known ${NOBODY}\n smtp_helo_name x\n}\n',
  )
  assert.deepEqual(
    diagnostics.map(({ code, line, column }) => `${line}:${column} ${code}`),
    ['2:12 UNDEFINED', '3:16 UNDEFINED'],
  )
  assert.deepEqual([config?.mail.heloName, config?.routerId, status], ['x', 'alpha.example', 5])
})

test('a multi-line definition becomes one line each, wherever it is used, comments between or not', () => {
  const text =
    '$VI= vrrp_instance v_${N} { \\\n  # why \\\n  # and how\n  priority ${N} \\ # ten\n}\n$N=10\n@alpha $VI\n'
  const { texts, lines } = read(text)
  assert.deepEqual(texts, ['vrrp_instance v_10 {', 'priority 10', '}'])
  assert.deepEqual(
    lines.map(({ line }) => line.number),
    [1, 4, 5],
  )
})

test('a definition that contains itself is reported and ends', () => {
  assert.deepEqual(read('$A=a ${B}\n$B=b ${A}\nuse $A\n').codes, ['DEFINITION_LOOP'])
  assert.deepEqual(read('$IF=${IF}\ninterface x\n'), {
    ...read('\ninterface x\n'),
    codes: ['DEFINITION_LOOP'],
    lines: read('\ninterface x\n').lines,
  })
})

test('predefined names give folder, id, environment and random numbers', () => {
  const { texts } = read(
    'a ${_PWD} ${_INSTANCE} ${_ENV REGION} [${_ENV NONE}] ${_RANDOM 5 9} "${_HASH}"\nb ${_BANG} c\n',
  )
  assert.deepEqual(texts, ['a /etc alpha west [] 5 "#"', 'b'])
})

test('@ keeps a line for one id, @^ for all others, and a marker without text is nothing', () => {
  assert.deepEqual(read('@alpha a\n@beta b\n@^beta c\n@^alpha d\n@alpha\n@ e\n').texts, ['a', 'c'])
})

test('a multi-line definition for another id is dropped with all its lines', () => {
  assert.deepEqual(read('@beta $X= a \\\n b \\\n c\nd\n').texts, ['d'])
})

test('~SEQ counts from one, by steps, downwards and in hexadecimal', () => {
  const { texts } = read('~SEQ(N,3) a ${N}\n~SEQ(N,3,1) b ${N}\n~SEQ(N,5,2,10) c ${N}\n~SEQx(N,0xa,11) d ${N}\n')
  assert.deepEqual(texts, ['a 1', 'a 2', 'a 3', 'b 3', 'b 2', 'b 1', 'c 5', 'c 7', 'c 9', 'd a', 'd b'])
})

test('the name a generator counts with is gone behind its line', () => {
  assert.deepEqual(read('~SEQ(N,2) a ${N}\nb ${N}\n').codes, ['UNDEFINED'])
})

test('~LST steps through values and tuples, and loops nest', () => {
  assert.deepEqual(read('~LST({A,B},{1,2},{3}) x ${A}-${B}\n').texts, ['x 1-2', 'x 3-'])
  assert.deepEqual(read('~SEQ(A,1,2) ~LST(B,x,y) t ${A}${B}\n').texts, ['t 1x', 't 1y', 't 2x', 't 2y'])
})

test('a generator that cannot end, or is none, is refused with a reason', () => {
  assert.deepEqual(read('~SEQ(N,1,1000000) a\n~SEQ(N,1,-1,5) a\n~LST(A,{1,2}) a\n~FOR x\n').codes, [
    'GENERATOR',
    'GENERATOR',
    'GENERATOR',
    'GENERATOR',
  ])
})

test('includes are read in place, relative to the file they stand in', () => {
  const { texts, lines } = read('a\ninclude conf.d/*.conf\nb\n', {
    '/etc/conf.d/2.conf': 'two\n',
    '/etc/conf.d/1.conf': 'include ../{x,y}.part\n',
    '/etc/x.part': 'ex\n',
    '/etc/y.part': 'why\n',
  })
  assert.deepEqual(texts, ['a', 'ex', 'why', 'two', 'b'])
  const { file, number, source } = lines[1]?.line ?? {}
  assert.deepEqual([file, number, source], ['/etc/x.part', 1, 'ex'])
})

test('an include without a match is a note, and fails the start only where the word demands it', () => {
  const plain = parsePart('include nothing.conf\n')
  assert.deepEqual([plain.status, plain.config !== null, plain.diagnostics[0]?.severity], [0, true, 'note'])
  for (const [line, status] of Object.entries({
    'includem nothing.conf': 6,
    'includem *.none': 0,
    'includew *.none': 6,
    'includer nothing.conf': 0,
    'includeb {a,b}.none': 6,
    'global_defs {\n include_check\n}\ninclude nothing.conf': 6,
  })) {
    assert.equal(parsePart(`${line}\n`).status, status, line)
  }
})

test('a file that includes itself is reported', () => {
  assert.deepEqual(read('a\ninclude failoverd.conf\n').codes, ['INCLUDE_LOOP'])
})

test('an include behind a brace is not read, and said so', () => {
  assert.deepEqual(
    parsePart('global_defs { include x.conf\n}\n').diagnostics.map(({ code }) => code),
    ['INCLUDE_PLACE'],
  )
})

test('braces in an include pattern expand, nested too, and name nothing twice', () => {
  assert.deepEqual(expandBraces('a{b,c{d,e}}f'), ['abf', 'acdf', 'acef'])
})

test('closing braces in excess are one finding for each line', () => {
  assert.deepEqual(
    parsePart('} } }\n}\n').diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`),
    ['1:1 EXTRA_BRACE', '2:1 EXTRA_BRACE'],
  )
})

test('what is written to grow without end, or to be looked at over and over, is read in a moment', () => {
  const many = (part: string) => part.repeat(20_000 / part.length)
  const texts = [
    many('}'),
    many('{'),
    many('a{'),
    many('a{}'),
    many('${B'),
    many('@alpha '),
    many('~SEQ(A,1) '),
    `~LST(${many('{')}) x`,
    `$A=\${A}\${A}\n${many('u $A\n')}`,
    `$A=\${B}\${B}\n$B=\${A}\${A}\n${many('~SEQ(N,${A}) x\n')}`,
    `include ${many('{a,b}')}`,
    `include {${many(',')}`,
    `include ${'{a,a}'.repeat(40)}`,
    `vrrp_instance a {\n notify_master ${many('\\\u2028')}\n notify ${many('\u00a0x')}\n}\n`,
  ]
  for (const text of texts) {
    const began = performance.now()
    parsePart(text)
    // Far above what the slowest takes on a busy machine, far below the minutes that some took, if they ended.
    assert.ok(performance.now() - began < 10_000, text.slice(0, 60))
  }
})
