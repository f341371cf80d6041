/** Plays steps on a rig: does, waits until what must be seen is seen, measures, tells. */
import type { Happening } from './happenings.ts'
import { longestShared } from './holders.ts'
import { addressOf, type HostName, VIP } from './hosts.ts'
import { type Fetch, failuresIn, lastOf } from './observations.ts'
import { seconds } from './paint.ts'
import type { Rig } from './rig.ts'
import type { Action, Step } from './steps.ts'
import type { Story } from './story.ts'
import { broken, missing, outageMs, type Period, type Sight } from './verdict.ts'

export interface StepResult {
  step: Step
  /** What was missing or wrong; empty when the step showed what it must. */
  faults: string[]
  /** Last answers, as the client saw them. */
  seen: string
  /** null where there is none to measure. */
  outageMs: number | null
  failed: number
  /** The longest time that both directors held the VIP. */
  sharedMs: number
}

export interface Stage {
  rig: Rig
  story: Story
  happenings: readonly Happening[]
}

/** However slow the machine: what has not been seen by then will not come. */
const PATIENCE_MS = 120_000
const LOOK_EVERY_MS = 50

/** Plays all steps in order; a failed step does not keep the rest from being played. */
export async function play(steps: readonly Step[], stage: Stage): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    stage.story.title(`Step ${step.label}: ${step.title}`)
    results.push(await playStep(step, stage))
  }
  return results
}

async function playStep(step: Step, { rig, story, happenings }: Stage): Promise<StepResult> {
  const from = Date.now()
  story.begin(from)
  const pings: Sight['pings'] = {}
  const sight = (): Sight => ({ fetches: rig.fetches(), holdings: rig.holdings(), happenings, pings })
  for (const action of step.actions) await act(action, rig, story)
  const unseen = await untilSeen(step, sight, from, () => pingAll(step, rig, pings))
  const period = { from, to: Date.now() }
  const faults = [...unseen.map((what) => `not seen: ${what}`), ...broken(step, sight(), period)]
  const result = { step, faults, ...measured(step, sight(), period) }
  tellClient(result, pings, story)
  return result
}

function measured(step: Step, { fetches, holdings }: Sight, period: Period): Omit<StepResult, 'step' | 'faults'> {
  return {
    seen: lastAnswers(fetches),
    outageMs: outageMs(step, fetches, period),
    failed: failuresIn(fetches, period.from, period.to).length,
    sharedMs: longestShared(holdings, period.from, period.to),
  }
}

/** Does it, and says so. */
export async function act(action: Action, rig: Rig, story: Story): Promise<void> {
  const { host } = action
  switch (action.do) {
    case 'start':
      story.tell('lab', `${host} is switched on${whatRuns(host, rig)}`)
      return rig.start(host)
    case 'shut-down':
      story.tell('lab', `${host} is shut down: all its processes get SIGKILL and its link goes down`)
      return rig.shutDown(host)
    case 'stop':
      story.tell('lab', `the director on ${host} gets SIGTERM`)
      return host === 'vos1' || host === 'vos2' ? rig.stopDirector(host) : undefined
  }
}

function whatRuns(host: HostName, rig: Rig): string {
  return host === 'vos1' || host === 'vos2' ? ` and starts ${rig.kinds[host]} with ${host}.conf` : ''
}

/** @returns what is still missing when patience ends; empty when all was seen */
async function untilSeen(
  step: Step,
  sight: () => Sight,
  from: number,
  pingNow: () => Promise<void>,
): Promise<string[]> {
  const end = Date.now() + PATIENCE_MS
  await pingNow()
  for (;;) {
    let left = missing(step, sight(), { from, to: Date.now() })
    if (left.length > 0 && left.every((what) => what.startsWith('ping'))) {
      await pingNow()
      left = missing(step, sight(), { from, to: Date.now() })
    }
    if (left.length === 0 || Date.now() > end) return left
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

async function pingAll(step: Step, rig: Rig, pings: Sight['pings']): Promise<void> {
  for (const host of ['vos1', 'vos2', 'vos3', 'vos4'] as const)
    if (step.ping[host] !== undefined) pings[host] = await rig.ping(host)
}

function lastAnswers(fetches: readonly Fetch[]): string {
  const SHOWN = 4
  const last = lastOf(fetches, SHOWN) ?? fetches.slice(-SHOWN)
  if (last.length > 0 && last.every(({ answer }) => answer === null)) return `no answer (${last[0]?.failure})`
  return last.map(({ answer }) => answer ?? 'failed').join(' ')
}

function tellClient({ step, seen, outageMs: outage, failed, faults }: StepResult, pings: Sight['pings'], story: Story) {
  for (const host of ['vos1', 'vos2', 'vos3', 'vos4'] as const)
    if (step.ping[host] !== undefined)
      story.tell('client', `ping ${addressOf(host)} (${host}): ${pings[host] ? 'answers' : 'no answer'}`)
  story.tell('client', `curl http://${VIP}/: ${seen}`)
  if (outage !== null) story.tell('client', `without an answer for ${seconds(outage)}, ${failed} fetches failed`)
  else if (step.measure.kind === 'failures')
    story.tell('client', `${failed} fetches failed until the dead server was known`)
  for (const fault of faults) story.tell('lab', `FAILED: ${fault}`)
}
