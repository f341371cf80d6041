/** What was measured, side by side, as a table. */
import { median } from '../measure.ts'

export interface Measured {
  what: string
  values: readonly number[]
  /** keepalived's in the same case. */
  against: readonly number[]
  limit: Limit
}

/** Of the ratio of medians, of the median itself with its unit, or none. */
export type Limit = number | { atMost: number } | null

export interface Row {
  cells: readonly string[]
}

const NONE = 0.05
const fixed = (value: number) => (Number.isNaN(value) ? 'none' : value.toFixed(Math.abs(value) < 100 ? 1 : 0))

/** A row of the table, told as well. */
export function row({ what, values, against, limit }: Measured, tell: (line: string) => void): Row {
  const [own, other] = [median([...values]), median([...against])]
  const ratio = other < NONE ? Number.NaN : own / other
  const cells = [
    what,
    fixed(own),
    `${fixed(Math.min(...values))} … ${fixed(Math.max(...values))}`,
    fixed(other),
    Number.isNaN(ratio) ? '' : ratio.toFixed(3),
    limitCell(limit, own, ratio),
  ]
  tell(cells.join(' | '))
  return { cells }
}

function limitCell(limit: Limit, own: number, ratio: number): string {
  if (limit === null) return ''
  const [value, most, unit] = typeof limit === 'number' ? [ratio, limit, ''] : [own, limit.atMost, ' in itself']
  return `${most}${unit}: ${value <= most ? 'kept' : 'missed'}`
}

export function table(unit: string, rows: readonly Row[]): string {
  return [
    `| ${unit} | median | min … max | keepalived, median | ratio | limit |`,
    '|---|---|---|---|---|---|',
    ...rows.map(({ cells }) => `| ${cells.join(' | ')} |`),
  ].join('\n')
}
