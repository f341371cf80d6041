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
}

const TIME_WIDTH = 9
const WHO_WIDTH = 7
const MAX_DEPTH = 4

export interface StoryOptions {
  /** Gets whole lines, without newline. */
  print: (line: string) => void
  paint: Paint
  /** Wall milliseconds. */
  now: () => number
  /** Runs a function a moment later: what comes in together until then is told in the order of its times. */
  later: (fire: () => void) => void
}

export function createStory({ print, paint, now, later }: StoryOptions): Story {
  let zero = now()
  let waiting: Happening[] = []
  const depths = new Map<string, number>()

  const row = (at: number, who: string, words: string) => {
    const time = `${at < zero ? '-' : '+'}${(Math.abs(at - zero) / 1_000).toFixed(2)} s`
    const head = `${time.padStart(TIME_WIDTH)}  ${who.padEnd(WHO_WIDTH)} `
    const [first = '', ...rest] = wrap(head, words, head.length + 2)
    print(`${paint.dim(first.slice(0, TIME_WIDTH))}${first.slice(TIME_WIDTH)}`)
    for (const line of rest) print(line)
  }
  const flush = () => {
    const inOrder = waiting.sort((one, other) => one.at - other.at)
    waiting = []
    for (const happening of inOrder) {
      const arrow = arrowOf(depthOf(happening, depths))
      if (happening.told) row(happening.at, happening.host, `${arrow}${happening.words}`)
    }
  }
  return {
    title(text) {
      flush()
      print('')
      print(paint.bold(text))
    },
    begin(at) {
      zero = at
    },
    tell(who, words) {
      flush()
      row(now(), who, words)
    },
    happened(happening) {
      if (waiting.length === 0) later(flush)
      waiting.push(happening)
    },
  }
}

/** How far a happening is from the first cause that is known; remembered for what it causes in turn. */
function depthOf({ id, causedBy }: Happening, depths: Map<string, number>): number {
  const depth = causedBy === null ? 0 : Math.min(MAX_DEPTH, (depths.get(causedBy) ?? -1) + 1)
  if (id !== null) depths.set(id, depth)
  return depth
}

function arrowOf(depth: number): string {
  return depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
}
