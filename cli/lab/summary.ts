/** The table at the end of the scenario. Pure. */
import { type Paint, seconds } from './paint.ts'
import type { StepResult } from './player.ts'
import { wantedAnswers } from './verdict.ts'

const COLUMNS = [
  { name: '', width: 2 },
  { name: 'what was done', width: 28 },
  { name: 'the client must see', width: 22 },
  { name: 'the client saw', width: 21 },
  { name: 'outage', width: 8 },
] as const

/** Lines of at most 100 columns. */
export function summaryLines(results: readonly StepResult[], paint: Paint): string[] {
  const row = (cells: readonly string[]) => COLUMNS.map(({ width }, at) => (cells[at] ?? '').padEnd(width)).join('  ')
  const head = row(COLUMNS.map(({ name }) => name))
  const lines = results.map(({ step, seen, outageMs, faults }) => {
    const outage = outageMs === null ? '-' : seconds(outageMs)
    const verdict = faults.length === 0 ? paint.good('ok') : paint.bad('FAILED')
    return `${row([step.label, step.short, wantedAnswers(step.answers), seen, outage])}  ${verdict}`
  })
  const shared = Math.max(0, ...results.map(({ sharedMs }) => sharedMs))
  return [
    paint.bold(head),
    ...lines,
    '',
    `Longest time that both directors held the address at once: ${shared === 0 ? 'never' : seconds(shared)}.`,
    conclusion(results, paint),
  ]
}

function conclusion(results: readonly StepResult[], paint: Paint): string {
  const failed = results.find(({ faults }) => faults.length > 0)
  if (failed === undefined) return paint.good('All steps showed what they must.')
  return paint.bad(`Step ${failed.step.label} (${failed.step.short}) failed: ${failed.faults.join('; ')}.`)
}
