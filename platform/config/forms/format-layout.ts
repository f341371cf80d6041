/** Where the formatter puts things: indentation, one statement a line, comments in a column. */
import type { Piece, SourceLine } from './source-lines.ts'

const INDENT = 4

interface Line {
  kind: 'blank' | 'statement' | 'open' | 'close' | 'other'
  depth: number
  condition: string
  code: string
  comment: string
}

interface Layout {
  lines: Line[]
  /** For each id of the configuration: how many blocks are open. */
  depths: Map<string, number>
  /** The definition that goes on: where it stands, and how deep it is in blocks of its own. */
  definition: { depth: number; nested: number }
}

/** The file in its new form. A line is indented as it is nested for the first of `ids` (never none) that reads it. */
export function layOut(source: readonly SourceLine[], ids: readonly string[]): string {
  const definition = { depth: 0, nested: 0 }
  const layout: Layout = { lines: [], depths: new Map(ids.map((id) => [id, 0])), definition }
  for (const line of source) {
    switch (line.kind) {
      case 'blank':
        addBlank(layout)
        break
      case 'definition':
        startDefinition(layout, line)
        break
      case 'continuation':
        continueDefinition(layout, line)
        break
      case 'whole':
        addWhole(layout, line)
        break
      case 'statement':
        addStatement(layout, line)
    }
  }
  return print(layout.lines)
}

/** One at most, and none where a block begins. */
function addBlank({ lines }: Layout): void {
  const last = lines.at(-1)
  if (last === undefined || last.kind === 'blank' || last.kind === 'open') return
  lines.push({ kind: 'blank', depth: 0, condition: '', code: '', comment: '' })
}

function startDefinition(layout: Layout, line: SourceLine): void {
  const depth = depthOf(layout, line.condition)
  const nested = netOf(line.pieces)
  layout.definition = { depth, nested: nested > 0 ? nested : 1 }
  addDefinitionLine(layout, depth, line)
}

function continueDefinition(layout: Layout, line: SourceLine): void {
  const { definition } = layout
  const depth = definition.depth + Math.max(0, definition.nested - leadingCloses(line.pieces))
  definition.nested = Math.max(0, definition.nested + netOf(line.pieces))
  addDefinitionLine(layout, depth, line)
}

/** Comments stay close behind: the backslash may be part of one. */
function addDefinitionLine({ lines }: Layout, depth: number, { condition, code, comment }: SourceLine): void {
  const text = [withBackslash(code), comment].filter((part) => part !== '').join(' ')
  lines.push({ kind: 'other', depth, condition, code: text, comment: '' })
}

/** One blank before the backslash that ends it. */
function withBackslash(code: string): string {
  if (!code.endsWith('\\')) return code
  const text = code.slice(0, -1).replace(/[ \t\f\v\r]+$/, '')
  return text === '' ? '\\' : `${text} \\`
}

function addWhole(layout: Layout, { condition, code, comment, pieces }: SourceLine): void {
  const depth = Math.max(0, depthOf(layout, condition) - leadingCloses(pieces))
  layout.lines.push({ kind: 'other', depth, condition, code, comment })
  nest(layout, condition, netOf(pieces))
}

function addStatement(layout: Layout, { condition, pieces, comment }: SourceLine): void {
  const from = layout.lines.length
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'text':
        add(layout, 'statement', condition, spaced(piece.text))
        break
      case 'open':
        addOpen(layout, condition)
        break
      case 'close':
        addClose(layout, condition)
    }
  }
  if (comment !== '') addComment(layout, layout.lines.slice(from), condition, comment)
}

function add(layout: Layout, kind: Line['kind'], condition: string, code: string, comment = ''): void {
  layout.lines.push({ kind, depth: depthOf(layout, condition), condition, code, comment })
}

