/** `$NAME=` definitions and the predefined ones. A definition is text: it takes effect where it is used. */
import { seededRandom } from './random.ts'
import { type Substitution, slice, substitute, type Text, trim } from './text.ts'

export interface Surroundings {
  configId: string
  environment: Readonly<Record<string, string | undefined>>
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** As if each include were an includea; include_check can still say otherwise. */
  strictIncludes?: boolean | undefined
}

export interface Definitions {
  define(name: string, body: readonly Text[]): void
  remove(name: string): void
  has(name: string): boolean
  /** random_seed: from here on ${_RANDOM} gives the same numbers each time. */
  seed(seed: number): void
  /** One round of substitution, or null when there is nothing to substitute. `folder` is that of the current file. */
  expand(text: Text, folder: string): Text[] | null
}

/** `${NAME}`, `${_ENV HOME}`, or `$NAME` before a blank, a comma, a closing parenthesis or the end. */
const REFERENCE = /\$\{(\w+)(?:[ \t]([^{}]*))?\}|\$(\w+)(?=$|[ \t-\r,)])/g

/** How much longer than it was written a line may become. Substitution stops there: a definition may contain itself. */
export const LONGEST_GROWTH = 65_536

export function openDefinitions(given: Surroundings): Definitions {
  const surroundings = { ...given }
  const bodies = new Map<string, readonly Text[]>()
  const expandOnce = (text: Text, folder: string): Text[] | null => {
    const substitutions: Substitution[] = []
    let length = 0
    for (const match of text.chars.matchAll(REFERENCE)) {
      const name = match[1] ?? match[3] ?? ''
      const body = bodies.get(name)
      const [from, to] = [match.index, match.index + match[0].length]
      if (body !== undefined && body.length > 1) return splitAround(text, from, to, body)
      const value = body === undefined ? predefined(name, match[2] ?? '', folder, surroundings) : (body[0]?.chars ?? '')
      if (value === null) continue
      substitutions.push({ from, to, value })
      length += value.length
      if (length > LONGEST_GROWTH) break
    }
    return substitutions.length === 0 ? null : [substitute(text, substitutions)]
  }
  return {
    define: (name, body) => void bodies.set(name, body),
    remove: (name) => void bodies.delete(name),
    has: (name) => bodies.has(name),
    seed(seed) {
      surroundings.random = seededRandom(seed)
    },
    expand: (text, folder) => (text.chars.includes('$') ? expandOnce(text, folder) : null),
  }
}

/** The lines of a multi-line definition, what stands before its use joined to the first; the rest is a line by itself. */
function splitAround(text: Text, from: number, to: number, body: readonly Text[]): Text[] {
  const before = trim(slice(text, 0, from))
  const after = trim(slice(text, to))
  const lines = [...body]
  const value = lines[0]?.chars ?? ''
  if (before.chars !== '') lines[0] = substitute(slice(text, 0, to), [{ from, to, value }])
  return after.chars === '' ? lines : [...lines, after]
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
