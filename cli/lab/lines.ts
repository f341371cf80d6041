import type { Readable } from 'node:stream'

/** Calls `take` with each whole line of a stream, without its newline, and with what is left at its end. */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  stream.on('end', () => {
    if (rest !== '') take(rest)
    rest = ''
  })
}
