/** Named blocks that are defined twice, and sync groups that cannot work as they are written. */

import type { Findings } from '../findings/diagnostic.ts'
import { findKeyword } from '../keywords/keywords.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf } from '../statements/block.ts'

/** Instances and virtual servers see to it themselves: theirs depends on more than the name. */
const NAMED = ['vrrp_sync_group', 'vrrp_script', 'vrrp_track_process', 'track_file', 'bfd_instance', 'track_group']

/** Of two definitions with one name the first stands. */
export function checkRepeated(root: Block, findings: Findings): void {
  for (const kind of NAMED) {
    const lines = new Map<string, number>()
    for (const { statement } of blocksOf(root, kind)) {
      const [name] = statement?.args ?? []
      if (name === undefined) continue
      const at = wordPosition(name)
      const first = lines.get(name.value)
      if (first === undefined) {
        lines.set(name.value, at.line)
        continue
      }
      const message = `${kind} ${name.value} is already defined; this one is skipped`
      findings.error({ code: 'REPEATED', at, keyword: kind, message, hint: `the one on line ${first} stands` })
    }
  }
}

/** Statements of which the first counts, once more in another block of the same name; checked-tree.ts reports the rest. */
export function checkRepeatedSettings(root: Block, findings: Findings): void {
  for (const name of ['global_defs', 'event_bus']) {
    const first = new Map<string, number>()
    for (const { path, settings } of blocksOf(root, name)) {
      for (const [key, [setting]] of Object.entries(settings)) {
        if (setting === undefined || findKeyword(path, key)?.repeat !== 'first') continue
        const at = wordPosition(setting.statement.keyword)
        const line = first.get(key)
        first.set(key, line ?? at.line)
        if (line === undefined) continue
        const message = `${key} is given twice`
        findings.error({ code: 'REPEATED', at, keyword: key, message, hint: `the one on line ${line} stands` })
      }
    }
  }
}

/** Members that another group has already, and groups without or with a single one. Unknown members: checkReferences. */
export function checkSyncGroups(root: Block, findings: Findings): void {
  const homes = new Map<string, string>()
  for (const group of blocksOf(root, 'vrrp_sync_group')) {
    const members = membersOf(group)
    const own = group.statement?.args[0] ?? group.statement?.keyword
    if (own === undefined) continue
    if (!group.damaged.has('group')) reportSize(own, members.length, findings)
    for (const member of members) {
      const home = homes.get(member.value)
      if (home === undefined) homes.set(member.value, own.value)
      else reportSecondHome(member, home, own.value, findings)
    }
  }
}

function membersOf(group: Block): Word[] {
  const entries = blocksOf(group, 'group').flatMap((block) => block.entries)
  return entries.flatMap(({ statement }) => [statement.keyword, ...statement.args])
}

function reportSize(name: Word, size: number, findings: Findings): void {
  const at = wordPosition(name)
  const keyword = 'vrrp_sync_group'
  if (size === 0) {
    const message = `vrrp_sync_group ${name.value} has no members; it is left out`
    findings.error({ code: 'INCOMPLETE', at, keyword, message, hint: 'group { } names them, one a line' })
  } else if (size === 1) {
    const message = `vrrp_sync_group ${name.value} has a single member: there is nothing to keep in step`
    findings.warning({ code: 'NO_EFFECT', at, keyword, message, hint: 'name its other instances, or remove the group' })
  }
}

function reportSecondHome(member: Word, home: string, group: string, findings: Findings): void {
  const what = home === group ? 'listed twice' : `already in vrrp_sync_group ${home}`
  const message = `${member.value} is ${what}; it is not taken into ${group}`
  const hint = 'an instance can be in one group only'
  findings.error({ code: 'REPEATED', at: wordPosition(member), keyword: 'group', message, hint })
}
