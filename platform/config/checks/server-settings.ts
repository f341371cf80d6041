/** Settings of a virtual_server that are not there, or that others leave without effect. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, settingOf, textOf } from '../statements/block.ts'
import { serverTitle } from './servers.ts'

/** Choices that ought to be written down: their defaults surprise too often to be silent. */
const CHOICES = { protocol: 'UDP', lvs_sched: 'wlc', lvs_method: 'NAT' } as const

/** Flags that one scheduler alone understands. */
const FLAGS = { 'sh-port': 'sh', 'sh-fallback': 'sh', 'mh-port': 'mh', 'mh-fallback': 'mh' } as const

export function checkServerSettings(root: Block, findings: Findings): void {
  for (const block of blocksOf(root, 'virtual_server')) {
    if (block.statement === null) continue
    reportAbsent(block, findings)
    reportWithoutPort(block, findings)
    reportFlags(block, findings)
    reportSorryOrder(block, findings)
  }
}

function reportAbsent(block: Block, findings: Findings): void {
  const word = block.statement?.keyword
  if (word === undefined) return
  const at = wordPosition(word)
  // That it has not even an address has been said.
  if (block.statement?.args.length === 0) return
  if (blocksOf(block, 'real_server').length === 0 && !block.damaged.has('real_server')) {
    const message = `${serverTitle(block)} has no real_server; it is left out`
    findings.error({ code: 'NO_REAL_SERVER', at, keyword: word.value, message })
    return
  }
  const mark = block.statement?.args[0]?.value === 'fwmark'
  for (const [keyword, fallback] of Object.entries(CHOICES)) {
    // A firewall mark stands for packets of any protocol.
    if (hasSetting(block, keyword) || block.damaged.has(keyword) || (mark && keyword === 'protocol')) continue
    const message = `${serverTitle(block)} has no ${keyword}; ${fallback} is used`
    findings.warning({ code: `NO_${keyword.toUpperCase()}`, at, keyword, message })
  }
}

/** Without a port all ports are served, which IPVS only does for clients that stay with their server. */
function reportWithoutPort(block: Block, findings: Findings): void {
  const [first, port] = block.statement?.args ?? []
  if (first === undefined || /^(fwmark|group)$/.test(first.value) || (port !== undefined && port.value !== '0')) return
  if (hasSetting(block, 'persistence_timeout') || block.damaged.has('persistence_timeout')) return
  const message = `${serverTitle(block)} has no port: it becomes persistent, for 360 seconds`
  const hint = 'persistence_timeout says so, and for how long'
  findings.warning({ code: 'NO_PORT', at: wordPosition(first), keyword: 'virtual_server', message, hint })
}

function reportFlags(block: Block, findings: Findings): void {
  const scheduler = textOf(block, 'lvs_sched') ?? CHOICES.lvs_sched
  for (const [flag, wanted] of Object.entries(FLAGS)) {
    if (scheduler !== wanted) noEffect(block, flag, `with lvs_sched ${scheduler}`, `it is for ${wanted}`, findings)
  }
  const protocol = textOf(block, 'protocol')
  if (protocol === 'TCP' || protocol === 'SCTP') {
    noEffect(block, 'ops', `with protocol ${protocol}`, 'one packet scheduling is for UDP', findings)
  }
}

function noEffect(block: Block, keyword: string, because: string, hint: string, findings: Findings): void {
  const word = settingOf(block, keyword)?.statement.keyword
  if (word === undefined) return
  const message = `${serverTitle(block)}: ${keyword} has no effect ${because}`
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword, message, hint })
}

/** What is said of a sorry_server counts for the one that stands above. */
function reportSorryOrder(block: Block, findings: Findings): void {
  const sorry = settingOf(block, 'sorry_server')?.statement.keyword
  for (const keyword of ['sorry_server_inhibit', 'sorry_server_lvs_method']) {
    const word = settingOf(block, keyword)?.statement.keyword
    if (word === undefined || block.damaged.has('sorry_server')) continue
    const above = sorry !== undefined && wordPosition(sorry).line <= wordPosition(word).line
    if (above) continue
    noEffect(block, keyword, 'in front of sorry_server, or without it', 'write it below', findings)
  }
}
