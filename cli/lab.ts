/** `npm start`, and `failoverctl lab`: two directors, two web servers, a client, and the six-step scenario. */
import { parseArgs } from 'node:util'
import { HaError } from '#platform/errors.ts'
import { parseKind } from './lab/directors.ts'
import { runInside } from './lab/inside.ts'
import { chooseKernel, isOnPath, runInUml } from './lab/kernel.ts'
import { wantsColour } from './lab/paint.ts'

/**
 * Runs the lab.
 *
 * @param args `--stay`: leave it up to play with; `--vos1 KIND`, `--vos2 KIND`: failoverd (default) or keepalived
 * @returns exit status: 0 only when every step showed what it must
 * @throws HaError USAGE
 */
export async function runLab(args: string[]): Promise<number> {
  const { stay, vos1, vos2 } = readOptions(args)
  const colour = wantsColour(process.stdout.isTTY, process.env)
  const terminal = process.stdin.isTTY && process.stdout.isTTY
  if ([vos1, vos2].includes('keepalived') && !isOnPath('keepalived'))
    throw new HaError('USAGE', 'keepalived is not installed: apt-get install keepalived')
  const kernel = chooseKernel()
  process.stdout.write(`${kernel.why}\n`)
  if (kernel.here)
    return runInside({
      kinds: { vos1: parseKind(vos1), vos2: parseKind(vos2) },
      stay,
      colour,
      terminal,
      commands: null,
    })
  const flags = [...(stay ? ['--stay'] : []), ...(colour ? ['--colour'] : []), ...(terminal ? ['--terminal'] : [])]
  return runInUml(['--vos1', vos1, '--vos2', vos2, ...flags], stay)
}

function readOptions(args: string[]): { stay: boolean; vos1: string; vos2: string } {
  const kind = { type: 'string', default: 'failoverd' } as const
  try {
    const { values } = parseArgs({
      args,
      options: { stay: { type: 'boolean', default: false }, vos1: kind, vos2: kind },
    })
    return { ...values, vos1: parseKind(values.vos1), vos2: parseKind(values.vos2) }
  } catch (cause) {
    if (cause instanceof HaError) throw cause
    throw new HaError('USAGE', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
