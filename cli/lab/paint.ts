/** Colour for terminals, and lines that fit. */

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
}

export const WIDTH = 100

export function createPaint(colour: boolean): Paint {
  const style = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  return { bold: style(1), dim: style(2), good: style(32), bad: style(31) }
}

/** Colour only on a terminal, and never when NO_COLOR is set (no-color.org). */
export function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  return isTerminal && (env.NO_COLOR === undefined || env.NO_COLOR === '') && env.TERM !== 'dumb'
}

/** Words in lines of at most `WIDTH` columns; lines after the first begin with `indent` blanks. */
export function wrap(first: string, words: string, indent = first.length): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of words.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(indent)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

export function seconds(ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`
}
