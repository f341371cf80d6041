/** Which clients of a virtual_server count as one. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, settingOf } from '../statements/block.ts'
import { parseIpAddress } from '../statements/ip-address.ts'
import { serverTitle } from './servers.ts'

export function checkPersistence(root: Block, findings: Findings): void {
  for (const block of blocksOf(root, 'virtual_server')) {
    reportGranularity(block, findings)
    reportSuspension(block, findings)
  }
}

/** A netmask for IPv4, a prefix length for IPv6. */
function reportGranularity(block: Block, findings: Findings): void {
  const word = settingOf(block, 'persistence_granularity')?.statement.args[0]
  if (word === undefined) return
  const { value } = word
  const about = { at: wordPosition(word), keyword: 'persistence_granularity' }
  const title = `${serverTitle(block)}: persistence_granularity ${value}`
  if (familyOf(block) === 6) {
    if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 128) return
    const message = `${title} is no prefix length; it is not used`
    findings.error({ ...about, code: 'GRANULARITY', message, hint: 'allowed for IPv6: 1 to 128' })
  } else if (/^\d+$/.test(value)) {
    // inet_aton(3) takes 24 for 0.0.0.24: four kinds of clients in the whole world. keepalived says nothing of it.
    const message = `${title} is a number, and IPv4 needs a netmask: nearly all clients would count as one`
    findings.warning({ ...about, code: 'NETMASK', message, hint: maskHint(Number(value)) })
  } else if (parseIpAddress(value)?.family !== 4) {
    const message = `${title} is no netmask; it is not used`
    const [, length = ''] = /^\/(\d+)$/.exec(value) ?? []
    findings.error({ ...about, code: 'GRANULARITY', message, hint: maskHint(length === '' ? 24 : Number(length)) })
  } else if (!isMask(value)) {
    const message = `${title} is no netmask: its ones are not in front`
    findings.note({ ...about, code: 'NETMASK', message, hint: 'such as 255.255.255.0' })
  }
}

/** That of the address, or of the real servers of a firewall mark or group. */
function familyOf(block: Block): 4 | 6 | null {
  const [address] = block.values
  const place = typeof address === 'string' ? address : blocksOf(block, 'real_server')[0]?.values[0]
  return place === undefined ? null : String(place).includes(':') ? 6 : 4
}

function maskHint(length: number): string {
  if (length > 32) return 'such as 255.255.255.0'
  return `write ${maskOf(length)} for /${length}`
}

function maskOf(length: number): string {
  const bits = 2 ** 32 - 2 ** (32 - length)
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.')
}

function isMask(value: string): boolean {
  return Array.from({ length: 33 }, (_, length) => maskOf(length)).includes(value)
}

/** A firewall mark has no address that could be on this node or not. */
function reportSuspension(block: Block, findings: Findings): void {
  const word = settingOf(block, 'ha_suspend')?.statement.keyword
  if (word === undefined || block.statement?.args[0]?.value !== 'fwmark') return
  const message = `${serverTitle(block)}: ha_suspend has no effect with a firewall mark`
  findings.warning({ code: 'NO_EFFECT', at: wordPosition(word), keyword: 'ha_suspend', message })
}
