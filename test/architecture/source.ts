/** A TypeScript file, taken apart as far as the rules need it. */
export interface Source {
  /** From the project's root, with slashes. */
  path: string
  imports: Import[]
  /** Lines of the file with comments and the insides of strings blanked out. */
  code: string[]
  strings: Piece[]
  comments: Piece[]
}

export interface Import {
  /** As written. */
  specifier: string
  line: number
  /** `import type`: gone at run time. */
  isType: boolean
}

export interface Piece {
  text: string
  line: number
}

// What is in `${}` counts as text of its template; three levels of braces in it are enough for any sane template.
const inBraces = [1, 2, 3].reduce((inner) => String.raw`\{(?:[^{}]|${inner})*\}`, String.raw`\{[^{}]*\}`)

/** Left to right: whatever begins first hides the rest. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|${'`'}(?:\\[\s\S]|\$${inBraces}|[^\\${'`'}])*${'`'})`,
    // A slash begins a regular expression where a value is expected.
    String.raw`(?<regex>(?<=(?:[=(,:;!&|?{}[>]|\breturn|\n)\s*)\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^\\/\n[])+\/)`,
  ].join('|'),
  'g',
)

const IMPORT =
  /\b(?:import|export)\b(?<type>\s+type\b(?!\s+from))?(?<names>[\s\w*{},$]*?\bfrom\s*|\s*\(\s*|\s*)(?=['"])/g

export function readSource(path: string, text: string): Source {
  const source: Source = { path, imports: [], code: [], strings: [], comments: [] }
  const stringsAt = new Map<number, string>()
  const blanked = text.replace(TOKEN, (token, ...rest) => {
    const at = rest.find((part) => typeof part === 'number') ?? 0
    const line = lineOf(text, at)
    if (token.startsWith('//') || token.startsWith('/*')) source.comments.push({ text: token, line })
    else if (!token.startsWith('/')) {
      source.strings.push({ text: token.slice(1, -1), line })
      stringsAt.set(at, token.slice(1, -1))
      return `${token[0]}${blank(token.slice(1, -1))}${token[0]}`
    }
    return blank(token)
  })
  source.code = blanked.split('\n')
  for (const match of blanked.matchAll(IMPORT)) {
    const quote = match.index + match[0].length
    const specifier = stringsAt.get(quote)
    if (specifier === undefined) continue
    source.imports.push({ specifier, line: lineOf(text, quote), isType: match.groups?.type !== undefined })
  }
  return source
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
