// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, parsePart } from './parse.ts'
import { codes, linesOf, placed } from './read.ts'

const values = (generator: string) => linesOf(`${generator} \${N}\n`).texts

test('fact 47: ~SEQ counts from one, from a start, by steps, downwards, in any base and in hexadecimal', () => {
  assert.deepEqual(values('~SEQ(N,3)'), ['1', '2', '3'])
  assert.deepEqual(values('~SEQ(N,3,1)'), ['3', '2', '1'])
  assert.deepEqual(values('~SEQ(N,5,2,9)'), ['5', '7', '9'])
  assert.deepEqual(values('~SEQ(N,5,2,8)'), ['5', '7'])
  assert.deepEqual(values('~SEQ(N, 0x10, 021)'), ['16', '17'])
  assert.deepEqual(values('~SEQx(N,9,11)'), ['9', 'a', 'b'])
})

test('fact 47: one line is repeated; a whole block goes into a definition', () => {
  const text = `$VI= vrrp_instance vi_\${N} { \\
  interface eth0 \\
  virtual_router_id \${N} \\
}
~SEQ(N,11,2,15) $VI
`
  assert.deepEqual(
    parse(text).config?.instances.map(({ name, virtualRouterId }) => [name, virtualRouterId]),
    [
      ['vi_11', 11],
      ['vi_13', 13],
      ['vi_15', 15],
    ],
  )
})

test('fact 48: ~LST steps through values or tuples; what is missing is blank, and too many are an error', () => {
  assert.deepEqual(linesOf('~LST(A,x,y) v ${A}\n').texts, ['v x', 'v y'])
  assert.deepEqual(linesOf('~LST({A,B},{1,2},{3}) v ${A}-${B}\n').texts, ['v 1-2', 'v 3-'])
  const { texts, findings } = linesOf('a\n ~LST({A,B},{1,2,3}) v\nb\n')
  assert.deepEqual([texts, placed(findings)], [['a', 'b'], ['2:2 GENERATOR null']])
})

test('fact 49: loops nest, their arguments use definitions, and their names end with the line', () => {
  assert.deepEqual(linesOf('~SEQ(A,1,2) ~LST(B,x,y) t ${A}${B}\n').texts, ['t 1x', 't 1y', 't 2x', 't 2y'])
  assert.deepEqual(linesOf('$END=2\n~SEQ(A,${END}) t ${A}\n').texts, ['t 1', 't 2'])
  assert.deepEqual(codes({ diagnostics: linesOf('~SEQ(A,1) t ${A}\nu ${A}\n').findings }), ['UNDEFINED'])
})

test('fact 49: a loop over a name that is defined already is refused', () => {
  const { texts, findings } = linesOf('$A=5\n~SEQ(A,2) t ${A}\nu ${A}\n~SEQ(B,2) ~SEQ(B,3) t\n')
  assert.deepEqual(texts, ['u 5'])
  assert.deepEqual(placed(findings), ['2:1 GENERATOR null', '4:11 GENERATOR null'])
})

test('fact 49: loops in loops end, however many lines they ask for', () => {
  const { texts, findings } = linesOf('~SEQ(A,90000) ~SEQ(B,90000) ~SEQ(C,90000) #\nb\n')
  assert.deepEqual([texts, placed(findings)], [['b'], ['1:15 DEFINITION_LOOP null']])
})

test('fact 50: @ID keeps a line where it is the id, @^ID where it is not, for braces and definitions too', () => {
  const text = `@alpha $P=90
@^alpha $P=80
@alpha vrrp_instance a {
@beta vrrp_instance b {
 interface eth0
 virtual_router_id 5
@alpha\tpriority \${P}
@^alpha virtual_ipaddress {
@^alpha }
@alpha }
@beta }
`
  const { config } = parse(text)
  assert.deepEqual(
    config?.instances.map(({ name, priority }) => [name, priority]),
    [['a', 90]],
  )
  assert.equal(linesOf(text, {}, 'beta').texts[0], 'vrrp_instance b {')
})

test('fact 51: a marker without text or id keeps nothing, and a second one is no marker', () => {
  assert.deepEqual(linesOf('@alpha\n@alpha \n@ a\n').texts, [])
  assert.deepEqual(placed(parsePart('@alpha @alpha a\n').diagnostics), ['1:8 UNKNOWN_KEYWORD @alpha'])
})
