import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { blockPaths, childPath, findKeyword, keywordsOf } from '#platform/config/keywords.ts'
import { parse } from './config/parse.ts'

const TABLE = new URL('../../../shared/spec/conf-keywords.tsv', import.meta.url)

test('every keyword of the language is known in its block', {
  skip: existsSync(TABLE) ? false : 'no ../shared/spec here',
}, () => {
  const rows = readFileSync(TABLE, 'utf8').trim().split('\n').slice(1)
  const unknown = rows.flatMap((row) => {
    const [block = '', names = ''] = row.split('\t')
    const path = block === 'root' ? '' : block
    // $NAME= and @NAME are lines of their own kind; types and `default` are values of a route's destination.
    return /^[$@]|^\(type\)$|^default$/.test(names)
      ? []
      : names
          .split('|')
          .filter((name) => !findKeyword(path, name))
          .map((name) => `${path} ${name}`)
  })
  assert.deepEqual([rows.length, unknown], [647, []])
})

test('ranges are those of the language', { skip: existsSync(TABLE) ? false : 'no ../shared/spec here' }, () => {
  const rows = readFileSync(TABLE, 'utf8').trim().split('\n').slice(1)
  let compared = 0
  for (const row of rows) {
    const [block = '', name = '', args = ''] = row.split('\t')
    const range = /^\[?(?:INT|SECONDS|DECIMAL)\((-?[\d.]+?)\.\.(-?[\d.]*)/.exec(args)
    const argument = findKeyword(block === 'root' ? '' : block, name)?.args[0]
    if (range === null || argument === undefined || argument.kind === 'word' || /^\[(?!INT|SECONDS|DECIMAL)/.test(args))
      continue
    compared++
    assert.deepEqual(
      [argument.min, argument.max],
      [Number(range[1]), range[2] === '' ? 4294967295 : Number(range[2])],
      `${block} ${name} ${args}`,
    )
  }
  assert.ok(compared > 150, `${compared} ranges compared`)
})

test('every block that opens has a table of its own, or holds entries', () => {
  for (const path of blockPaths()) {
    for (const { name, opens } of keywordsOf(path).values()) {
      if (opens === 'block') {
        assert.ok(keywordsOf(childPath(path, name)).size > 0, childPath(path, name))
      }
    }
  }
})

test('a deprecated word names its successor, which exists', () => {
  for (const path of blockPaths()) {
    for (const { name, replacedBy } of keywordsOf(path).values()) {
      if (!replacedBy) continue
      const homes = blockPaths().filter((other) => findKeyword(other, replacedBy))
      assert.ok(homes.length > 0, `${path} ${name} > ${replacedBy}`)
    }
  }
})

test('limits are part of the range, what is beyond them is not', () => {
  const priority = (value: string): string[] =>
    parse(
      `vrrp_instance A {\n interface x\n virtual_router_id 1\n no_virtual_ipaddress\n priority ${value}\n}`,
    ).diagnostics.map(({ code }) => code)
  assert.deepEqual(['1', '255'].map(priority), [[], []])
  assert.deepEqual(['0', '256'].map(priority), [['OUT_OF_RANGE'], ['OUT_OF_RANGE']])
})
