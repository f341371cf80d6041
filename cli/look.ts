import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { GUTTER, type Look, PLAIN, type Severity } from '#platform/config/findings/diagnostic.ts'

const STYLES = { error: ['bold', 'red'], warning: ['bold', 'yellow'], note: ['cyan'] } as const

const NARROWEST = 60
const WIDEST = 160

/** How findings look on this stream: coloured (without NO_COLOR) and of the size of the terminal, if it is one. */
export function lookOf(stream: WriteStream): Look {
  const columns = stream.isTTY ? stream.columns - GUTTER : WIDEST
  return {
    paint: (severity: Severity, text) => styleText([...STYLES[severity]], text, { stream }),
    width: Math.min(WIDEST, Math.max(NARROWEST, columns)),
    height: stream.isTTY ? stream.rows : PLAIN.height,
  }
}
