// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { collectFindings } from '#platform/config/findings/diagnostic.ts'
import { formatConfig } from '#platform/config/forms/format.ts'
import { sourceLines } from '#platform/config/forms/source-lines.ts'
import { readLines } from '#platform/config/language/lines.ts'
import type { Statement } from '#platform/config/language/statement.ts'
import { buildTree } from '#platform/config/language/tree.ts'
import { memoryFiles, OPTIONS, PATH, parse } from './config/parse.ts'

const CORPUS = new URL('../../../shared/corpus/files/', import.meta.url)

function formatted(text: string): string {
  const result = formatConfig(text, PATH)
  return result.ok ? result.text : assert.fail(result.diagnostics.map(({ message }) => message).join('\n'))
}

function refusal(text: string): string[] {
  const result = formatConfig(text, PATH)
  return result.ok ? assert.fail(result.text) : result.diagnostics.map(({ code, line }) => `${line} ${code}`)
}

interface Plain {
  words: [string, boolean][]
  block: Plain[] | null
}

/** What the file means where its id is this one: its statements, without their places. */
function meaning(text: string, configId: string): Plain[] {
  const findings = collectFindings()
  const lines = readLines(memoryFiles({ [PATH]: text }), PATH, { ...OPTIONS, configId }, findings)
  const plain = ({ keyword, args, block }: Statement): Plain => ({
    words: [keyword, ...args].map(({ value, quoted }) => [value, quoted]),
    block: block?.map(plain) ?? null,
  })
  return buildTree((take) => lines.forEach(take), findings).map(plain)
}

function assertSafe(text: string, result: string): void {
  assert.equal(formatted(result), result, `formatting it again changes it:\n${text}`)
  const ids = new Set(['alpha', ...[...text.matchAll(/@\^?(\w+)/g)].map(([, id = '']) => id)])
  for (const id of [...ids].slice(0, 3)) assert.deepEqual(meaning(result, id), meaning(text, id), text)
  assert.deepEqual(comments(result), comments(text), text)
}

/** All comments, in any order: one may go behind the keyword whose brace it stood behind. */
function comments(text: string): string[] {
  return sourceLines(text)
    .map(({ comment }) => comment)
    .filter((comment) => comment !== '')
    .sort()
}

test('blocks are indented by four blanks, each statement has a line, and braces stand behind their keyword', () => {
  const text =
    'global_defs{router_id   "a  b"}\r\n\tvrrp_instance VI_1\n{\n  virtual_ipaddress { 10.0.0.1/24 dev eth0 } }'
  assert.equal(
    formatted(text),
    `global_defs {
    router_id "a  b"
}
vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.1/24 dev eth0
    }
}
`,
  )
})

test('blank lines are one at most, and none stands at the edge of a block or of the file', () => {
  assert.equal(formatted('\n\na {\n\n\nb\n\n\n\nc\n\n}\n\n\nd\n\n'), 'a {\n    b\n\n    c\n}\n\nd\n')
})

test('comments stay: alone as they are written, in a column behind lines that follow one another', () => {
  assert.equal(
    formatted('!  top\na { # opens\nlong_keyword 1 # one\nb 2   ! two\nc\nd # alone\n   #  end\n} # closes'),
    `!  top
a {                # opens
    long_keyword 1 # one
    b 2            ! two
    c
    d # alone
    #  end
} # closes
`,
  )
})

test('a comment between a keyword and its brace goes into the block', () => {
  assert.equal(formatted('a # one\n# two\n\n{ # three\nb\n}'), 'a { # one\n    # two\n    # three\n    b\n}\n')
})

test('a comment behind a block of one line goes to its keyword', () => {
  assert.equal(formatted('a { b } # why'), 'a { # why\n    b\n}\n')
  assert.equal(formatted('a {\n} b { # why\n}'), 'a {\n}\nb { # why\n}\n')
})

test('what single quotes, escapes and definitions hold keeps every blank', () => {
  for (const line of ["notify '/bin/x  y'  root", 'script "/bin/x \\"a  b\\""  z', '$A=a  b', '~LST(X,a  b) c  ${X}'])
    assert.equal(formatted(`  ${line}  `), `${line}\n`)
})

