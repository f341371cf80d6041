/**
 * Defaults of the keyword table: a value as it would be written; `<name>` for what the keyword of that name says, in the
 * same block, in those around it or in global_defs (`<global_defs.name>`: only there); `<name>default` when it may say
 * nothing.
 */

/** The keyword that is asked first, null where the default is a value; and what counts when it says nothing, '' for nothing. */
export function readFallback(fallback: string): { source: string | null; rest: string } {
  const [, source = null, rest = fallback] = /^<([\w.-]+)>(.*)$/.exec(fallback) ?? []
  return { source, rest }
}

/** A default as it is told: `60`, `that of delay_loop`, `that of retry, or else 1`. */
export function fallbackText(fallback: string): string {
  const { source, rest } = readFallback(fallback)
  if (source === null) return rest
  return rest === '' ? `that of ${source}` : `that of ${source}, or else ${fallbackText(rest)}`
}
