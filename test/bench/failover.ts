/** How long a client is without the VIP, failoverd and keepalived in turn on the same machine in one run. */
import { setTimeout as wait } from 'node:timers/promises'
import { addressOf } from '../../cli/lab/hosts.ts'
import {
  type AtRest,
  announcementDelay,
  atRest,
  firstAdvert,
  median,
  nextAdvert,
  tapWire,
  type Wire,
} from './measure.ts'
import { type Node, openStage, type Program, type Stage } from './stage.ts'

export interface Figures {
  crashMs: number[]
  stopMs: number[]
  returnMs: number[]
  /** From the first advert to the first gratuitous ARP, at every takeover. */
  announceMs: number[]
  rest: AtRest[]
}

const REST_SECONDS = 10
/** Half of the advert interval. */
const CRASH_AFTER_ADVERT_MS = 500
/** More than three intervals, the skew, a lease and a slow start together. */
const TRANSITION_LIMIT_MS = 30_000
/** No gap for this long: the takeover is over and was steady. */
const STEADY_MS = 1_500

/** Runs the crash, the return and the orderly stop `rounds` times with one program. */
export async function measureFailover(
  program: Program,
  rounds: number,
  tell: (line: string) => void,
): Promise<Figures> {
  const stage = await openStage(program)
  const wire = await tapWire(stage.client)
  const figures: Figures = { crashMs: [], stopMs: [], returnMs: [], announceMs: [], rest: [] }
  try {
    await stage.start('vos2')
    await stage.start('vos1')
    await heldBy(stage, 'vos1')
    await wait(STEADY_MS)
    figures.rest = await atRest(stage.processes('vos1'), REST_SECONDS)
    for (let round = 1; round <= rounds; round++)
      await oneRound(stage, wire, figures, (line) => tell(`${program} ${round}: ${line}`))
  } finally {
    wire.close()
    await stage.close()
  }
  return figures
}

async function oneRound(stage: Stage, wire: Wire, figures: Figures, tell: (line: string) => void): Promise<void> {
  // The outage shrinks by the age of the last advert: the same for both programs.
  const advert = await nextAdvert(wire, addressOf('vos1'))
  await wait(advert + CRASH_AFTER_ADVERT_MS - Date.now())
  figures.crashMs.push(await outage(stage, wire, figures, 'vos2', () => stage.crash('vos1')))
  figures.returnMs.push(await outage(stage, wire, figures, 'vos1', () => stage.start('vos1')))
  figures.stopMs.push(await outage(stage, wire, figures, 'vos2', () => stage.stop('vos1')))
  await stage.crash('vos1')
  await stage.start('vos1')
  await heldBy(stage, 'vos1')
  await wait(STEADY_MS)
  const last = (values: number[]) => values.at(-1)?.toFixed(0)
  tell(`crash ${last(figures.crashMs)} ms, return ${last(figures.returnMs)} ms, stop ${last(figures.stopMs)} ms`)
}

/** Does it, waits until `successor` serves steadily, and tells the longest gap the client had meanwhile. */
async function outage(
  stage: Stage,
  wire: Wire,
  figures: Figures,
  successor: Node,
  happening: () => Promise<void>,
): Promise<number> {
  const seen = stage.gaps().length
  const began = Date.now()
  await happening()
  await heldBy(stage, successor)
  await wait(STEADY_MS)
  const takeover = firstAdvert(wire, addressOf(successor), began)
  if (takeover === null) throw new Error(`no advert of ${successor} was seen after it took the VIP over`)
  const delay = announcementDelay(wire, takeover)
  if (delay !== null) figures.announceMs.push(delay)
  // A gap that ended before the successor spoke is the machine's, busy with starting programs.
  const gaps = stage
    .gaps()
    .slice(seen)
    .filter(({ endedAt }) => endedAt >= takeover)
  return Math.max(0, ...gaps.map(({ gapMs }) => gapMs))
}

async function heldBy(stage: Stage, node: Node): Promise<void> {
  const other = node === 'vos1' ? 'vos2' : 'vos1'
  const limit = Date.now() + TRANSITION_LIMIT_MS
  while (!((await stage.holds(node)) && !(await stage.holds(other)))) {
    if (Date.now() > limit) throw new Error(`${node} did not take the VIP over within ${TRANSITION_LIMIT_MS} ms`)
    await wait(20)
  }
}

const fixed = (value: number, digits = 0) => (Number.isNaN(value) ? 'not seen' : value.toFixed(digits))

/** The figures side by side, as Markdown. */
export function failoverReport(ours: Figures, theirs: Figures): string {
  const row = (what: string, select: (figures: Figures) => number[], digits = 0) => {
    const [own, other] = [median(select(ours)), median(select(theirs))]
    const spread = (values: number[]) => `${fixed(Math.min(...values), digits)} … ${fixed(Math.max(...values), digits)}`
    const cells = [fixed(own, digits), spread(select(ours)), fixed(other, digits), spread(select(theirs))]
    return `| ${what} | ${cells.join(' | ')} | ${other < 0.05 ? 'both none' : (own / other).toFixed(2)} |`
  }
  const sum = (rest: AtRest[], select: (one: AtRest) => number) => rest.reduce((total, one) => total + select(one), 0)
  const pss = (figures: Figures) => sum(figures.rest, ({ pssMb }) => pssMb)
  const cpu = (figures: Figures) => sum(figures.rest, ({ cpuPercent }) => cpuPercent)
  return [
    '| milliseconds | failoverd, median | min … max | keepalived, median | min … max | ratio |',
    '|---|---|---|---|---|---|',
    row('outage: the master crashes (advert_int 1, priorities 150 and 100)', ({ crashMs }) => crashMs),
    row('outage: the master is stopped in order', ({ stopMs }) => stopMs),
    row('outage: the higher priority returns', ({ returnMs }) => returnMs),
    row('from the first advert to the first gratuitous ARP', ({ announceMs }) => announceMs, 2),
    '',
    '| a node at rest, as master | failoverd | keepalived |',
    '|---|---|---|',
    `| proportional set size, MB | ${fixed(pss(ours), 1)} | ${fixed(pss(theirs), 1)} |`,
    `| CPU, percent of a core | ${fixed(cpu(ours), 2)} | ${fixed(cpu(theirs), 2)} |`,
    '',
    '| process of failoverd | PSS, MB | CPU, percent |',
    '|---|---|---|',
    ...ours.rest.map(({ name, pssMb, cpuPercent }) => `| ${name} | ${fixed(pssMb, 1)} | ${fixed(cpuPercent, 2)} |`),
  ].join('\n')
}
