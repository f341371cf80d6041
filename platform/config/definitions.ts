/** `$NAME=` definitions and the predefined ones. A definition is text: it takes effect where it is used. */
import { slice, splice, type Text } from './text.ts'

export interface Surroundings {
  configId: string
  environment: Readonly<Record<string, string | undefined>>
  /** A number from 0 up to, not including, 1. */
  random(): number
}

export interface Definitions {
  define(name: string, body: readonly Text[]): void
  remove(name: string): void
  has(name: string): boolean
  /** One round of substitution, or null when there is nothing to substitute. `folder` is that of the current file. */
  expand(text: Text, folder: string): Text[] | null
}

/** `${NAME}`, `${_ENV HOME}`, or `$NAME` before a blank, a comma, a closing parenthesis or the end. */
const REFERENCE = /\$\{(\w+)(?:[ \t]+([^}]*))?\}|\$(\w+)(?=$|[\s,)])/g

export function openDefinitions(surroundings: Surroundings): Definitions {
  const bodies = new Map<string, readonly Text[]>()
  const expandOnce = (text: Text, folder: string): Text[] | null => {
    let current = text
    let changed = false
    // Backwards, so that the places of references still to come stay right.
    for (const match of [...text.chars.matchAll(REFERENCE)].reverse()) {
      const name = match[1] ?? match[3] ?? ''
      const body = bodies.get(name)
      const end = match.index + match[0].length
      if (body !== undefined && body.length > 1) return splitAround(current, match.index, end, body)
      const value = body === undefined ? predefined(name, match[2] ?? '', folder, surroundings) : (body[0]?.chars ?? '')
      if (value === null) continue
      current = splice(current, match.index, end, value)
      changed = true
    }
    return changed ? [current] : null
  }
  return {
    define: (name, body) => void bodies.set(name, body),
    remove: (name) => void bodies.delete(name),
    has: (name) => bodies.has(name),
    expand: (text, folder) => (text.chars.includes('$') ? expandOnce(text, folder) : null),
  }
}

/** The lines of a multi-line definition, what surrounds its use joined to the first and the last. */
function splitAround(text: Text, from: number, to: number, body: readonly Text[]): Text[] {
  const before = slice(text, 0, from)
  const after = slice(text, to)
  const lines = [...body]
  const first = lines[0]
  if (before.chars.trim() !== '' && first !== undefined) lines[0] = splice(before, from, from, first.chars)
  return after.chars.trim() === '' ? lines : [...lines, after]
}

function predefined(name: string, detail: string, folder: string, surroundings: Surroundings): string | null {
  switch (name) {
    case '_PWD':
      return folder
    case '_INSTANCE':
      return surroundings.configId
    case '_HASH':
      return '#'
    case '_BANG':
      return '!'
    case '_ENV':
      return surroundings.environment[detail.trim()] ?? ''
    case '_RANDOM': {
      const [low = 0, high = 32767] = detail.split(/\s+/).filter(Boolean).map(Number)
      return String(low + Math.floor(surroundings.random() * (high - low + 1)))
    }
  }
  return null
}
