/** What of a file is not in force yet, apart from what is wrong with the file: a line for each keyword. */
import { type Diagnostic, drawBriefly, type Look, type Severity } from './diagnostic.ts'
import { joinRepeated } from './joined.ts'

const HEADING = 'Not in force yet in this version:'
/** The heading says it for all. */
const NOT_YET = / (?:is|are) not in force yet/
const LEFT_OUT = /; [^;]* is left out$/
const WEIGHT: Record<Severity, number> = { error: 0, warning: 1, note: 2 }

export function isPending({ code }: Diagnostic): boolean {
  return code === 'NOT_IN_FORCE'
}

/** The heading and its lines: what is left out for it first, then what goes unprotected, at last what nobody misses. */
export function drawPending(pending: readonly Diagnostic[], look: Look): string[] {
  if (pending.length === 0) return []
  const harmless = pending.filter(({ severity }) => severity === 'note')
  const grave = pending.filter(({ severity }) => severity !== 'note')
  // Each block that a keyword keeps from running has a message of its own.
  const joined = joinRepeated(grave, ({ severity, message, hint }) => [severity, message.replace(LEFT_OUT, ''), hint])
  const lines = joined
    .toSorted((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity])
    .map((each) => drawPendingOne(each, look))
  return [HEADING, ...lines, ...drawHarmless(harmless, look)]
}

function drawPendingOne({ message, hint, ...others }: Diagnostic, look: Look): string {
  const outcome = message.replace(NOT_YET, '')
  return drawBriefly({ ...others, message: hint === null ? outcome : `${outcome}; ${hint}`, hint: null }, look)
}

/** All of them in one line, at the place of the first. */
function drawHarmless([first, ...others]: readonly Diagnostic[], look: Look): string[] {
  if (first === undefined) return []
  const named = others.map(({ keyword, file, line }) => {
    return `${keyword} (${file === first.file ? 'line ' : `${file}:`}${line})`
  })
  const message = `no effect, and no harm without it: ${[first.keyword, ...named].join(', ')}`
  return [drawBriefly({ ...first, message, hint: null }, look)]
}
