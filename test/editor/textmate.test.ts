// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language under test writes ${NAME}
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import textmate from 'vscode-textmate'
import { collectFindings } from '#platform/config/findings/diagnostic.ts'
import { childPath, findKeyword } from '#platform/config/keywords/keywords.ts'
import { readLines } from '#platform/config/language/lines.ts'
import type { Statement } from '#platform/config/language/statement.ts'
import { wordPosition } from '#platform/config/language/text.ts'
import { buildTree } from '#platform/config/language/tree.ts'
import { memoryFiles, OPTIONS, PATH } from '../platform/config/parse.ts'
import { assertGenerated, jsonText, readGenerated } from './generated.ts'
import { textMateGrammar } from './grammar.ts'
import { propertyList } from './property-list.ts'
import { openGrammar, type Token } from './tokens.ts'

const CORPUS = new URL('../../../shared/corpus/files/', import.meta.url)

const tokenize = await openGrammar(textMateGrammar())

/** `text scope` of each token that is more than blanks, the language's name left out. */
function scopes(line: string | undefined, lines: Token[][] = tokenize(line ?? '')): string[] {
  return lines
    .flat()
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, scope }) => `${text.trim()} ${scope.replace(/\.keepalived$/, '')}`)
}

test('editor/failoverd.tmLanguage.json is what the keyword table says', () =>
  assertGenerated('failoverd.tmLanguage.json', jsonText(textMateGrammar())))

test('editor/failoverd.tmLanguage is the same as a property list', () => {
  const { $schema: _, ...grammar } = textMateGrammar()
  assertGenerated('failoverd.tmLanguage', propertyList(grammar))
  const text = readGenerated('failoverd.tmLanguage')
  assert.deepEqual(textmate.parseRawGrammar(text, 'failoverd.tmLanguage'), JSON.parse(JSON.stringify(grammar)))
})

test('blocks, keywords, names, numbers, values and comments are told apart', () => {
  const text = 'vrrp_instance VI_1 { # why\n state MASTER!x\n advert_int 0.5\n native_ipv6\n notify \'/b c\' "d" u\n}'
  assert.deepEqual(scopes(text), [
    'vrrp_instance storage.type',
    'VI_1 entity.name.section',
    '{ punctuation.section.block',
    '# why comment.line',
    'state keyword.other',
    'MASTER constant.language',
    '!x comment.line',
    'advert_int keyword.other',
    '0.5 constant.numeric',
    'native_ipv6 invalid.deprecated',
    'notify keyword.other',
    "'/b c' string.quoted.single",
    '" string.quoted.double',
    'd string.quoted.double',
    '" string.quoted.double',
    'u meta.block.vrrp_instance',
    '} punctuation.section.block',
  ])
})

test('a keyword is one only in its own block, and only where a statement begins', () => {
  assert.deepEqual(scopes('priority 1'), ['priority source', '1 constant.numeric'])
  assert.deepEqual(scopes('global_defs { router_id priority\n priority 2 }').slice(2), [
    'router_id keyword.other',
    'priority meta.block.global_defs',
    'priority meta.block.global_defs',
    '2 constant.numeric',
    '} punctuation.section.block',
  ])
})

test('lines of a list have addresses and options', () => {
  const text = 'static_ipaddress\n{\n 192.0.2.1/24 dev eth0\n 2001:db8::1\n}'
  assert.deepEqual(scopes(text), [
    'static_ipaddress storage.type',
    '{ punctuation.section.block',
    '192.0.2.1/24 constant.numeric.address',
    'dev support.type.property-name',
    'eth0 meta.block.static_ipaddress',
    '2001:db8::1 constant.numeric.address',
    '} punctuation.section.block',
  ])
})

test('conditions, definitions, repetitions and includes have scopes of their own', () => {
  assert.deepEqual(scopes('@^west include a/{b,c}.conf # d'), [
    '@^west keyword.control.conditional',
    'include keyword.control.import',
    'a/{b,c}.conf string.unquoted.path',
    '# d comment.line',
  ])
  assert.deepEqual(scopes('$V= vrrp_script s${N} { \\\n script "x ${A}" \\\n}\n~SEQ(N, 1, 0x10) $V'), [
    '$V variable.other.definition',
    '= keyword.operator.assignment',
    'vrrp_script storage.type',
    's entity.name.section',
    '${N} variable.other',
    '{ punctuation.section.block',
    '\\ constant.character.escape.continuation',
    'script keyword.other',
    '" string.quoted.double',
    'x string.quoted.double',
    '${A} variable.other',
    '" string.quoted.double',
    '\\ constant.character.escape.continuation',
    '} punctuation.section.block',
    '~SEQ keyword.control.loop',
    '( meta.repetition',
    'N variable.parameter',
    ', meta.repetition',
    '1 constant.numeric',
    ', meta.repetition',
    '0x10 constant.numeric',
    ') meta.repetition',
    '$V variable.other',
  ])
})

/** Every statement that the parser knows, with the place of its keyword. */
function known(statements: readonly Statement[], path: string): Statement[] {
  return statements.flatMap((statement) => {
    const keyword = findKeyword(path, statement.keyword.value)
    if (keyword === undefined) return []
    const inner = keyword.opens === 'block' ? known(statement.block ?? [], childPath(path, keyword.name)) : []
    return [statement, ...inner]
  })
}

describe('the collection of real configurations', {
  skip: existsSync(CORPUS) ? false : 'no ../shared/corpus here',
}, () => {
  test('has every keyword that the parser knows marked as one', (context) => {
    let count = 0
    const wrong: string[] = []
    for (const file of readdirSync(CORPUS)) {
      const text = readFileSync(new URL(file, CORPUS), 'utf8').replaceAll('\r', '')
      const findings = collectFindings()
      const lines = readLines(memoryFiles({ [PATH]: text }), PATH, { ...OPTIONS, configId: '' }, findings)
      const tree = buildTree((take) => lines.forEach(take), findings)
      // Where braces do not balance, an editor cannot know what the parser makes of it.
      if (findings.list().some(({ code }) => /BRACE|QUOTE|LOOP/.test(code))) continue
      const tokens = tokenize(text)
      for (const { keyword } of known(tree, '')) {
        const { line, column, source } = wordPosition(keyword)
        // A keyword that a definition brought stands where the definition is used.
        if (!source.slice(column - 1).startsWith(keyword.value)) continue
        count++
        if (!isKeyword(tokens[line - 1] ?? [], column - 1)) wrong.push(`${file}:${line}: ${source.trim()}`)
      }
    }
    context.diagnostic(`keywords: ${count}`)
    assert.ok(count > 5_000)
    assert.deepEqual(wrong, [])
  })
})

function isKeyword(tokens: readonly Token[], index: number): boolean {
  let at = 0
  for (const { text, scopes: all } of tokens) {
    if (at === index) return all.some((scope) => /^(storage\.type|keyword\.)/.test(scope))
    at += text.length
  }
  return false
}
