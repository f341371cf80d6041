import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blockPaths, childPath, findKeyword, keywordsOf } from '#platform/config/keywords/keywords.ts'
import { parse } from './config/parse.ts'

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
