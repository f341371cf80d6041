/** What the manual would say of a keyword, from the table that the parser itself works with. */
import { fallbackText } from './fallback.ts'
import { type Keyword, keywordPaths, keywordsOf, valuesNotInForce } from './keywords.ts'
import { nearest, placeOf } from './suggestion.ts'
import { usageOf } from './usage.ts'

/** A keyword, and all blocks in which it means the same. */
export interface Entry {
  keyword: Keyword
  /** Paths; the root's is empty. */
  blocks: string[]
  /** What stands inside of it, if it opens a block; `(entry)` is what a line of it begins with. */
  content: Keyword[]
  /** Single values of it that have no effect yet. */
  exceptions: Keyword[]
}

/**
 * The entries of a word, one for each meaning that it has; empty for a word nobody knows. `block` is the name or the
 * path of the block it must stand in; the root is `top`.
 */
export function findEntries(name: string, block?: string): Entry[] {
  const uses = (block === undefined ? keywordPaths() : findBlocks(block)).flatMap((path) => {
    const keyword = keywordsOf(path).get(name)
    return keyword === undefined || name.startsWith('(') ? [] : [entryOf(path, keyword)]
  })
  const meanings = Map.groupBy(uses, ({ keyword, content, exceptions }) =>
    JSON.stringify([keyword, content, exceptions], (field, value) => (field === 'path' ? undefined : value)),
  )
  return [...meanings.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, blocks: [first, ...others].flatMap(({ blocks }) => blocks) }],
  )
}

function entryOf(path: string, keyword: Keyword): Entry {
  const inner = keyword.opens === null && !keyword.parts ? [] : [...keywordsOf(keyword.path).values()]
  const prefix = `${keyword.name}=`
  const exceptions = valuesNotInForce().filter((value) => value.path === path && value.row.name.startsWith(prefix))
  return { keyword, blocks: [path], content: inner, exceptions: exceptions.map(({ row }) => row) }
}

/** Whether people may call the block so: by its own name. */
function isCalled(path: string, block: string): boolean {
  return path.split('/').at(-1) === block || (path === '' && block === TOP)
}

const TOP = 'top'

/** Blocks that can be asked for by this name, or the one with this path; empty when there is none. */
export function findBlocks(block: string): string[] {
  const paths = keywordPaths()
  return paths.includes(block) ? [block] : paths.filter((path) => isCalled(path, block))
}

/** The keyword, or the block, that an unknown word was probably meant to be. */
export function nearestKeyword(word: string): string | null {
  return nearest(word, [...new Set(keywordPaths().flatMap((path) => [...keywordsOf(path).keys()]))])
}

export function nearestBlock(word: string): string | null {
  return nearest(
    word,
    keywordPaths().flatMap((path) => [path, path.split('/').at(-1) ?? '']),
  )
}

/** One entry as a page of text, `width` columns wide at most where words allow it. */
export function entryText(entry: Entry, width: number): string {
  const { keyword, blocks, content } = entry
  const facts = factsOf(entry)
  const label = Math.max(...facts.map(([name]) => name.length))
  const parts = [
    `${keyword.name} ${usageOf(keyword)}`,
    wrapped(blocks.map(placeOf).join(', '), INDENT, width),
    ...(keyword.meaning === '' ? [] : ['', wrapped(keyword.meaning, INDENT, width)]),
    '',
    ...facts.map(([name, text]) =>
      wrapped(text, INDENT + label + 2, width, `${' '.repeat(INDENT)}${name.padEnd(label)}  `),
    ),
    ...(content.length === 0 ? [] : ['', contentText(entry, width)]),
  ]
  return parts.join('\n')
}

const INDENT = 4

function factsOf({ keyword, exceptions }: Entry): [string, string][] {
  const { name, key, fallback, required, repeat, secret, since, replacedBy } = keyword
  const facts: ([string, string] | false)[] = [
    fallback !== null && ['default', fallbackText(fallback)],
    required && ['required', 'its block cannot be used without it'],
    repeat === 'first' && ['given twice', 'the first one counts, and it is an error'],
    repeat === 'each' && ['given twice', 'each one counts'],
    key !== name && ['same as', key],
    replacedBy !== null && ['out of use', replacedBy === '' ? 'it can be left out' : `write ${replacedBy} instead`],
    secret && ['secret', 'it is masked wherever the configuration is shown'],
    since !== null && ['keepalived', `since ${since}`],
    ['in force', forceText(keyword)],
    keyword.remedy !== null && !keyword.inForce && ['until then', keyword.remedy],
  ]
  const values = exceptions.map((row): [string, string] => [row.name.replace('=', ' '), forceText(row)])
  return [...facts.filter((fact) => fact !== false), ...values]
}

function forceText({ inForce, consequence, outcome }: Keyword): string {
  if (inForce) return 'yes'
  switch (consequence) {
    case 'harmless':
      return 'not yet, without harm'
    case 'unprotected':
      return `not yet: ${outcome}`
    case 'unsafe':
      return `not yet, and what it stands in does not run: ${outcome}`
  }
}

function contentText({ keyword, content }: Entry, width: number): string {
  const own = content.find(({ name }) => name === '(entry)')
  const others = content.filter(({ name }) => !name.startsWith('('))
  const names = wrapped(namesOf(others), INDENT * 2, width)
  if (keyword.parts) return `    behind it (* has no effect yet)\n${names}`
  if (keyword.opens === 'block') return `    inside of it (* has no effect yet)\n${names}`
  const bare = own?.unordered && own.args.length === 0
  const line = bare ? 'options in any order' : own === undefined ? 'text' : usageOf(own)
  const meaning = own === undefined || own.meaning === '' ? '' : `\n${wrapped(own.meaning, INDENT * 2, width)}`
  const options =
    others.length === 0 ? '' : `\n    ${own?.unordered ? 'with' : 'and behind it'} (* has no effect yet)\n${names}`
  return `    each line: ${line}${meaning}${options}`
}

function namesOf(keywords: readonly Keyword[]): string {
  return keywords.map(({ name, inForce }) => (inForce ? name : `${name}*`)).join(', ')
}

/** All blocks with their keywords, or only those of one name; blocks with the same ones share them. */
export function outlineText(width: number, block?: string): string {
  const all = block === undefined ? keywordPaths() : findBlocks(block)
  const blocks = Map.groupBy(all, (path) => JSON.stringify([...keywordsOf(path).values()]))
  const parts = [...blocks.values()].map((paths) => {
    const [first = ''] = paths
    const content = [...keywordsOf(first).values()]
    const own = content.find(({ name }) => name === '(entry)')
    const names = namesOf(content.filter(({ name }) => !name.startsWith('(')))
    const entry = own === undefined ? [] : [`    each line: ${usageOf(own)}`]
    const title = wrapped(paths.map((path) => (path === '' ? TOP : path)).join(', '), 0, width)
    return [title, ...entry, ...(names === '' ? [] : [wrapped(names, INDENT, width)])].join('\n')
  })
  return `${parts.join('\n\n')}\n\n* has no effect yet`
}

/** Words in lines of at most `width` columns, indented; `first` begins the first line. */
function wrapped(text: string, indent: number, width: number, first = ' '.repeat(indent)): string {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '.repeat(indent)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].join('\n')
}
