/** event_bus: how much of the event log is kept. */
import type { Config } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, mergeBlocks, numberOf, settingOf } from '../statements/block.ts'
import { secondsText } from '../statements/quantity.ts'

/** A mail that nobody takes is tried for five days (RFC 5321 4.5.4.1), and what it is about is read from the log. */
const LONGEST_DELIVERY_S = 5 * 86_400

/** Several event_bus blocks count as one; without any, everything is kept. */
export function readEventBus(root: Block, findings: Findings): Config['eventBus'] {
  const block = mergeBlocks(blocksOf(root, 'event_bus'))
  const maxAgeS = numberOf(block, 'max_age') ?? null
  const word = settingOf(block, 'max_age')?.statement.args[0]
  if (maxAgeS !== null && maxAgeS < LONGEST_DELIVERY_S && word !== undefined) {
    const message = `max_age: a mail may wait for ${secondsText(LONGEST_DELIVERY_S)}, and is never sent once its event has left the log`
    findings.warning({ code: 'SHORT_LOG', at: wordPosition(word), keyword: 'max_age', message })
  }
  return { maxAgeS, maxBytes: numberOf(block, 'max_size') ?? null }
}
