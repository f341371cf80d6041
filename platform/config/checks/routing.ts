/** Routes and rules whose words do not go together. The kernel would refuse them, or they would mean something else. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf } from '../statements/block.ts'
import { type Entry, optionOf, type Use } from '../statements/entries.ts'
import type { Value } from '../statements/values.ts'

/** What a rule does with its packets; it is one of them. */
const ACTIONS = ['table', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit', 'l3mdev']
const IPV6_ONLY = ['pref', 'expires']
/** What keepalived, and failoverd, mark their routes and rules with, by number and by name. */
const OURS = [18, 'keepalived']

export function checkRouting(root: Block, findings: Findings): void {
  for (const entry of linesOf(root, 'routes')) {
    const family = reportFamilies('route', entry, findings)
    if (family !== 6) reportIpv6Only(entry, findings)
    reportProtocol(entry, findings)
  }
  for (const entry of linesOf(root, 'rules')) {
    reportFamilies('rule', entry, findings)
    reportActions(entry, findings)
    reportGoto(entry, findings)
    reportProtocol(entry, findings)
  }
}

function linesOf(root: Block, kind: 'routes' | 'rules'): Entry[] {
  const inner = blocksOf(root, 'vrrp_instance').flatMap((block) => blocksOf(block, `virtual_${kind}`))
  return [...blocksOf(root, `static_${kind}`), ...inner].flatMap(({ entries }) => entries)
}

type Family = 4 | 6

/** The family of a line, which its first address or word for it says; an address of the other one is reported. */
function reportFamilies(what: string, entry: Entry, findings: Findings): Family | null {
  let family: Family | null = null
  for (const { word, of } of familiesOf(entry)) {
    family ??= of
    if (of === family) continue
    const message = `${word.value} is for IPv${of} in a ${what} of IPv${family}; the line is left out`
    findings.error({ code: 'FAMILY', at: wordPosition(word), keyword: word.value, message })
    break
  }
  return family
}

function familiesOf({ statement, values, uses }: Entry): { word: Word; of: Family }[] {
  const said = [{ word: statement.keyword, of: familyOf(values[1]) }, ...uses.flatMap(familiesOfUse)]
  return said.flatMap(({ word, of }) => (of === null ? [] : { word, of }))
}

function familiesOfUse({ keyword, word, values, uses }: Use): { word: Word; of: Family | null }[] {
  switch (keyword.key) {
    case 'inet':
      return [{ word, of: 4 }]
    case 'inet6':
      return [{ word, of: 6 }]
    case 'via':
      // A gateway of the other family is written with it.
      return [{ word, of: values[0] === undefined ? familyOf(values[1]) : null }]
    case 'nexthop':
      return uses.flatMap(familiesOfUse)
    case 'src':
    case 'from':
    case 'to':
    case 'gw':
    case 'or':
      return [{ word, of: familyOf(values[0]) }]
    default:
      return []
  }
}

function familyOf(address: Value | undefined): Family | null {
  if (typeof address !== 'string' || address === 'default') return null
  return address.includes(':') ? 6 : 4
}

function reportIpv6Only({ uses }: Entry, findings: Findings): void {
  for (const { keyword, word } of uses) {
    if (!IPV6_ONLY.includes(keyword.key)) continue
    const message = `${word.value} only goes with IPv6; it is not used`
    findings.error({ code: 'FAMILY', at: wordPosition(word), keyword: word.value, message })
  }
}

function reportActions({ statement, uses }: Entry, findings: Findings): void {
  const [first, second] = uses.filter(({ keyword }) => ACTIONS.includes(keyword.key))
  const hint = `one of ${ACTIONS.join(', ')}`
  if (first === undefined) {
    const message = 'a rule that does not say what happens to its packets; it is left out'
    findings.error({ code: 'INCOMPLETE', at: wordPosition(statement.keyword), keyword: 'rule', message, hint })
  } else if (second !== undefined && second.keyword !== first.keyword) {
    const message = `${second.word.value}: the rule has an action already, ${first.word.value}; it is left out`
    findings.error({ code: 'REPEATED', at: wordPosition(second.word), keyword: second.word.value, message, hint })
  }
}

/** A jump goes forwards, and so both ends have to be known. */
function reportGoto(entry: Entry, findings: Findings): void {
  const use = entry.uses.find(({ keyword }) => keyword.key === 'goto')
  const target = optionOf(entry, 'goto')
  const place = optionOf(entry, 'preference')
  if (use === undefined || typeof target !== 'number') return
  if (typeof place === 'number' && place < target) return
  const message = `goto ${target} needs a preference below ${target} in its own rule; the rule is left out`
  findings.error({ code: 'GOTO', at: wordPosition(use.word), keyword: 'goto', message })
}

/** Its lines are recognised by their protocol; those of others cannot be watched. */
function reportProtocol(entry: Entry, findings: Findings): void {
  const protocol = optionOf(entry, 'protocol')
  const use = entry.uses.find(({ keyword }) => keyword.key === 'protocol')
  if (use === undefined || OURS.some((own) => own === protocol) || optionOf(entry, 'no_track')) return
  const message = `protocol ${String(protocol)} is not used: it cannot be watched then`
  const hint = 'write no_track as well, or leave protocol out'
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(use.word), keyword: 'protocol', message, hint })
}
