/** `include` and its stricter forms: which files a pattern names, and what to say about those that cannot be used. */
import { isAbsolute, join } from 'node:path'
import type { ConfigFiles } from './files.ts'

/** Which troubles of an include make the start fail (the letters r, m, w and b behind the word). */
export interface Strictness {
  read: boolean
  match: boolean
  wildcard: boolean
  brace: boolean
}

export const LENIENT: Strictness = { read: false, match: false, wildcard: false, brace: false }
export const STRICT: Strictness = { read: true, match: true, wildcard: true, brace: true }

export interface IncludeLine {
  pattern: string
  strictness: Strictness
}

export interface Inclusion {
  files: { path: string; text: string }[]
  troubles: { message: string; fatal: boolean }[]
}

/** The include on a line, or null; its letter adds to `current`, which include_check has set for all includes. */
export function parseInclude(line: string, current: Strictness): IncludeLine | null {
  const match = /^include([rmwba]?)[ \t]+(\S+)/.exec(line)
  if (match === null) return null
  const [, letter = '', pattern = ''] = match
  const asked = (letters: string): boolean => letter !== '' && letters.includes(letter)
  return {
    pattern,
    strictness: {
      read: current.read || asked('rmwba'),
      match: current.match || asked('mwa'),
      wildcard: current.wildcard || asked('wa'),
      brace: current.brace || asked('ba'),
    },
  }
}

/** What `include_check WORD...` makes of the strictness of later includes; a word with + or - changes one check. */
export function applyIncludeCheck(words: readonly string[], current: Strictness): Strictness {
  if (words.length === 0) return STRICT
  const incremental = /^[+-]/.test(words[0] ?? '')
  const result = incremental ? { ...current } : { ...LENIENT }
  for (const word of words) {
    const on = !word.startsWith('-')
    const name = word.replace(/^[+-]/, '')
    if (name === 'read' || name === 'readable') result.read = on
    if (name === 'match') result.match = on
    if (name === 'wildcard_match') result.wildcard = on
    if (name === 'brace_match') result.brace = on
  }
  if (result.match || result.wildcard || result.brace) result.read = true
  return result
}

/** Reads what the pattern names, relative to `folder`. */
export function resolveInclude(include: IncludeLine, folder: string, files: ConfigFiles): Inclusion {
  const { pattern, strictness } = include
  const result: Inclusion = { files: [], troubles: [] }
  const alternatives = expandBraces(pattern)
  if (alternatives === null) {
    const message = `${pattern} names too many files: its braces have more than ${MOST_ALTERNATIVES} alternatives`
    return { files: [], troubles: [{ message, fatal: strictness.match || strictness.brace }] }
  }
  for (const alternative of alternatives) {
    const full = isAbsolute(alternative) ? alternative : join(folder, alternative)
    const wild = /[*?[]/.test(alternative)
    const paths = wild ? files.match(full) : [full]
    let found = 0
    for (const path of paths) {
      const content = files.read(path)
      if (content.ok) {
        result.files.push({ path, text: content.text })
        found++
      } else if (content.reason !== 'missing') {
        found++
        result.troubles.push({ message: `${path} is skipped: ${REASONS[content.reason]}`, fatal: strictness.read })
      }
    }
    if (found > 0) continue
    const fatal = (wild ? strictness.wildcard : strictness.match) || (alternatives.length > 1 && strictness.brace)
    result.troubles.push({ message: wild ? `no file matches ${full}` : `there is no file ${full}`, fatal })
  }
  return result
}

const MOST_ALTERNATIVES = 1_000

const REASONS = {
  directory: 'it is a directory',
  executable: 'it is executable, so not a configuration file',
  special: 'it is not a regular file',
  unreadable: 'it cannot be read',
}

/** `a{b,c}d` is `abd` and `acd`; nests. null for too many: each pair of braces can double their number. */
export function expandBraces(pattern: string): string[] | null {
  const plain = new Set<string>()
  const waiting = [pattern]
  for (let steps = 0; waiting.length > 0; steps++) {
    if (steps > MOST_ALTERNATIVES) return null
    const current = waiting.pop() ?? ''
    // The innermost braces go first, so what stands beside them comes up once for each of their parts.
    const braces = innermostBraces(current)
    if (braces === null) plain.add(current)
    else for (const part of alternativesOf(current, braces).reverse()) waiting.push(part)
  }
  return [...plain]
}

function innermostBraces(pattern: string): RegExpExecArray | null {
  for (const braces of pattern.matchAll(/\{([^{}]*)\}/g)) if (braces[1]?.includes(',')) return braces
  return null
}

function alternativesOf(pattern: string, { 0: all, 1: inner = '', index }: RegExpExecArray): string[] {
  const [before, after] = [pattern.slice(0, index), pattern.slice(index + all.length)]
  return inner.split(',').map((part) => `${before}${part}${after}`)
}
