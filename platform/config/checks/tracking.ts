/** What is tracked by numbers that cannot be meant. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, numberOf, settingOf } from '../statements/block.ts'
import { optionOf } from '../statements/entries.ts'
import { nameOf, trackedBy } from './instances.ts'

/** Priorities are from 1 to 254 where they change: none can be further apart. */
const LARGEST_WEIGHT = 253

export function checkTracking(root: Block, findings: Findings): void {
  for (const block of [...blocksOf(root, 'vrrp_instance'), ...blocksOf(root, 'vrrp_sync_group')]) {
    for (const track of ['track_interface', 'track_script']) reportWeights(block, track, findings)
  }
  for (const block of blocksOf(root, 'vrrp_track_process')) reportQuorums(block, findings)
}

function reportWeights(block: Block, track: string, findings: Findings): void {
  for (const entry of trackedBy(block, track)) {
    const weight = optionOf(entry, 'weight')
    if (typeof weight !== 'number' || Math.abs(weight) <= LARGEST_WEIGHT) continue
    const word = entry.statement.keyword
    const message = `${nameOf(block)}: weight ${weight} of ${word.value} counts as ${Math.sign(weight) * LARGEST_WEIGHT}`
    findings.warning({ code: 'ROUNDED', at: wordPosition(word), keyword: track, message })
  }
}

/** Of two numbers that contradict each other the first one stands. */
function reportQuorums(block: Block, findings: Findings): void {
  const [quorum, most] = [settingOf(block, 'quorum'), settingOf(block, 'quorum_max')]
  const [least, limit] = [numberOf(block, 'quorum'), numberOf(block, 'quorum_max')]
  if (quorum === undefined || most === undefined || least === undefined || limit === undefined) return
  // At most none of them is how to ask that a process does not run.
  if (limit >= least || (limit === 0 && least === 1)) return
  const [atQuorum, atMost] = [quorum, most].map(({ statement }) => wordPosition(statement.keyword))
  if (atQuorum === undefined || atMost === undefined) return
  const quorumFirst = atQuorum.line < atMost.line
  const message = `${nameOf(block)}: quorum_max ${limit} is below quorum ${least}; ${quorumFirst ? 'quorum_max' : 'quorum'} is not used`
  const hint = 'quorum_max 0 alone asks that there be no such process'
  const at = quorumFirst ? atMost : atQuorum
  findings.warning({ code: 'QUORUM', at, keyword: quorumFirst ? 'quorum_max' : 'quorum', message, hint })
}
