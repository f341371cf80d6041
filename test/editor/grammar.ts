// biome-ignore-all lint/suspicious/noTemplateCurlyInString: patterns of a language that writes ${NAME}
/** The TextMate grammar of keepalived.conf, out of the keyword table. Patterns are Oniguruma's. */
import { childPath, type Keyword, keywordPaths, keywordsOf } from '#platform/config/keywords/keywords.ts'

export interface Rule {
  name?: string
  match?: string
  begin?: string
  end?: string
  include?: string
  captures?: Record<string, { name?: string; patterns?: Rule[] }>
  beginCaptures?: Record<string, { name?: string; patterns?: Rule[] }>
  endCaptures?: Record<string, { name: string }>
  patterns?: Rule[]
}

/**
 * Where a statement begins: at a line's start, behind a brace, a definition's sign or a repetition. In front of it may
 * be a condition, and a definition that switches the line on and off.
 */
const START = '(?:^|(?<=[{}=)]))[ \\t]*(@\\^?[^\\s{}]*[ \\t]+)?(\\$\\w+[ \\t]+)?'
/** Where a word ends. */
const END = '(?![^\\s{}"#!\\\\])'

/** What START captures. */
const BEFORE = {
  1: { name: 'keyword.control.conditional.keepalived' },
  2: { name: 'variable.other.keepalived' },
}

/** The whole grammar, ready for JSON. */
export function textMateGrammar() {
  const blocks = keywordPaths().map((path) => [ruleName(path), { patterns: blockPatterns(path) }] as const)
  const anywhere = blocks.map(([name]) => ({ include: `#${name}` }))
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'keepalived.conf',
    scopeName: 'source.keepalived',
    fileTypes: ['keepalived.conf'],
    patterns: [{ include: `#${ruleName('')}` }],
    repository: { ...LEXICAL, anything: { patterns: anywhere }, ...Object.fromEntries(blocks) },
  }
}

/** What is the same everywhere. Comments come first: they start inside of words as well. */
const LEXICAL: Record<string, Rule> = {
  comment: { name: 'comment.line.keepalived', match: '[#!].*$' },
  lines: {
    patterns: [
      { include: '#comment' },
      {
        match: `${START}(include[rmwba]?)[ \\t]+([^\\s#!]+)`,
        captures: {
          ...BEFORE,
          3: { name: 'keyword.control.import.keepalived' },
          4: { name: 'string.unquoted.path.keepalived' },
        },
      },
      {
        // A body that goes on may be a part of any block: only its use says which.
        name: 'meta.definition.keepalived',
        begin: `${START}(\\$\\w+)(=)`,
        end: '(?<![\\\\\\n])$',
        beginCaptures: {
          ...BEFORE,
          3: { name: 'variable.other.definition.keepalived' },
          4: { name: 'keyword.operator.assignment.keepalived' },
        },
        patterns: [{ include: '#anything' }],
      },
      {
        name: 'meta.repetition.keepalived',
        begin: '(~(?:SEQx?|LST))(\\()',
        end: '\\)|$',
        beginCaptures: { 1: { name: 'keyword.control.loop.keepalived' } },
        patterns: [{ include: '#values' }, { name: 'variable.parameter.keepalived', match: '[A-Za-z_]\\w*' }],
      },
    ],
  },
  condition: { match: '(?:^|(?<=[{}=)]))[ \\t]*(@\\^?[^\\s{}]*)', captures: BEFORE },
  values: {
    patterns: [
      {
        name: 'string.quoted.double.keepalived',
        begin: '"',
        end: '"|$',
        patterns: [{ include: '#variable' }, { name: 'constant.character.escape.keepalived', match: '\\\\.' }],
      },
      { include: '#variable' },
      { name: 'constant.character.escape.continuation.keepalived', match: '\\\\[ \\t]*$' },
      { name: 'constant.numeric.address.keepalived', match: word('\\d+(?:\\.\\d+){3}(?:[-/][\\d.]+)?') },
      {
        name: 'constant.numeric.address.keepalived',
        match: word('[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:[-/][0-9A-Fa-f:]+)?'),
      },
      { name: 'constant.numeric.keepalived', match: word('[-+]?(?:0[xX][0-9A-Fa-f]+|\\d+(?:\\.\\d+)?)') },
      { name: 'constant.language.boolean.keepalived', match: word('(?:on|off|true|false|yes|no)') },
    ],
  },
  variable: { name: 'variable.other.keepalived', match: '\\$\\{\\w+[^}]*\\}|\\$\\w+(?=$|[\\s,)"\\\\])' },
  script: { name: 'string.quoted.single.keepalived', match: "'[^']*'" },
  brace: { name: 'punctuation.section.block.keepalived', match: '[{}]' },
}

