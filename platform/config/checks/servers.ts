/** What the parts of a virtual_server say that cannot all hold. */

import type { Findings } from '../findings/diagnostic.ts'
import { type Word, wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, numberOf, settingOf } from '../statements/block.ts'

export function checkServers(root: Block, findings: Findings): void {
  for (const block of blocksOf(root, 'virtual_server')) {
    reportQuorum(block, findings)
    reportProtocol(block, findings)
    reportSorryServer(block, findings)
  }
  reportEmptyGroups(root, findings)
}

/** A service as its block names it. */
export function serverTitle({ statement }: Block): string {
  return ['virtual_server', ...(statement?.args.slice(0, 2) ?? []).map(({ value }) => value)].join(' ')
}

/** A quorum that all real servers together do not reach, or not reach again after it was lost. */
function reportQuorum(block: Block, findings: Findings): void {
  const servers = blocksOf(block, 'real_server')
  const written = settingOf(block, 'quorum') ?? settingOf(block, 'hysteresis')
  const word = written?.statement.keyword ?? block.statement?.keyword
  if (word === undefined || servers.length === 0 || block.damaged.has('real_server')) return
  const weights = servers.map((server) => numberOf(server, 'weight') ?? numberOf(block, 'weight') ?? 1)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const quorum = numberOf(block, 'quorum') ?? 1
  const hysteresis = numberOf(block, 'hysteresis') ?? 0
  const at = wordPosition(word)
  const keyword = word.value
  const total = `the weights of its real servers add up to ${sum}`
  if (quorum > sum) {
    const message = `${serverTitle(block)}: quorum ${quorum} can never be reached: ${total}`
    findings.warning({ code: 'QUORUM', at, keyword, message, hint: 'lower the quorum, or raise the weights' })
  } else if (hysteresis >= quorum && hysteresis > 0) {
    const message = `${serverTitle(block)}: hysteresis ${hysteresis} is not below quorum ${quorum}: it is not used`
    findings.warning({ code: 'QUORUM', at, keyword, message, hint: `allowed: 0 to ${quorum - 1}` })
  } else if (quorum + hysteresis > sum) {
    const message = `${serverTitle(block)}: once lost, the quorum never comes back: that takes ${quorum} + ${hysteresis}, and ${total}`
    findings.warning({ code: 'QUORUM', at, keyword, message, hint: `quorum and hysteresis together: at most ${sum}` })
  }
}

/** A firewall mark stands for packets of any protocol. */
function reportProtocol(block: Block, findings: Findings): void {
  const protocol = settingOf(block, 'protocol')?.statement.keyword
  if (block.statement?.args[0]?.value !== 'fwmark' || protocol === undefined) return
  const message = `${serverTitle(block)}: protocol has no effect with a firewall mark`
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(protocol), keyword: 'protocol', message, hint: 'remove it' })
}

/** It is allowed, and of no use while that server is checked. */
function reportSorryServer(block: Block, findings: Findings): void {
  const written = settingOf(block, 'sorry_server')?.statement
  if (written === undefined || hasSetting(block, 'sorry_server_inhibit')) return
  const place = (words: readonly Word[]): string => words.map(({ value }) => value).join(' ')
  const sorry = place(written.args.slice(0, 2))
  if (!blocksOf(block, 'real_server').some(({ statement }) => place(statement?.args ?? []) === sorry)) return
  const message = `${serverTitle(block)}: the sorry_server is one of its real servers`
  const hint = 'with all real servers down it gets the clients although its checks fail'
  findings.note({ code: 'SORRY_SERVER', at: wordPosition(written.keyword), keyword: 'sorry_server', message, hint })
}

function reportEmptyGroups(root: Block, findings: Findings): void {
  for (const { statement, entries, damaged } of blocksOf(root, 'virtual_server_group')) {
    if (statement === null || entries.length > 0 || damaged.has('(entry)')) continue
    const message = `virtual_server_group ${statement.args[0]?.value} has no entries; what uses it is left out`
    const hint = 'it needs addresses or firewall marks, one a line'
    const at = wordPosition(statement.keyword)
    findings.error({ code: 'INCOMPLETE', at, keyword: 'virtual_server_group', message, hint })
  }
}
