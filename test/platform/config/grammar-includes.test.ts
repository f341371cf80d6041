import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitStatus } from '#platform/config/findings/diagnostic.ts'
import { diskFiles } from '#platform/config/language/files.ts'
import { expandBraces } from '#platform/config/language/include.ts'
import { parseConfig } from '#platform/config/to-config.ts'
import { memoryFiles, OPTIONS, PATH, parse, parsePart } from './parse.ts'
import { codes, linesOf, placed } from './read.ts'

const FATAL = 6

test('fact 33: six words include, at the start of a line in any block, behind a marker or out of a definition', () => {
  const others = { '/etc/x': 'x\n' }
  for (const word of ['include', 'includer', 'includem', 'includew', 'includeb', 'includea'])
    assert.deepEqual(linesOf(`${word} x # why\n`, others).texts, ['x'], word)
  assert.deepEqual(linesOf('global_defs {\n include x\n@alpha include x\n}\n', others).texts, [
    'global_defs {',
    'x',
    'x',
    '}',
  ])
  assert.deepEqual(linesOf('$MORE=include x\n$MORE\n', others).texts, ['x'])
  // Quotes are part of the name.
  assert.deepEqual(linesOf('include "x"\n', others).texts, [])
  assert.deepEqual(linesOf('include "x"\n', { '/etc/"x"': 'y\n' }).texts, ['y'])
})

test('fact 34: a pattern has wildcards and braces, and is relative to the file it stands in', () => {
  const { texts } = linesOf('include sub/*.conf\ninclude {a,b,c}.part\n', {
    '/etc/sub/2.conf': 'two\n',
    '/etc/sub/1.conf': 'include own\n',
    '/etc/sub/own': 'one\n',
    '/etc/b.part': 'b\n',
    '/etc/a.part': 'a\n',
  })
  assert.deepEqual(texts, ['one', 'two', 'a', 'b'])
  assert.equal(expandBraces('{a,b}'.repeat(40)), null)
})

test('fact 34: directories, executable files and missing ones are skipped with a note', () => {
  const folder = mkdtempSync(join(tmpdir(), 'failoverd-include-'))
  try {
    const main = join(folder, 'main.conf')
    writeFileSync(main, 'include part.*\ninclude none.conf\n')
    mkdirSync(join(folder, 'part.d'))
    writeFileSync(join(folder, 'part.sh'), 'nonsense\n')
    chmodSync(join(folder, 'part.sh'), 0o755)
    writeFileSync(join(folder, 'part.conf'), '! empty\n')
    const { diagnostics } = parseConfig(diskFiles, main, OPTIONS)
    const notes = diagnostics.filter(({ code }) => code === 'INCLUDE_SKIPPED')
    assert.deepEqual(
      notes.map(({ severity, line, message }) => [severity, line, message.replace(folder, '')]),
      [
        ['note', 1, '/part.d is skipped: it is a directory'],
        ['note', 1, '/part.sh is skipped: it is executable, so not a configuration file'],
        ['note', 2, `there is no file ${folder}/none.conf`.replace(folder, '')],
      ],
    )
    assert.ok(!codes({ diagnostics }).includes('UNKNOWN_KEYWORD'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('fact 35: the letter behind the word says which troubles are fatal, and without one none is', () => {
  const others = { '/etc/there': '! empty\n', '/etc/folder': 'directory' as const }
  const fatal = (pattern: string) =>
    ['', 'r', 'm', 'w', 'b', 'a'].filter(
      (letter) => parsePart(`include${letter} ${pattern}\n`, others).status === FATAL,
    )
  assert.deepEqual(fatal('folder'), ['r', 'm', 'w', 'b', 'a'])
  assert.deepEqual(fatal('none'), ['m', 'w', 'a'])
  assert.deepEqual(fatal('*.none'), ['w', 'a'])
  assert.deepEqual(fatal('{there,none}'), ['m', 'w', 'b', 'a'])
  assert.deepEqual(fatal('there'), [])
  assert.equal(parsePart('include none\n').status, 0)
})

test('fact 36: includer alone is content with a name that is missing', () => {
  const { diagnostics, status } = parsePart('includer none\n')
  assert.deepEqual([codes({ diagnostics }), status], [['INCLUDE_SKIPPED'], 0])
})

test('fact 37: include_check makes later plain includes of its file strict, and ends with the file', () => {
  const check = (words: string) => `global_defs {\n include_check ${words}\n}\n`
  const strict = (words: string, pattern: string) => parsePart(`${check(words)}include ${pattern}\n`).status === FATAL
  assert.deepEqual([strict('', 'none'), strict('', '*.none')], [true, true])
  assert.deepEqual([strict('match', 'none'), strict('match', '*.none')], [true, false])
  assert.deepEqual([strict('wildcard_match -wildcard_match', '*.none'), strict('read', 'none')], [false, false])
  assert.deepEqual(
    ['+match', '+wildcard_match'].map((word) => strict(word, 'none')),
    [true, false],
  )
  const inner = { '/etc/inner': check('') }
  assert.equal(parsePart('include inner\ninclude none\n', inner).status, 0)
  assert.equal(parsePart(`include none\n${check('')}`).status, 0)
})

test('fact 37: the letter of an include adds to what include_check says', () => {
  const check = (words: string) => parsePart(`global_defs {\n include_check ${words}\n}\nincluder none\n`).status
  assert.deepEqual([check('match'), check('read')], [FATAL, 0])
})

test('fact 37: -e is an include_check in front of the file, which another one can undo for its own file', () => {
  const strictly = (text: string, inner = '') => {
    const files = memoryFiles({ [PATH]: text, '/etc/inner': inner, '/etc/folder': 'directory' })
    const { config, diagnostics } = parseConfig(files, PATH, { ...OPTIONS, strictIncludes: true })
    return exitStatus(diagnostics, config) === FATAL
  }
  for (const pattern of ['none', 'none*', '{inner,none}', 'folder'])
    assert.ok(strictly(`include ${pattern}\n`), pattern)
  assert.ok(!strictly('include inner\n'))
  const lenient = 'global_defs {\n include_check read\n}\n'
  assert.ok(!strictly(`${lenient}include none\n`))
  assert.ok(strictly('include inner\n', 'include none\n'))
  assert.ok(strictly('include inner\ninclude none\n', lenient))
})

test('fact 38: a missing configuration ends with 6, when testing too (there keepalived ends with 0)', () => {
  const { config, diagnostics } = parseConfig(
    { read: () => ({ ok: false, reason: 'missing' }), match: () => [] },
    '/none',
    OPTIONS,
  )
  assert.deepEqual([config, placed(diagnostics)], [null, ['0:0 NO_CONFIGURATION null']])
  assert.notEqual(parse('').config, null)
})