function word(pattern: string): string {
  return `(?<![^\\s{}(,=])${pattern}(?![^\\s{}"#!,)])`
}

/** A name for the repository; no keyword begins with a capital B and a colon. */
function ruleName(path: string): string {
  return `block:${path === '' ? 'root' : path.replaceAll('/', '.')}`
}

function blockPatterns(path: string): Rule[] {
  const keywords = [...keywordsOf(path).values()].filter(({ name }) => !name.startsWith('('))
  const isList = keywordsOf(path).has('(entry)')
  const leaves = keywords.filter(({ opens }) => opens === null)
  return [
    { include: '#lines' },
    ...keywords.filter(({ opens }) => opens !== null).map((keyword) => blockRule(path, keyword)),
    ...(isList ? optionRules(leaves) : statementRules(leaves)),
    { include: '#condition' },
    { include: '#values' },
  ]
}

function blockRule(path: string, { name, replacedBy }: Keyword): Rule {
  const inner = childPath(path, name)
  const content: Rule[] =
    keywordsOf(inner).size === 0
      ? [{ include: '#lines' }, { include: '#condition' }, { include: '#values' }]
      : [{ include: `#${ruleName(inner)}` }]
  const title = '(?:[ \\t]+(?![\\s{}#!"$\\\\])([^\\s{}"#!$]+))?'
  return {
    name: `meta.block.${name}.keepalived`,
    begin: `${START}(${escaped(name)})${END}${title}`,
    end: '\\}',
    beginCaptures: {
      ...BEFORE,
      3: { name: scopeOf('storage.type', replacedBy) },
      4: { name: 'entity.name.section.keepalived' },
    },
    endCaptures: { 0: { name: 'punctuation.section.block.keepalived' } },
    patterns: [{ name: 'punctuation.section.block.keepalived', match: '\\{' }, ...content],
  }
}

/** Keywords with the same values share a rule. */
function statementRules(keywords: readonly Keyword[]): Rule[] {
  const groups = Map.groupBy(keywords, (keyword) => JSON.stringify([kindOf(keyword), keyword.replacedBy === null]))
  return [...groups.values()].map((group) => {
    const [first] = group
    const choices = first === undefined ? [] : choicesOf(first)
    const names = group.map(({ name }) => escaped(name)).join('|')
    const values: Rule[] =
      choices.length === 0
        ? []
        : [{ name: 'constant.language.keepalived', match: word(`(?:${choices.map(escaped).join('|')})`) }]
    return {
      begin: `${START}(${names})${END}`,
      end: '(?=[{}#!])|$',
      beginCaptures: { ...BEFORE, 3: { name: scopeOf('keyword.other', first?.replacedBy ?? null) } },
      patterns: [...values, ...(isScript(first) ? [{ include: '#script' }] : []), { include: '#values' }],
    }
  })
}

/** Options may stand anywhere behind an entry. */
function optionRules(keywords: readonly Keyword[]): Rule[] {
  const names = keywords.flatMap(({ name, options }) => [name, ...options.flatMap(({ words }) => words)])
  if (names.length === 0) return []
  const match = word(`(?:${[...new Set(names)].map(escaped).join('|')})`)
  return [{ name: 'support.type.property-name.keepalived', match }]
}

function kindOf(keyword: Keyword): readonly string[] {
  return isScript(keyword) ? ['script'] : choicesOf(keyword)
}

function isScript(keyword: Keyword | undefined): boolean {
  return keyword?.args[0]?.kind === 'script'
}

/** Words that the keyword's values and options are made of. */
function choicesOf({ args, options }: Keyword): string[] {
  return [...args.flatMap(({ choices }) => choices), ...options.flatMap(({ words }) => words)]
}

function scopeOf(scope: string, replacedBy: string | null): string {
  return replacedBy === null ? `${scope}.keepalived` : `${scope}.keepalived invalid.deprecated.keepalived`
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
