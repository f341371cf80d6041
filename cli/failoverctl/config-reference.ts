import { fallbackText } from '#platform/config/keywords/fallback.ts'
import { keywordPaths, keywordsOf } from '#platform/config/keywords/keywords.ts'
import {
  type Entry,
  entryText,
  findBlocks,
  findEntries,
  nearestBlock,
  nearestKeyword,
  outlineText,
} from '#platform/config/keywords/reference.ts'
import { HaError } from '#platform/errors.ts'

export interface ReferenceOptions {
  /** The block that the keyword stands in: its name or its path. */
  block?: string
  json: boolean
}

/** A page is easier to read when it is not as wide as the screen. */
const WIDTH = 100

/** What the manual would say of a keyword, or the outline of all of them. @throws HaError USAGE for an unknown word */
export function referenceOf(name: string | undefined, { block, json }: ReferenceOptions): string {
  if (block !== undefined && findBlocks(block).length === 0) throw unknown(block, 'block', nearestBlock(block))
  if (name === undefined) return json ? JSON.stringify(outlineJson(block)) : outlineText(WIDTH, block)
  const entries = findEntries(name, block)
  if (entries.length > 0) {
    return json ? JSON.stringify(entries.map(entryJson)) : entries.map((entry) => entryText(entry, WIDTH)).join('\n\n')
  }
  const elsewhere = findEntries(name).flatMap(({ blocks }) => blocks)
  if (elsewhere.length > 0) throw new HaError('USAGE', `${name} is none of ${block}, but of ${elsewhere.join(', ')}`)
  throw unknown(name, 'keyword', nearestKeyword(name))
}

function unknown(word: string, kind: string, near: string | null): HaError {
  return new HaError('USAGE', `there is no ${kind} ${word}${near === null ? '' : `; did you mean ${near}?`}`)
}

function outlineJson(block: string | undefined) {
  const paths = block === undefined ? keywordPaths() : findBlocks(block)
  return paths.map((path) => ({ block: path, keywords: [...keywordsOf(path).keys()] }))
}

function entryJson({ keyword, blocks, content, exceptions }: Entry) {
  const { key, path: _, fallback, replacedBy, ...rest } = keyword
  const notInForce = exceptions.map(({ name, outcome }) => ({ value: name.split('=')[1], outcome }))
  return {
    ...rest,
    blocks,
    default: fallback === null ? null : fallbackText(fallback),
    sameAs: key,
    replacedBy,
    content: content.map(({ name }) => name),
    notInForce,
  }
}
