/** Routes and rules whose words do not go together. The kernel would refuse them, or they would mean something else. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import type { Block } from '../statements/block.ts'
import { type Entry, optionOf } from '../statements/entries.ts'
import {
  ACTIONS,
  type Family,
  familyOfLine,
  isForward,
  routingLines,
  usesProtocol,
} from '../statements/routing-lines.ts'

const IPV6_ONLY = ['pref', 'expires']

export function checkRouting(root: Block, findings: Findings): void {
  for (const { entry } of routingLines(root, 'routes')) {
    const family = reportFamilies('route', entry, findings)
    if (family !== 6) reportIpv6Only(entry, findings)
    reportProtocol(entry, findings)
  }
  for (const { entry } of routingLines(root, 'rules')) {
    reportFamilies('rule', entry, findings)
    reportActions(entry, findings)
    reportGoto(entry, findings)
    reportProtocol(entry, findings)
  }
}

/** The family of a line; an address of another one is reported. */
function reportFamilies(what: string, entry: Entry, findings: Findings): Family | null {
  const { family, stranger } = familyOfLine(entry)
  if (stranger !== null) {
    const { word, of } = stranger
    const message = `${word.value} is for IPv${of} in a ${what} of IPv${family}; the line is left out`
    findings.error({ code: 'FAMILY', at: wordPosition(word), keyword: word.value, message })
  }
  return family
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
  if (use === undefined || isForward(entry)) return
  const target = String(optionOf(entry, 'goto'))
  const message = `goto ${target} needs a preference below ${target} in its own rule; the rule is left out`
  findings.error({ code: 'GOTO', at: wordPosition(use.word), keyword: 'goto', message })
}

/** Its lines are recognised by their protocol; those of others cannot be watched. */
function reportProtocol(entry: Entry, findings: Findings): void {
  const protocol = optionOf(entry, 'protocol')
  const use = entry.uses.find(({ keyword }) => keyword.key === 'protocol')
  if (use === undefined || usesProtocol(entry)) return
  const message = `protocol ${String(protocol)} is not used: it cannot be watched then`
  const hint = 'write no_track as well, or leave protocol out'
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(use.word), keyword: 'protocol', message, hint })
}
