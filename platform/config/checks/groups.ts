/** What members of a sync group say that cannot hold where all change their role together. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, numberOf } from '../statements/block.ts'
import { type Entry, optionOf } from '../statements/entries.ts'
import { isOwner, nameOf, TRACKS, trackedBy } from './instances.ts'

/** What defines the names that a block tracks, and the weight of a definition without one. Interfaces have none. */
const DEFINITIONS: Readonly<Record<string, { kinds: readonly string[]; weight: number }>> = {
  track_script: { kinds: ['vrrp_script'], weight: 0 },
  track_file: { kinds: ['track_file', 'vrrp_track_file'], weight: 1 },
  track_process: { kinds: ['vrrp_track_process'], weight: 0 },
  track_bfd: { kinds: ['bfd_instance'], weight: 0 },
}

/** The weight of an entry of a block that tracks: its own, or that of what it names. */
type WeightOf = (track: string, entry: Entry) => number

export function checkGroups(root: Block, findings: Findings): void {
  const instances = new Map(blocksOf(root, 'vrrp_instance').map((block) => [nameOf(block), block]))
  const weightOf = weightsOf(root)
  for (const group of blocksOf(root, 'vrrp_sync_group')) {
    const members = memberNames(group).flatMap(({ value }) => instances.get(value) ?? [])
    reportOwners(group, members, weightOf, findings)
    reportPreemption(group, members, findings)
    if (hasSetting(group, 'sync_group_tracking_weight')) continue
    for (const member of members) {
      // What an owner tracks by weight counts for nothing anyhow: see instances.ts.
      if (!isOwner(member)) reportWeights(group, member, weightOf, findings)
    }
  }
}

function memberNames(group: Block): Word[] {
  return trackedBy(group, 'group').flatMap(({ statement }) => [statement.keyword, ...statement.args])
}

function weightsOf(root: Block): WeightOf {
  const weights = new Map<string, number>()
  for (const { kinds, weight } of Object.values(DEFINITIONS)) {
    for (const kind of kinds) {
      for (const block of blocksOf(root, kind))
        weights.set(`${kind} ${nameOf(block)}`, numberOf(block, 'weight') ?? weight)
    }
  }
  return (track, entry) => {
    const own = optionOf(entry, 'weight')
    if (typeof own === 'number') return own
    const { kinds = [] } = DEFINITIONS[track] ?? {}
    const inherited = kinds.map((kind) => weights.get(`${kind} ${entry.statement.keyword.value}`))
    return inherited.find((weight) => weight !== undefined) ?? 0
  }
}

function weighty(block: Block, weightOf: WeightOf): { track: string; word: Word }[] {
  return TRACKS.flatMap((track) =>
    trackedBy(block, track)
      .filter((entry) => weightOf(track, entry) !== 0)
      .map(({ statement }) => ({ track, word: statement.keyword })),
  )
}

/** Priorities of members may not drift apart, unless the group says that they may. */
function reportWeights(group: Block, member: Block, weightOf: WeightOf, findings: Findings): void {
  for (const { track, word } of weighty(member, weightOf)) {
    const message = `${nameOf(member)}: the weight of ${word.value} does not count in vrrp_sync_group ${nameOf(group)}`
    const hint = `${track} in the group counts for all its members; sync_group_tracking_weight lets this one count`
    // keepalived passes over processes in silence.
    const say = track === 'track_process' ? findings.note : findings.warning
    say({ code: 'NO_EFFECT', at: wordPosition(word), keyword: track, message, hint })
  }
}

/** Who owns its addresses keeps priority 255, and gives way to nobody: the others can only follow it. */
function reportOwners(group: Block, members: readonly Block[], weightOf: WeightOf, findings: Findings): void {
  const owner = members.find(isOwner)
  const other = members.find((member) => !isOwner(member))
  const word = group.statement?.args[0]
  if (owner === undefined || word === undefined) return
  const title = `vrrp_sync_group ${nameOf(group)}`
  if (other !== undefined) {
    const message = `${title}: ${nameOf(owner)} has priority 255 and ${nameOf(other)} has not: they cannot keep in step`
    const hint = 'give priority 255 to all its members on this node, or to none'
    findings.warning({ code: 'OWNER', at: wordPosition(word), keyword: 'vrrp_sync_group', message, hint })
  }
  for (const { track, word: tracked } of weighty(group, weightOf)) {
    const message = `${title}: the weight of ${tracked.value} has no effect: ${nameOf(owner)} has priority 255`
    findings.warning({ code: 'NO_EFFECT', at: wordPosition(tracked), keyword: track, message })
  }
}

/** Nobody takes over before the last of them would. */
function reportPreemption(group: Block, members: readonly Block[], findings: Findings): void {
  const [first, ...others] = members
  const word = group.statement?.args[0]
  const other = others.find((member) => first !== undefined && preemptionOf(member) !== preemptionOf(first))
  if (first === undefined || other === undefined || word === undefined) return
  const told = [first, other].map((member) => `${nameOf(member)} has ${preemptionOf(member)}`).join(', ')
  const message = `vrrp_sync_group ${nameOf(group)}: ${told}: the group takes over only when the last of them would`
  const hint = 'nopreempt and preempt_delay ought to be the same in all members'
  findings.note({ code: 'PREEMPTION', at: wordPosition(word), keyword: 'vrrp_sync_group', message, hint })
}

function preemptionOf(member: Block): string {
  if (hasSetting(member, 'nopreempt')) return 'nopreempt'
  const delay = numberOf(member, 'preempt_delay') ?? 0
  return delay === 0 ? 'no preempt_delay' : `preempt_delay ${delay}`
}
