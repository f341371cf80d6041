/** What a word that is unknown where it stands was probably meant to be. */
import { blockPaths, findKeyword, keywordsOf } from './keywords.ts'

/** Such marks come in threes, and seldom alone. */
export const MERGE_MARK = 'this looks like the mark of an unfinished merge'

/**
 * A hint for an unknown word in the block at `path`, and the one behind it: where the word does belong, or the nearest
 * keyword of this block, of the blocks inside it or of those around it. null when nothing is near.
 */
export function suggestKeyword(path: string, word: string, next?: string): string | null {
  if (/^(<{7}|={7}|>{7})/.test(word)) return MERGE_MARK
  if (/^\$[a-z_]\w*$/i.test(word)) return `define it above its use: ${word}=value`
  const assigned = /^(\w+)([=:])(.*)$/.exec(word)
  if (assigned !== null && findKeyword(path, assigned[1] ?? '') !== undefined)
    return `write ${`${assigned[1]} ${assigned[3]}`.trim()}, without the '${assigned[2]}'`
  const near = nearest(word, [...keywordsOf(path).keys()])
  if (near?.toLowerCase() === word.toLowerCase()) return `keywords are case-sensitive: write ${near}`
  const homes = homesOf(word, path)
  const renamed = homes
    .map((home) => findKeyword(home, word)?.replacedBy)
    .find((name) => name && findKeyword(path, name))
  if (renamed) return `write ${renamed} instead`
  if (homes.length > 0) return `${word} belongs ${homes.slice(0, 3).map(placeOf).join(' or ')}`
  if (near !== null) return `did you mean ${near}?`
  for (const other of related(path)) {
    const found = nearest(word, [...keywordsOf(other).keys()])
    if (found !== null) return `did you mean ${found}, which belongs ${placeOf(other)}?`
  }
  const swapped = next !== undefined && findKeyword(path, next) !== undefined
  return swapped ? `the keyword comes first: ${next} ${word}` : null
}

/** Blocks that know the word, those nearest to this one first. */
function homesOf(word: string, path: string): string[] {
  const shared = (other: string): number => {
    const names = path.split('/')
    const apart = other.split('/').findIndex((name, index) => name !== names[index])
    return apart === -1 ? other.split('/').length : apart
  }
  return blockPaths()
    .filter((other) => other !== path && findKeyword(other, word) !== undefined)
    .sort((a, b) => shared(b) - shared(a))
}

/** The one of the choices that a mistyped word is nearest to, if any is near enough. */
export function nearest(word: string, choices: readonly string[]): string | null {
  const limit = Math.min(3, Math.floor(word.length / 3))
  const letters = lettersOf(word)
  let best: string | null = null
  let bestDistance = limit + 1
  for (const choice of choices) {
    if (choice.startsWith('(') || Math.abs(choice.length - word.length) > limit) continue
    // A replacement changes two letters of the sets at most, everything else fewer.
    if (countBits(letters ^ lettersOf(choice)) > 2 * limit) continue
    const distance = editDistance(word.toLowerCase(), choice.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = choice
      bestDistance = distance
    }
  }
  return best ?? beginningWith(word, choices)
}

/** People also stop too early: `delay_before` for `delay_before_retry`. */
function beginningWith(word: string, choices: readonly string[]): string | null {
  if (word.length < 6) return null
  return choices.find((choice) => choice.startsWith(`${word}_`)) ?? null
}

/** Which letters a word has, each by five bits of its code: small and capital letters are the same. */
function lettersOf(word: string): number {
  let letters = 0
  for (let index = 0; index < word.length; index++) letters |= 1 << (word.charCodeAt(index) & 31)
  return letters
}

function countBits(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** The same as an answer to where. */
export function placeOf(path: string): string {
  return path === '' ? 'at the top level' : `in ${describeBlock(path)}`
}

/** A block's name for people. */
export function describeBlock(path: string): string {
  if (path === '') return 'the top level'
  const names = path.split('/')
  return names.length === 1 ? path : `${names.at(-1)} (in ${names.at(-2)})`
}

/** Blocks inside this one, then those around it, nearest first. */
function related(path: string): string[] {
  const inside = blockPaths().filter((other) => other !== path && (path === '' || other.startsWith(`${path}/`)))
  const parts = path.split('/')
  const around = parts.map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'))
  return path === '' ? inside : [...inside, ...around]
}

/**
 * Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). From `limit` on nobody needs
 * to know how far apart they are: the result is then `limit` or more.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1)
      current.push(cost)
      least = Math.min(least, cost)
    }
    if (least > limit) return least
    older = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
