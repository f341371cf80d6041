/**
 * Defaults of the keyword table: a value as it would be written; `<name>` for what the keyword of that name says, in the
 * same block, in those around it or in global_defs (`<global_defs.name>`: only there); `<name>default` when it may say
 * nothing; `<name=this>one|other`: one where `name this` is written in the same block, the other elsewhere.
 */

export interface Fallback {
  /** What has to be written in the same block, for which value; null for a default without a condition. */
  when: { name: string; value: string; then: string } | null
  /** The keyword that is asked first; null where the default is a value. */
  source: string | null
  /** What counts when the condition does not hold or the keyword says nothing; '' for nothing. */
  rest: string
}

export function readFallback(fallback: string): Fallback {
  const [, name, value, then, other = ''] = /^<([\w.-]+)=(.+?)>(.+?)\|(.+)$/.exec(fallback) ?? []
  if (name !== undefined && value !== undefined && then !== undefined)
    return { when: { name, value, then }, source: null, rest: other }
  const [, source = null, rest = fallback] = /^<([\w.-]+)>(.*)$/.exec(fallback) ?? []
  return { when: null, source, rest }
}

/** A default as it is told: `60`, `that of delay_loop`, `that of retry, or else 1`, `255 with state MASTER, or else 100`. */
export function fallbackText(fallback: string): string {
  const { when, source, rest } = readFallback(fallback)
  if (when !== null) return `${when.then} with ${when.name} ${when.value}, or else ${fallbackText(rest)}`
  if (source === null) return rest
  return rest === '' ? `that of ${source}` : `that of ${source}, or else ${fallbackText(rest)}`
}

/** The default that stands in for what was written and cannot be used: conditions are for what was not written at all. */
export function standIn(fallback: string): string {
  const { when, rest } = readFallback(fallback)
  return when === null ? fallback : rest
}
