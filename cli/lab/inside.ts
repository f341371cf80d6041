/** The lab on this kernel: what cli/lab.ts starts, here or inside User-Mode Linux. */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { describeError } from '#platform/errors.ts'
import { readCommands } from './command-folder.ts'
import { parseKind } from './directors.ts'
import type { Happening } from './happenings.ts'
import { createPaint } from './paint.ts'
import { play, type Stage, type StepResult } from './player.ts'
import { obey, type PromptContext, promptIntroduction } from './prompt.ts'
import { buildRig, type DirectorKinds, type Rig } from './rig.ts'
import { createScreen, type Screen } from './screen.ts'
import { SCENARIO } from './steps.ts'
import { createStory } from './story.ts'
import { summaryLines } from './summary.ts'

const FETCH_EVERY_MS = 10
/** Directors report over different ways: so long the story waits to put their words in order. */
const ORDER_MS = 250
const soon = (fire: () => void) => {
  setTimeout(fire, ORDER_MS)
}
/** A lab that stays must leave the machine something to breathe. */
const STAY_FETCH_EVERY_MS = 50

export interface InsideOptions {
  kinds: DirectorKinds
  stay: boolean
  colour: boolean
  /** Somebody sits before it: a prompt makes sense. */
  terminal: boolean
  /** Folder that commands come from; null: from standard input. */
  commands: string | null
}

/** @returns exit status: 0 only when every step showed what it must */
export async function runInside(options: InsideOptions): Promise<number> {
  const paint = createPaint(options.colour)
  const screen = createScreen((text) => process.stdout.write(text), options.terminal)
  const story = createStory({ print: screen.print, paint, now: Date.now, later: soon })
  const happenings: Happening[] = []
  const tell = (happening: Happening) => {
    happenings.push(happening)
    story.happened(happening)
  }
  const { kinds, stay } = options
  screen.print(`vos1 runs ${kinds.vos1}, vos2 runs ${kinds.vos2}; a client fetches from the VIP all the time.`)
  const rig = await buildRig({ kinds, fetchEveryMs: stay ? STAY_FETCH_EVERY_MS : FETCH_EVERY_MS, tell })
  const stage = { rig, story, happenings }
  const playAll = async () => {
    const results = await play(SCENARIO, stage)
    screen.print('')
    for (const line of summaryLines(results, paint)) screen.print(line)
    return results
  }
  onSignal(rig)
  try {
    return stay ? await letPlay(stage, options, screen, playAll) : statusOf(await playAll())
  } finally {
    await rig.close()
  }
}

async function letPlay(
  stage: Stage,
  { commands }: InsideOptions,
  screen: Screen,
  playAll: () => Promise<StepResult[]>,
): Promise<number> {
  const { rig, story, happenings } = stage
  const up = await play(SCENARIO.slice(0, 1), stage)
  const context: PromptContext = {
    rig,
    happenings,
    print: screen.print,
    story,
    enterable: commands === null,
    async play() {
      for (const host of ['vos1', 'vos2'] as const) await rig.shutDown(host)
      await rig.start('vos3')
      await playAll()
      await rig.start('vos1')
    },
  }
  screen.print('')
  promptIntroduction(context)
  const lines = commands === null ? createInterface({ input: process.stdin, terminal: false }) : readCommands(commands)
  await obey(lines, context, screen)
  return statusOf(up)
}

function statusOf(results: readonly StepResult[]): number {
  return results.every(({ faults }) => faults.length === 0) ? 0 : 1
}

function onSignal(rig: Rig): void {
  const end = () => {
    rig.close().finally(() => process.exit(130))
  }
  process.once('SIGINT', end).once('SIGTERM', end).once('SIGHUP', end)
}

/** The arguments that cli/lab.ts hands into the guest. */
function readArguments(args: string[]): InsideOptions {
  const flag = { type: 'boolean', default: false } as const
  const kind = { type: 'string', default: 'failoverd' } as const
  const { values } = parseArgs({
    args,
    options: { vos1: kind, vos2: kind, stay: flag, colour: flag, terminal: flag, commands: { type: 'string' } },
  })
  const { vos1, vos2, stay, colour, terminal, commands } = values
  return { kinds: { vos1: parseKind(vos1), vos2: parseKind(vos2) }, stay, colour, terminal, commands: commands ?? null }
}

if (import.meta.main) {
  const status = await runInside(readArguments(process.argv.slice(2))).catch((cause: unknown) => {
    process.stderr.write(`lab: ${describeError(cause)}\n`)
    return 1
  })
  // Standard input may still be open: nothing that matters is.
  process.exit(status)
}
