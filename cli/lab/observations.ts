/** What the client saw, reckoned from its fetches. Pure. */

export interface Fetch {
  /** From 1, without a gap, in the order of their starts. */
  number: number
  /** Wall milliseconds. */
  start: number
  end: number
  /** null when the fetch failed. */
  answer: string | null
  /** `timeout`, `ECONNREFUSED` …; null when there was an answer. */
  failure: string | null
}

/** A line of programs/fetcher.ts. */
export function parseFetch(line: string): Fetch | null {
  const [number, start, end, word] = line.split(' ')
  if (number === undefined || start === undefined || end === undefined || word === undefined) return null
  const failed = word.startsWith('!')
  return {
    number: Number(number),
    start: Number(start),
    end: Number(end),
    answer: failed ? null : word,
    failure: failed ? word.slice(1) : null,
  }
}

/** The last `count` fetches in the order of their starts; null while one of them has not ended. */
export function lastOf(fetches: readonly Fetch[], count: number): Fetch[] | null {
  const last = fetches.slice(-2 * count).sort((one, other) => one.number - other.number)
  const chosen = last.slice(-count)
  const first = chosen[0]
  const newest = chosen.at(-1)
  if (first === undefined || newest === undefined || chosen.length < count) return null
  return newest.number - first.number === count - 1 ? chosen : null
}

/** True when the last `count` fetches from `since` on were all answered, each by another server than the one before. */
export function alternates(fetches: readonly Fetch[], count: number, since: number): boolean {
  const last = lastOf(fetches, count)
  if (last === null || (last[0]?.start ?? 0) < since) return false
  return last.every((fetch, at) => fetch.answer !== null && fetch.answer !== last[at - 1]?.answer)
}

/** True when the last `count` fetches from `since` on were all answered, all with this word. */
export function answersOnly(fetches: readonly Fetch[], count: number, since: number, word: string): boolean {
  const last = lastOf(fetches, count)
  return last !== null && (last[0]?.start ?? 0) >= since && last.every(({ answer }) => answer === word)
}

/** True when the last `count` fetches from `since` on all failed. */
export function answersNothing(fetches: readonly Fetch[], count: number, since: number): boolean {
  const last = fetches.slice(-count)
  return last.length === count && last.every(({ answer, start }) => answer === null && start >= since)
}

export interface Gap {
  ms: number
  from: number
  to: number
}

/**
 * The longest time without an answer in a period, from the end of one good answer to the end of the next. It may begin
 * before the period: what counts is that it reaches into it; but not before the first answer of all. null when the
 * period has no answer.
 */
export function longestGap(fetches: readonly Fetch[], from: number, to: number): Gap | null {
  const ends = fetches.flatMap(({ answer, end }) => (answer === null ? [] : [end])).sort((one, other) => one - other)
  let longest: Gap | null = null
  for (const [at, end] of ends.entries()) {
    const before = ends[at - 1] ?? from
    if (end < from || end > to) continue
    if (longest === null || end - before > longest.ms) longest = { ms: end - before, from: before, to: end }
  }
  return longest
}

/** Failed fetches among those that started in a period. */
export function failuresIn(fetches: readonly Fetch[], from: number, to: number): Fetch[] {
  return fetches.filter(({ answer, start }) => answer === null && start >= from && start <= to)
}
