/** Tells what happens, live, in lines that a person can follow. */
import type { Happening } from './happenings.ts'
import { type Paint, wrap } from './paint.ts'

export interface Story {
  title(text: string): void
  /** From now on times are told from this moment, in wall milliseconds. */
  begin(at: number): void
  /** Something that the lab did or the client saw. */
  tell(who: string, words: string): void
  happened(happening: Happening): void
  /** A line as it stands. */
  line(text: string): void
}

const TIME_WIDTH = 9
const WHO_WIDTH = 7
const MAX_DEPTH = 4

/** @param print gets whole lines, without newline */
export function createStory(print: (line: string) => void, paint: Paint, now: () => number): Story {
  let zero = now()
  const depths = new Map<string, number>()

  const row = (at: number | null, who: string, words: string) => {
    const time = at === null ? '' : `${at < zero ? '-' : '+'}${(Math.abs(at - zero) / 1_000).toFixed(2)} s`
    const head = `${time.padStart(TIME_WIDTH)}  ${who.padEnd(WHO_WIDTH)} `
    const [first = '', ...rest] = wrap(head, words, head.length + 2)
    print(`${paint.dim(first.slice(0, TIME_WIDTH))}${first.slice(TIME_WIDTH)}`)
    for (const line of rest) print(line)
  }

  const depthOf = ({ id, causedBy }: Happening) => {
    const depth = causedBy === null ? 0 : Math.min(MAX_DEPTH, (depths.get(causedBy) ?? -1) + 1)
    if (id !== null) depths.set(id, depth)
    return depth
  }

  return {
    title(text) {
      print('')
      print(paint.bold(text))
    },
    begin(at) {
      zero = at
    },
    tell: (who, words) => row(now(), who, words),
    happened(happening) {
      const depth = depthOf(happening)
      if (!happening.told) return
      const arrow = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
      row(happening.at, happening.host, `${arrow}${happening.words}`)
    },
    line: print,
  }
}
