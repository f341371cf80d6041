/** Small faults put into a source file, one at a time: who tests it has to notice each of them. */
import { stripTypeScriptTypes } from 'node:module'

export interface Mutant {
  /** Offsets in the file. */
  from: number
  to: number
  replacement: string
  /** Counted from 1. */
  line: number
  /** The line as it would be. */
  text: string
}

/** What is looked for, and what is put in its place. */
const OPERATORS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(?<= )<(?= )/g, ['<=', '>=']],
  [/(?<= )<=(?= )/g, ['<', '>']],
  [/(?<= )>(?= )/g, ['>=', '<=']],
  [/(?<= )>=(?= )/g, ['>', '<']],
  [/(?<= )===(?= )/g, ['!==']],
  [/(?<= )!==(?= )/g, ['===']],
  [/(?<= )&&(?= )/g, ['||']],
  [/(?<= )\|\|(?= )/g, ['&&']],
  [/(?<= )\+(?= )/g, ['-']],
  [/(?<= )-(?= )/g, ['+']],
  [/(?<= )\*(?= )/g, ['/']],
  [/\btrue\b/g, ['false']],
  [/\bfalse\b/g, ['true']],
  [/(?<=\W)!(?=\w)/g, ['']],
  [/\bMath\.max\b/g, ['Math.min']],
  [/\bMath\.min\b/g, ['Math.max']],
  // What is added to a list, or taken over into an object.
  [/\.\.\.\w+(?:\([^()]*\))?(?=[,\]} ])/g, ['...[]']],
  [/(?<=\bif )\((?=.*\) (?:return|continue))/g, ['(true || ', '(false && ']],
]

/** All mutants of a TypeScript source, in order; nothing in comments, texts and types. */
export function mutantsOf(source: string): Mutant[] {
  const code = withoutTexts(stripTypeScriptTypes(source))
  const mutants = OPERATORS.flatMap(([pattern, replacements]) =>
    [...code.matchAll(pattern)].flatMap(({ index, 0: found }) =>
      replacements.map((replacement) => mutant(source, index, index + found.length, replacement)),
    ),
  )
  return mutants.sort((a, b) => a.from - b.from)
}

function mutant(source: string, from: number, to: number, replacement: string): Mutant {
  const before = source.slice(0, from)
  const begin = before.lastIndexOf('\n') + 1
  const end = source.indexOf('\n', to)
  const text = source.slice(begin, from) + replacement + source.slice(to, end === -1 ? undefined : end)
  return { from, to, replacement, line: before.split('\n').length, text: text.trim() }
}

/** The source with a fault. */
export function applyMutant(
  source: string,
  { from, to, replacement }: Pick<Mutant, 'from' | 'to' | 'replacement'>,
): string {
  return source.slice(0, from) + replacement + source.slice(to)
}

/** Comments and what stands in quotes become blanks; what is put into a template stays. */
function withoutTexts(code: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  return code.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|import .*|export \{.*/g, blank)
}
