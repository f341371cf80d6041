/**
 * One way to write a configuration: four blanks for each block, one statement a line, braces as `keyword {` and `}`,
 * comments where they were. What a file means stays as it is, to the last word; that is compared before anybody
 * gets the result.
 */
import { collectFindings, type Diagnostic } from '../findings/diagnostic.ts'
import type { ConfigFiles } from '../language/files.ts'
import { readLines } from '../language/lines.ts'
import { positionAt } from '../language/text.ts'
import { scriptWordsOf, type Token, tokensOf, wordsOf } from '../language/tokens.ts'
import { buildTree } from '../language/tree.ts'
import { layOut } from './format-layout.ts'
import { sourceLines } from './source-lines.ts'

export type Formatted = { ok: true; text: string } | { ok: false; diagnostics: Diagnostic[] }

/** Nobody can say what is meant by a file that has these. */
const TORN = ['NUL', 'UNTERMINATED_QUOTE', 'DEFINITION_LOOP']
const UNBALANCED = ['MISSING_BRACE', 'EXTRA_BRACE', 'STRAY_BRACE']

/**
 * The text of one file, formatted; its includes are files of their own. Formatting it again changes nothing. Refused,
 * with what is wrong, where a quote or a brace is missing: then only people know what belongs where.
 */
export function formatConfig(text: string, file: string): Formatted {
  const ids = ['', ...new Set([...text.matchAll(/^[ \t]*@\^?(\S+)/gm)].map(([, id = '']) => id))]
  const readings = ids.map((id) => read(text, file, id))
  const torn = readings.find(({ diagnostics }) => diagnostics.some(({ code }) => TORN.includes(code)))
  // Each id may open a block in a line of its own, and all of them close it together.
  const balanced = ids.filter((_, index) => readings[index]?.diagnostics.length === 0)
  const refused = torn ?? (balanced.length === 0 ? readings[0] : undefined)
  if (refused !== undefined) return { ok: false, diagnostics: refused.diagnostics }
  const formatted = layOut(sourceLines(text), balanced)
  for (const [index, id] of ids.entries()) {
    const changes = changeOf(readings[index]?.tokens ?? [], read(formatted, file, id).tokens)
    if (changes.length > 0) return { ok: false, diagnostics: changes }
  }
  return { ok: true, text: formatted }
}

interface Reading {
  tokens: Token[]
  diagnostics: Diagnostic[]
}

/** What the file says where this is the configuration's id, and what keeps it from being formatted. */
function read(text: string, file: string, configId: string): Reading {
  const findings = collectFindings()
  const lines = readLines(onlyFile(file, text), file, { configId, environment: {}, random: () => 0 }, findings)
  buildTree((take) => lines.forEach(take), findings)
  const tokens = lines.flatMap((line) => tokensOf(line, findings))
  const kept = [...TORN, ...UNBALANCED]
  return { tokens, diagnostics: findings.list().filter(({ code }) => kept.includes(code)) }
}

function onlyFile(file: string, text: string): ConfigFiles {
  return {
    read: (path) => (path === file ? { ok: true, text } : { ok: false, reason: 'missing' }),
    match: () => [],
  }
}

/** Empty when both say the same, word by word. */
function changeOf(before: readonly Token[], after: readonly Token[]): Diagnostic[] {
  const index = before.findIndex((token, place) => meaningOf(token) !== meaningOf(after[place]))
  const token = before[index] ?? (before.length === after.length ? undefined : before.at(-1))
  if (token === undefined) return []
  const findings = collectFindings()
  const at = positionAt(token.text, 0)
  const message = 'this line would mean something else if the file were formatted'
  findings.error({
    code: 'FORMAT',
    at,
    message,
    hint: 'write it in simpler words: one statement, and quotes around it',
  })
  return findings.list()
}

function meaningOf(token: Token | undefined): string {
  if (token === undefined) return ''
  const words = wordsOf(token.text).map(({ value, quoted }) => [value, quoted])
  return JSON.stringify([token.kind, words, scriptWordsOf(token.text, 0).map(({ value }) => value)])
}