test('a definition of several lines is indented as it is nested, and the blank line that ends it stays', () => {
  const text =
    '$VI= vrrp_instance vi_${N} {   \\\ninterface eth0\\\nvirtual_ipaddress { \\\n10.9.${N}.1/24 \\\n} \\\n}\n$VI'
  assert.equal(
    formatted(text),
    `$VI= vrrp_instance vi_\${N} { \\
    interface eth0 \\
    virtual_ipaddress { \\
        10.9.\${N}.1/24 \\
    } \\
}
$VI
`,
  )
  assert.equal(formatted('~SEQ(N,1,2) $V= \\\n  a {  \\\n}\n'), '~SEQ(N,1,2) $V= \\\n    a { \\\n    }\n')
  assert.equal(formatted('a {\n$B= \\\nx 1 # one \\\n\n}'), 'a {\n    $B= \\\n        x 1 # one \\\n\n}\n')
})

test('conditional lines may open a block together and close it once', () => {
  assert.equal(
    formatted('@a   vrrp_instance A {\n@^a vrrp_instance B {\n@a priority  1\nstate MASTER\n}\n@a x { y }'),
    `@a vrrp_instance A {
@^a vrrp_instance B {
    @a priority 1
    state MASTER
}
@a x {
    @a y
@a }
`,
  )
})

test('lines stay whole where a part would do something else on a line of its own', () => {
  for (const line of [
    'a { include x }',
    '~SEQ(N,1,2) s$N { t }',
    'include {a,b}.conf',
    'a { $BODY }',
    'a ${_HASH} {  }',
  ])
    assert.equal(formatted(`${line}\n`), `${line}\n`)
})

test('a definition that may be a comment sign switches its line off and on as before', () => {
  const text = '$X=${_HASH}\n$X a {\n$X   b 1\n$X }\nc {\nd\n}\n'
  assert.equal(formatted(text), '$X=${_HASH}\n$X a {\n    $X   b 1\n$X }\nc {\n    d\n}\n')
})

test('a file with a brace or a quote too few or too many is refused, with the place', () => {
  assert.deepEqual(refusal('vrrp_instance A {\n  state MASTER\n'), ['1 MISSING_BRACE'])
  assert.deepEqual(refusal('a {\n}\n}\n'), ['3 EXTRA_BRACE'])
  assert.deepEqual(refusal('a "b\n'), ['1 UNTERMINATED_QUOTE'])
  assert.deepEqual(refusal('a\n$A=b${A}\n'.replace('b${A}', '${A}')), ['2 DEFINITION_LOOP'])
})

test('a file of which a line would mean something else is refused: here the brace would be in a comment', () => {
  assert.deepEqual(refusal('$H=${_HASH}\na $H\n{\n}\n'), ['3 FORMAT'])
})

describe('the collection of real configurations', {
  skip: existsSync(CORPUS) ? false : 'no ../shared/corpus here',
}, () => {
  test('is formatted without a change of meaning, but for files that lack a brace or define a name as itself', (context) => {
    const refused: string[] = []
    const files = readdirSync(CORPUS)
    for (const file of files) {
      const text = readFileSync(new URL(file, CORPUS), 'utf8')
      const result = formatConfig(text, PATH)
      if (result.ok) {
        assertSafe(text, result.text)
        assert.deepEqual(parse(result.text).config, parse(text).config, file)
      } else refused.push(file)
    }
    context.diagnostic(`formatted: ${files.length - refused.length} of ${files.length}`)
    assert.deepEqual(refused, ['073.conf', '086.conf', '128.conf', '133.conf', '205.conf'])
  })
})

const PARTS = [
  ...['a', 'keyword', '1', ' ', '  ', '\t', '"b  c"', "'x  y'", '\\"', '\\', '{', '}', ' {\n', '\n}\n', '\n', '\r\n'],
  ...['\n\n\n', '# c', '!', ' \\\n', '$A', '${A}', '\n$A=v  w\n', '\n$B= \\\n', '$B', '\n~SEQ(N,1,2) ', '${N}'],
  ...['\n@a ', '\n@^b ', '\n@b ', '\ninclude x', '\n$H=${_HASH}\n', '$H', '${_BANG}', '$Q', '\n$Q=x" "y\n', '"'],
]

/** Nonsense of a seed: parts of the language in any order. */
function nonsense(seed: number): string {
  let state = seed
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: 1 + next(30) }, () => PARTS[next(PARTS.length)]).join('')
}

test('whatever is formatted means the same, and is not changed by formatting it again', (context) => {
  let count = 0
  let unsafe = 0
  for (let seed = 1; seed <= 4_000; seed++) {
    const text = nonsense(seed)
    const result = formatConfig(text, PATH)
    if (result.ok) assertSafe(text, result.text)
    if (result.ok) count++
    else if (result.diagnostics.some(({ code }) => code === 'FORMAT')) unsafe++
  }
  context.diagnostic(`formatted: ${count} of 4000; refused because the meaning would change: ${unsafe}`)
  assert.ok(count > 1_000)
  assert.ok(unsafe < 20)
})
