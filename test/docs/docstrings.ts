/** What the docstrings of a schema file say of its constants and of the fields inside them. */
export interface Described {
  doc: string
  fields: ReadonlyMap<string, Field>
}

export interface Field {
  doc: string
  /** First name in the field's value: another constant, perhaps. */
  refersTo: string
}

/** Reads by the house's formatting: constants at column 0, their fields two spaces in, docstrings right above. */
export function readDocstrings(source: string): Map<string, Described> {
  const constants = new Map<string, { doc: string; fields: Map<string, Field> }>()
  let doc = ''
  let fields = new Map<string, Field>()
  for (const [block] of source.matchAll(/^ *\/\*\*[\s\S]*?\*\/|^.*$/gm)) {
    if (block.trimStart().startsWith('/**')) {
      doc = plain(block)
      continue
    }
    const constant = /^(?:export )?const (\w+) = (.*)/.exec(block)
    const field = /^ {2}(\w+)(?:: (.*)|,)/.exec(block)
    if (constant !== null) {
      fields = new Map(inline(constant[2] ?? ''))
      constants.set(constant[1] ?? '', { doc, fields })
    } else if (field !== null) {
      const [, name = '', value = name] = field
      fields.set(name, { doc, refersTo: firstName(value) })
    } else for (const [, name = ''] of block.matchAll(/^ {2}\.\.\.(\w+)/g)) spread(constants.get(name)?.fields, fields)
    doc = ''
  }
  return constants
}

/** `z.strictObject({ type: z.literal('X'), instance, rival: Peer })` on one line. */
function inline(text: string): [string, Field][] {
  const inner = /\{ (.*) \}/.exec(text)?.[1] ?? ''
  return [...inner.matchAll(/(\w+)(?:: ([^,]*))?(?:, |$)/g)].map(([, name = '', value = name]) => [
    name,
    { doc: '', refersTo: firstName(value) },
  ])
}

function firstName(value: string): string {
  return /^(?:z\.array\()?(\w+)/.exec(value)?.[1] ?? ''
}

function spread(from: ReadonlyMap<string, Field> | undefined, to: Map<string, Field>): void {
  for (const [name, field] of from ?? []) to.set(name, field)
}

function plain(block: string): string {
  return block
    .replace(/^\s*\/\*\*|\*\/$/g, '')
    .replace(/\n\s*\*/g, '\n')
    .replace(/\s+/g, ' ')
    .trim()
}
