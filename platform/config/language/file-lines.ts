import { FileLine } from './text.ts'

const RETURN = 13

/** Hands over the lines of a file; `isMarked`: something in it asks for more than being read as it is. */
export function eachFileLine(file: string, content: string, take: (line: FileLine, isMarked: boolean) => void): void {
  const text = content.replace(/^\ufeff/, '')
  let mark = nextMark(text, 0)
  for (let from = 0, number = 1; from < text.length; number++) {
    const feed = text.indexOf('\n', from)
    const end = feed === -1 ? text.length : feed
    if (mark < from) mark = nextMark(text, from)
    take(new FileLine(file, number, text, from, withoutReturns(text, from, end)), mark < end)
    from = end + 1
  }
}

/** Where the next such character is; behind the end when there is none. */
function nextMark(text: string, from: number): number {
  const mark = /[#!"$@~\\\0]/g
  mark.lastIndex = from
  return mark.exec(text)?.index ?? text.length
}

/** Lines may end as on Windows. */
function withoutReturns(text: string, from: number, end: number): number {
  let to = end
  while (to > from && text.charCodeAt(to - 1) === RETURN) to--
  return to
}
