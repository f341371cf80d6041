/** flap_damping of instances and of global_defs. */
import type { VrrpInstance } from '#schemas/config.ts'
import { type Block, settingOf } from '../statements/block.ts'
import { isStrict } from './vrrp-election.ts'
import type { Reading } from './vrrp-reading.ts'

type FlapDamping = NonNullable<VrrpInstance['flapDamping']>

const USUAL: FlapDamping = { masterships: 6, windowMs: 300_000 }

/** What a block says of it: undefined where it says nothing, null where it is switched off. */
export function readFlapDamping(block: Block): FlapDamping | null | undefined {
  const written = settingOf(block, 'flap_damping')
  if (written === undefined) return undefined
  if (written.values[0] === false) return null
  const { options } = written
  const withinS = options.get('within')
  return {
    masterships: Number(options.get('times') ?? USUAL.masterships),
    windowMs: withinS === undefined ? USUAL.windowMs : Number(withinS) * 1_000,
  }
}

/** For one instance: what is written counts; otherwise on, but for strict_mode, which preempts as the RFCs say. */
export function flapDampingOf(reading: Reading): FlapDamping | null {
  const own = readFlapDamping(reading.block)
  if (own !== undefined) return own
  const { flapDamping } = reading.defaults
  if (flapDamping !== undefined) return flapDamping
  return isStrict(reading) ? null : USUAL
}
