/** What of a file is not in force yet, apart from what is wrong with the file: a line for each keyword. */
import { type Diagnostic, drawBriefly, type Look } from './diagnostic.ts'
import { joinRepeated } from './joined.ts'

const HEADING = 'Not in force yet in this version:'
/** The heading says it for all. */
const NOT_YET = / (?:is|are) not in force yet/
const LEFT_OUT = /; [^;]* is left out$/
const UNPROTECTED = 'less protected than written (how: config check --verbose)'
const HARMLESS = 'no effect, and no harm without it'

export function isPending({ code }: Diagnostic): boolean {
  return code === 'NOT_IN_FORCE'
}

/**
 * The heading and its lines: what is left out for it first, then what goes unprotected, at last what nobody misses.
 * Where there is no room for that (`crowded`), what goes unprotected is only named.
 */
export function drawPending(pending: readonly Diagnostic[], look: Look, crowded = false): string[] {
  if (pending.length === 0) return []
  const {
    error: errors = [],
    warning: warnings = [],
    note: notes = [],
  } = Object.groupBy(pending, (each) => each.severity)
  // Each block that a keyword keeps from running has a message of its own.
  const joined = joinRepeated(errors, ({ message, hint }) => [message.replace(LEFT_OUT, ''), hint])
  const lines = [...joined, ...(crowded ? [] : joinRepeated(warnings))].map((each) => drawOne(each, look))
  const unprotected = crowded ? drawNames(warnings, UNPROTECTED, look) : []
  return [HEADING, ...lines, ...unprotected, ...drawNames(notes, HARMLESS, look)]
}

function drawOne({ message, hint, ...others }: Diagnostic, look: Look): string {
  const outcome = message.replace(NOT_YET, '')
  return drawBriefly({ ...others, message: hint === null ? outcome : `${outcome}; ${hint}`, hint: null }, look)
}

/** All of them in one line, at the place of the first. */
function drawNames([first, ...others]: readonly Diagnostic[], words: string, look: Look): string[] {
  if (first === undefined) return []
  const named = others.map(({ keyword, file, line }) => {
    return `${keyword} (${file === first.file ? 'line ' : `${file}:`}${line})`
  })
  const message = `${words}: ${[first.keyword, ...named].join(', ')}`
  return [drawBriefly({ ...first, message, hint: null }, look)]
}
