/** Random numbers that repeat themselves. */

/**
 * A sequence of numbers from 0 up to, not including, 1, the same for the same seed (mulberry32: a multiplicative hash of a
 * counter, good enough for what spreads, not for secrets).
 */
export function seededRandom(seed: number): () => number {
  let counter = seed >>> 0
  return () => {
    counter = (counter + 0x6d2b79f5) >>> 0
    let hash = Math.imul(counter ^ (counter >>> 15), counter | 1)
    hash ^= hash + Math.imul(hash ^ (hash >>> 7), hash | 61)
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The numbers of `random`, from the first one on again each time the outer function is called. */
export function repeatable(random: () => number): () => () => number {
  const drawn: number[] = []
  return () => {
    let index = 0
    return () => {
      const number = drawn[index] ?? random()
      drawn[index++] = number
      return number
    }
  }
}
