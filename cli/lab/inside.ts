/** The lab on this kernel: what cli/lab.ts starts, here or inside User-Mode Linux. */
import { parseArgs } from 'node:util'
import { describeError } from '#platform/errors.ts'
import { DIRECTOR_KINDS, type DirectorKind } from './directors.ts'
import type { Happening } from './happenings.ts'
import { createPaint } from './paint.ts'
import { play } from './player.ts'
import { buildRig } from './rig.ts'
import { SCENARIO } from './steps.ts'
import { createStory } from './story.ts'
import { summaryLines } from './summary.ts'

const FETCH_EVERY_MS = 10

export async function runInside(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      vos1: { type: 'string', default: 'failoverd' },
      vos2: { type: 'string', default: 'failoverd' },
      colour: { type: 'boolean', default: false },
    },
  })
  const print = (line: string) => process.stdout.write(`${line}\n`)
  const paint = createPaint(values.colour)
  const story = createStory(print, paint, Date.now)
  const happenings: Happening[] = []
  const rig = await buildRig({
    kinds: { vos1: kindOf(values.vos1), vos2: kindOf(values.vos2) },
    fetchEveryMs: FETCH_EVERY_MS,
    tell(happening) {
      happenings.push(happening)
      story.happened(happening)
    },
  })
  try {
    const results = await play(SCENARIO, { rig, story, happenings })
    if (process.env.DUMP) for (const f of rig.fetches()) if (f.answer===null) console.error(f.number, f.start, f.end, f.failure)
    print('')
    for (const line of summaryLines(results, paint)) print(line)
    return results.every(({ faults }) => faults.length === 0) ? 0 : 1
  } finally {
    await rig.close()
  }
}

function kindOf(text: string): DirectorKind {
  return DIRECTOR_KINDS.find((kind) => kind === text) ?? 'failoverd'
}

if (import.meta.main)
  process.exitCode = await runInside(process.argv.slice(2)).catch((cause: unknown) => {
    process.stderr.write(`lab: ${describeError(cause)}\n`)
    return 1
  })
