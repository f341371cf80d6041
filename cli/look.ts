import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Look, Severity } from '#platform/config/diagnostic.ts'

const STYLES = { error: ['bold', 'red'], warning: ['bold', 'yellow'], note: ['cyan'] } as const

/** Room for the number of the line in front of it. */
const GUTTER = 10
const NARROWEST = 60
const WIDEST = 160

/** How findings look on this stream: coloured and as wide as the terminal, if it is one (and without NO_COLOR). */
export function lookOf(stream: WriteStream): Look {
  const columns = stream.isTTY ? stream.columns - GUTTER : WIDEST
  return {
    paint: (severity: Severity, text) => styleText([...STYLES[severity]], text, { stream }),
    width: Math.min(WIDEST, Math.max(NARROWEST, columns)),
  }
}
