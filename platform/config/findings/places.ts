/** Further lines of a finding that is said once for all of them. */

export interface Place {
  file: string
  line: number
}

/** Places that are listed; beyond them only their number. */
const LISTED = 8

/** `also on lines 5, 9 and 3 more`; null when all of them are on the line of the first. */
export function alsoOn(first: Place, others: readonly Place[]): string | null {
  const here = others.filter(({ file }) => file === first.file).map(({ line }) => line)
  const elsewhere = others.filter(({ file }) => file !== first.file).map(({ file, line }) => `${file}:${line}`)
  const lines = [...new Set(here)].filter((line) => line !== first.line)
  const places = [...lines.map(String), ...new Set(elsewhere)]
  if (places.length === 0) return null
  const more = places.length > LISTED ? ` and ${places.length - LISTED} more` : ''
  const word = lines.length === 0 ? '' : lines.length === 1 ? 'line ' : 'lines '
  return `also on ${word}${places.slice(0, LISTED).join(', ')}${more}`
}