/** A comment behind several statements is about the block that opens, or else about the first of them. */
function addComment(layout: Layout, added: readonly Line[], condition: string, comment: string): void {
  const last = added.at(-1)
  const described = last?.kind === 'open' ? last : (added.find(({ kind }) => kind !== 'close') ?? last)
  if (described === undefined) add(layout, 'other', condition, '', comment)
  else described.comment = comment
}

/** Puts the brace behind its keyword, even when comments stand between them; they are inside of the block then. */
function addOpen(layout: Layout, condition: string): void {
  const { lines } = layout
  const at = lines.findLastIndex(({ code }) => code !== '')
  const keyword = lines[at]
  if (keyword?.kind === 'statement' && keyword.condition === condition) {
    keyword.kind = 'open'
    keyword.code += ' {'
    const comments = lines.splice(at + 1).filter(({ kind }) => kind !== 'blank')
    lines.push(...comments.map((line) => ({ ...line, depth: line.depth + 1 })))
  } else add(layout, 'open', condition, '{')
  nest(layout, condition, 1)
}

function addClose(layout: Layout, condition: string): void {
  if (layout.lines.at(-1)?.kind === 'blank') layout.lines.pop()
  nest(layout, condition, -1)
  add(layout, 'close', condition, '}')
}

/** One blank between words. Where there is more than double quotes to it, blanks may count. */
function spaced(text: string): string {
  return /['\\]/.test(text)
    ? text
    : text.replace(/"[^"]*"|[ \t\f\v\r]+/g, (part) => (part.startsWith('"') ? part : ' '))
}

function netOf(pieces: readonly Piece[]): number {
  const count = (kind: Piece['kind']) => pieces.filter((piece) => piece.kind === kind).length
  return count('open') - count('close')
}

/** A definition in front, which may be a comment sign or nothing, switches the line on and off: it counts for neither. */
function leadingCloses(pieces: readonly Piece[]): number {
  const [first] = pieces
  const from = first?.kind === 'text' && first.text.startsWith('$') ? 1 : 0
  const end = pieces.findIndex(({ kind }, index) => index >= from && kind !== 'close')
  return (end === -1 ? pieces.length : end) - from
}

function nest({ depths }: Layout, condition: string, by: number): void {
  for (const [id, depth] of depths) if (reads(id, condition)) depths.set(id, Math.max(0, depth + by))
}

function depthOf({ depths }: Layout, condition: string): number {
  const [, depth] = [...depths].find(([id]) => reads(id, condition)) ?? [...depths][0] ?? ['', 0]
  return depth
}

/** Whether a configuration of this id has the line. */
function reads(id: string, condition: string): boolean {
  if (condition === '') return true
  return condition.startsWith('@^') ? condition.slice(2) !== id : condition.slice(1) === id
}

function print(lines: readonly Line[]): string {
  const codes = lines.map(({ depth, condition, code }) => {
    const text = [condition, code].filter((part) => part !== '').join(' ')
    return text === '' ? '' : ' '.repeat(INDENT * depth) + text
  })
  const columns = commentColumns(lines, codes)
  const texts = lines.map(({ depth, comment }, index) => {
    const code = codes[index] ?? ''
    if (comment === '') return code
    return code === '' ? ' '.repeat(INDENT * depth) + comment : `${code.padEnd(columns[index] ?? 0)} ${comment}`
  })
  const text = texts.join('\n').replace(/\n+$/, '')
  return text === '' ? '' : `${text}\n`
}

/** Comments behind statements on lines that follow one another begin in the same column. */
function commentColumns(lines: readonly Line[], codes: readonly string[]): number[] {
  const columns: number[] = []
  const hasBoth = (index: number) => lines[index]?.comment !== '' && codes[index] !== ''
  for (let from = 0; from < lines.length; from = Math.max(from + 1, columns.length)) {
    let to = from
    while (to < lines.length && hasBoth(to)) to++
    const widest = codes.slice(from, to).reduce((width, { length }) => Math.max(width, length), 0)
    columns.push(...Array.from({ length: Math.max(1, to - from) }, () => widest))
  }
  return columns
}
