// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceWith, parse, parsePart } from './parse.ts'
import { codes, linesOf, placed, wordsIn } from './read.ts'

test('fact 39: a definition stands at the start of a line, without a blank before its sign, and may be empty', () => {
  assert.deepEqual(linesOf('  $A_1=5 6 # seven\nu $A_1 v\n').texts, ['u 5 6 v'])
  assert.deepEqual(linesOf('$E=\nu [${E}]\n').texts, ['u []'])
  assert.deepEqual(placed(parsePart('$A = 5\n').diagnostics, 'UNKNOWN_KEYWORD'), ['1:1 $A'])
})

test('fact 40: a name in braces is replaced anywhere, one without before a blank, comma, parenthesis or the end', () => {
  const text = '$IP=192.0.2.1\n$A=1\n$B=2\nx ${IP}/24 $IP $A,$B) $IP/24 $IP.1 $A:$B\ny $A$B\n'
  assert.deepEqual(linesOf(text).texts, ['x 192.0.2.1/24 192.0.2.1 1,2) $IP/24 $IP.1 $A:2', 'y $A2'])
})

test('fact 41: replacing goes on until nothing changes, at the place of use', () => {
  assert.deepEqual(linesOf('$A=x${B}\n$B=1\nu $A\n$B=2\nu $A\n').texts, ['u x1', 'u x2'])
  assert.deepEqual(codes({ diagnostics: linesOf('$A=${B}\n$B=${A}${A}\nu $A\n').findings }), ['DEFINITION_LOOP'])
})

test('fact 42: what comes out is split into words again, its comments are removed, and quotes still group', () => {
  const { texts } = linesOf('$TWO=a b\n$ONE="a b"\n$SIGN=#\nx $TWO\nx $ONE\n$CUT="# kept"\nx $CUT\nx ${_HASH} cut\n')
  assert.deepEqual(texts.map(wordsIn), [['x', 'a', 'b'], ['x', 'a b'], ['x', '# kept'], ['x']])
})

test('fact 43: an undefined name stays as it is, with a note; in braces it is one error, and opens no block (in keepalived it does)', () => {
  assert.deepEqual(linesOf('u $NONE\n'), { ...linesOf('u $NONE\n'), findings: [] })
  const kept = instanceWith('dont_track_primary\nmcast_src_ip $NONE\nsmtp_alert $ALERT\n$WORD 3', 'router_id $NAME')
  assert.deepEqual(kept.config?.routerId, '$NAME')
  assert.deepEqual(
    kept.diagnostics
      .filter(({ hint }) => /^define it above/.test(hint ?? ''))
      .map(({ severity, line, code }) => `${severity} ${line} ${code}`),
    ['note 2 UNDEFINED', 'error 11 INVALID_ADDRESS', 'error 12 INVALID', 'error 13 UNKNOWN_KEYWORD'],
  )
  const { instance, diagnostics } = instanceWith('    priority ${NONE}\n    advert_int 3')
  assert.deepEqual(placed(diagnostics), ['10:14 UNDEFINED NONE'])
  assert.deepEqual([instance.priority, instance.advertIntervalMs], [100, 3000])
})

test('fact 44: a definition goes on while its lines end in a backslash, and each becomes a line where it is used', () => {
  const text = `$VI= vrrp_instance vi_\${N} { \\
    interface eth0 \\ # where
    virtual_router_id \${N} \\
    $VIPS \\
}
$VIPS= virtual_ipaddress { \\
        10.9.\${N}.1/24 \\
    }
$N=7
$VI
`
  const { config, status } = parse(text)
  const [instance] = config?.instances ?? []
  assert.deepEqual([instance?.name, instance?.virtualRouterId, status], ['vi_7', 7, 0])
  assert.deepEqual(
    instance?.addresses.map(({ address }) => address),
    ['10.9.7.1'],
  )
  assert.deepEqual(linesOf('$A= a \\\n b \\\n\n c\n$A\n').texts, ['c', 'a', 'b'])
})

test('fact 44: words behind the use of a multi-line definition become a line of their own (keepalived knows no such keyword)', () => {
  assert.deepEqual(linesOf('$A= a \\\n b\nx $A y\n').texts, ['x a', 'b', 'y'])
})

test('fact 45: a definition holds for the whole configuration, whichever file or block it stands in', () => {
  assert.deepEqual(linesOf('include defs\nb {\n$C=3\n}\nx $A $C\n', { '/etc/defs': '$A=1\n' }).texts, [
    'b {',
    '}',
    'x 1 3',
  ])
})

test('fact 46: some names are defined already: folder, id, random number, environment and the comment signs', () => {
  const text = 'a ${_PWD} ${_INSTANCE} ${_ENV REGION} [${_ENV NONE}] ${_RANDOM 5 9} ${_RANDOM 7} ${_RANDOM}\n'
  assert.deepEqual(linesOf(text).texts, ['a /etc alpha west [] 5 7 0'])
  assert.deepEqual(linesOf('include sub/x\n', { '/etc/sub/x': 'p ${_PWD}\n' }).texts, ['p /etc/sub'])
  assert.deepEqual(linesOf('a "${_HASH}${_BANG}"\nb ${_BANG} c\nd${_HASH}e\n').texts, ['a "#!"', 'b', 'd'])
})
