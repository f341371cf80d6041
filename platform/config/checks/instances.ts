/** What several statements of an instance, or several instances, say that cannot all hold. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, numberOf, settingsOf, textOf } from '../statements/block.ts'
import { optionOf } from '../statements/entries.ts'
import { parseIpAddress } from '../statements/ip-address.ts'

/** What instances and sync groups track, by the names of the blocks. */
export const TRACKS = ['track_interface', 'track_script', 'track_file', 'track_process', 'track_bfd']

export function checkInstances(root: Block, findings: Findings): void {
  const instances = blocksOf(root, 'vrrp_instance')
  const scripts = weightyScripts(root)
  for (const block of [...instances, ...blocksOf(root, 'vrrp_sync_group')]) {
    for (const track of TRACKS) reportTwice(block, track, findings)
  }
  for (const block of instances) {
    reportOwnInterface(block, findings)
    reportOwner(block, scripts, findings)
    reportAuthenticatedMaster(block, findings)
  }
  reportSharedAddresses(instances, groupsOf(root), findings)
}

/** The name in the head of a block. */
export function nameOf(block: Block): string {
  return String(block.values[0] ?? '')
}

/** The entries of all blocks of this name in a block. */
export function trackedBy(block: Block, track: string) {
  return blocksOf(block, track).flatMap(({ entries }) => entries)
}

function noEffect(word: Word, keyword: string, message: string, hint: string, findings: Findings): void {
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword, message, hint })
}

function reportTwice(block: Block, track: string, findings: Findings): void {
  const seen = new Set<string>()
  for (const { statement } of trackedBy(block, track)) {
    const word = statement.keyword
    if (seen.has(word.value)) {
      const message = `${nameOf(block)}: ${word.value} is tracked already; this line is not used`
      findings.warning({ code: 'REPEATED', at: wordPosition(word), keyword: track, message })
    }
    seen.add(word.value)
  }
}

/** Its own interface is watched anyhow. */
function reportOwnInterface(block: Block, findings: Findings): void {
  const own = textOf(block, 'interface')
  for (const { statement } of trackedBy(block, 'track_interface')) {
    const word = statement.keyword
    if (word.value !== own) continue
    const message = `${nameOf(block)}: track_interface ${own} has no effect: it is the instance's own interface`
    noEffect(word, 'track_interface', message, 'it is watched without being named', findings)
  }
}

/** state MASTER without a priority means 255. */
export function isOwner(block: Block): boolean {
  const master = settingsOf(block, 'state').some(({ values }) => values[0] === 'MASTER')
  return (numberOf(block, 'priority') ?? (master && !block.damaged.has('priority') ? 255 : 100)) === 255
}

/** Names of scripts that have a weight of their own. */
function weightyScripts(root: Block): Set<string> {
  return new Set(
    blocksOf(root, 'vrrp_script').flatMap((script) => (numberOf(script, 'weight') ? [nameOf(script)] : [])),
  )
}

/** Who owns the addresses keeps priority 255, whatever is tracked. */
function reportOwner(block: Block, scripts: ReadonlySet<string>, findings: Findings): void {
  if (!isOwner(block)) return
  for (const track of TRACKS) {
    for (const { statement } of trackedBy(block, track)) {
      const [word, weight] = statement.args.map(({ value }) => value)
      const inherited = track === 'track_script' && scripts.has(statement.keyword.value)
      if (word === 'weight' ? weight === '0' : !inherited) continue
      const message = `${nameOf(block)}: the weight of ${statement.keyword.value} has no effect with priority 255`
      const hint = 'the owner of the addresses does not change its priority; without a weight it goes to FAULT'
      noEffect(statement.keyword, track, message, hint, findings)
    }
  }
}

/** The sync group of each instance, by name. */
function groupsOf(root: Block): Map<string, string> {
  const groups = new Map<string, string>()
  for (const group of blocksOf(root, 'vrrp_sync_group')) {
    for (const { statement } of trackedBy(group, 'group')) {
      for (const { value } of [statement.keyword, ...statement.args]) groups.set(value, nameOf(group))
    }
  }
  return groups
}

/** Two instances would take an address from each other whenever only one is master: in one group both are, or neither. */
function reportSharedAddresses(
  instances: readonly Block[],
  groups: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const homes = new Map<string, string>()
  for (const block of instances) {
    const own = nameOf(block)
    const entries = ['virtual_ipaddress', 'virtual_ipaddress_excluded'].flatMap((name) => trackedBy(block, name))
    for (const entry of entries) {
      const { keyword } = entry.statement
      const device = optionOf(entry, 'dev') ?? textOf(block, 'interface') ?? ''
      const address = parseIpAddress(keyword.value.split('/')[0] ?? '')?.text
      if (address === undefined) continue
      const key = `${address} ${device}`
      const home = homes.get(key) ?? own
      homes.set(key, home)
      if (home === own || (groups.has(own) && groups.get(own) === groups.get(home))) continue
      const message = `${address} is an address of ${home} as well: the two take it from each other`
      const hint = 'an address belongs to one vrrp_instance'
      findings.warning({ code: 'REPEATED', at: wordPosition(keyword), keyword: address, message, hint })
    }
  }
}

/** AH counts its adverts: who starts as master has no number to go on from. The owner of the addresses does all the same. */
function reportAuthenticatedMaster(block: Block, findings: Findings): void {
  if (isOwner(block)) return
  const state = settingsOf(block, 'state').find(({ values }) => values[0] === 'MASTER')
  const type = textOf(blocksOf(block, 'authentication').at(-1), 'auth_type')
  if (state === undefined || type !== 'AH') return
  const message = `${nameOf(block)}: state MASTER has no effect with auth_type AH`
  const hint = 'it starts as BACKUP, and becomes master when nobody else is'
  noEffect(state.statement.keyword, 'state', message, hint, findings)
}
