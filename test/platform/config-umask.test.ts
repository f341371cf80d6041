import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUmask } from '#platform/config/readers/umask.ts'
import { parsePart } from './config/parse.ts'

test('a umask is a number in any base of C, up to 0777', () => {
  const masks = ['077', '0777', '63', '0x3F', '0', '8'].map(parseUmask)
  assert.deepEqual(masks, [0o077, 0o777, 63, 63, 0, 8])
  for (const text of ['01777', '512', '0x200', '089', '0o77', '077 foo']) assert.equal(parseUmask(text), null, text)
})

test('or names of rights, with | between them', () => {
  assert.equal(parseUmask('IWGRP|IWOTH'), 0o022)
  assert.equal(parseUmask('IXUSR | IRWXG | IRWXO'), 0o177)
  for (const text of ['foo', 'IWGRP |', '| IWGRP', 'IWGRP IWOTH', 'S_IWGRP', 'iwgrp', 'IRWXUSR', 'IWG', '-1', ''])
    assert.equal(parseUmask(text), null, text)
})

test('the default stands for what is none, and that is said', () => {
  const read = (line: string) => parsePart(`global_defs {\n${line}\n}\n`)
  assert.equal(read('').config?.scriptUmask, 0o177)
  assert.equal(read('umask 022').config?.scriptUmask, 0o022)
  const { config, diagnostics } = read('umask 0888')
  assert.equal(config?.scriptUmask, 0o177)
  assert.deepEqual(
    diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
    ['error: umask: 0888 is no umask; the default (0177) stands'],
  )
})
