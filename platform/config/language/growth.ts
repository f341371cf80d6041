/** A bound on what a few lines can grow to: definitions and repetitions multiply one another, and can do so endlessly. */
import type { Findings } from '../findings/diagnostic.ts'
import { positionAt, type Text } from './text.ts'

/** In characters. Far above any real use; beyond it the memory of a small machine is in danger. */
const MOST_GROWTH = 20_000_000
/** Even an empty line takes time and memory. */
const LINE_COST = 100

export interface Growth {
  /**
   * Whether this line may add so many lines and characters to what was written. Says so when it may not: once, because
   * from then on nothing may.
   */
  allow(line: Text, lines: number, characters: number): boolean
}

export function boundGrowth(findings: Findings): Growth {
  let left = MOST_GROWTH
  return {
    allow(line, lines, characters) {
      if (left < 0) return false
      left -= Math.max(0, characters) + lines * LINE_COST
      if (left >= 0) return true
      const message = 'definitions and repeated lines make the configuration too large; from here on they are left out'
      findings.error({ code: 'DEFINITION_LOOP', at: positionAt(line, 0), message })
      return false
    },
  }
}
