/** fast_detection of instances and of global_defs. */
import type { VrrpInstance } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, settingOf } from '../statements/block.ts'
import type { Reading } from './vrrp-reading.ts'

type FastDetection = NonNullable<VrrpInstance['fastDetection']>

const USUAL: FastDetection = { intervalMs: 50, multiplier: 3 }

/** What a block says of it: undefined where it says nothing, null where it is switched off. */
export function readFastDetection(block: Block): FastDetection | null | undefined {
  const written = settingOf(block, 'fast_detection')
  if (written === undefined) return undefined
  if (written.values[0] === false) return null
  const { options } = written
  return {
    intervalMs: Number(options.get('interval') ?? USUAL.intervalMs),
    multiplier: Number(options.get('multiplier') ?? USUAL.multiplier),
  }
}

/** For one instance: on unless it says otherwise, or its adverts are as fast. */
export function fastDetectionOf(reading: Reading, advertIntervalMs: number): FastDetection | null {
  const { block, name, defaults, findings } = reading
  const own = readFastDetection(block)
  const settings = own === undefined ? (defaults.fastDetection ?? USUAL) : own
  if (defaults.fastDetection === null && own === undefined) return null
  if (settings === null || isFaster(settings, advertIntervalMs)) return settings
  if (own !== undefined) reportUseless(findings, block, name, settings)
  return null
}

/** The session's silence and as much time for questions together: at most half of three advert intervals. */
function isFaster({ intervalMs, multiplier }: FastDetection, advertIntervalMs: number): boolean {
  return 2 * intervalMs * multiplier <= 1.5 * advertIntervalMs
}

function reportUseless(
  findings: Findings,
  block: Block,
  name: string,
  { intervalMs, multiplier }: FastDetection,
): void {
  const at = settingOf(block, 'fast_detection')?.statement.keyword
  if (at === undefined) return
  const message = `${name}: fast_detection with ${multiplier} packets ${intervalMs} ms apart is no faster than adverts; it is off`
  const hint = 'shorter: so many packets may take three quarters of an advert interval'
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(at), keyword: 'fast_detection', message, hint })
}
