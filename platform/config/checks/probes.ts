/** Checks of real servers whose settings contradict each other. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, numberOf, settingOf, textOf } from '../statements/block.ts'

/** Checks that reach their server over the network; as one set of paths, because servers come by the thousands. */
const PROBES: ReadonlySet<string> = new Set(
  ['TCP_CHECK', 'HTTP_GET', 'SSL_GET', 'SMTP_CHECK', 'DNS_CHECK', 'PING_CHECK', 'UDP_CHECK'].map(
    (name) => `virtual_server/real_server/${name}`,
  ),
)

export function checkProbes(root: Block, findings: Findings): void {
  for (const service of blocksOf(root, 'virtual_server')) {
    const timings = new Set<string>()
    for (const server of blocksOf(service, 'real_server')) {
      for (const check of server.blocks) {
        if (!PROBES.has(check.path)) continue
        const hosts = blocksOf(check, 'host')
        for (const block of hosts.length === 0 ? [check] : hosts) reportSource(block, server, findings)
        reportTimeout([check, server, service], timings, findings)
        reportLengths(check, findings)
        for (const url of blocksOf(check, 'url')) reportPattern(url, findings)
      }
    }
  }
}

function titleOf({ statement }: Block): string {
  return statement?.keyword.value ?? ''
}

/** The address a check goes to, as it is written. */
function targetOf(check: Block, server: Block): string {
  return textOf(check, 'connect_ip') ?? String(server.values[0] ?? '')
}

/** Whether a check can come from the address behind its bindto: no packet has two families. */
function bindsToOtherFamily(check: Block, server: Block): boolean {
  const source = textOf(check, 'bindto')
  return source !== undefined && source.includes(':') !== targetOf(check, server).includes(':')
}

function reportSource(check: Block, server: Block, findings: Findings): void {
  const word = settingOf(check, 'bindto')?.statement.keyword
  if (word === undefined || !bindsToOtherFamily(check, server)) return
  const message = `${titleOf(check)}: bindto is not of the family of ${targetOf(check, server)}; it is not used`
  findings.error({ code: 'FAMILY', at: wordPosition(word), keyword: 'bindto', message })
}

/** Timing comes from the check, then its real_server, then its virtual_server. The same of many servers is said once. */
function reportTimeout(blocks: readonly Block[], said: Set<string>, findings: Findings): void {
  const nearest = (keyword: string): Block | undefined => blocks.find((block) => hasSetting(block, keyword))
  const [waiting, looping] = [nearest('connect_timeout'), nearest('delay_loop')]
  const [timeout, loop] = [numberOf(waiting, 'connect_timeout'), numberOf(looping, 'delay_loop')]
  const word = settingOf(waiting, 'connect_timeout')?.statement.keyword
  if (word === undefined || timeout === undefined || loop === undefined || timeout <= loop) return
  if (said.has(`${timeout} ${loop}`)) return
  said.add(`${timeout} ${loop}`)
  const message = `connect_timeout ${timeout} is longer than delay_loop ${loop}: the wait decides how soon a failure shows`
  findings.note({ code: 'TIMEOUT', at: wordPosition(word), keyword: 'connect_timeout', message })
}

function reportLengths(check: Block, findings: Findings): void {
  const [least, most] = [numberOf(check, 'min_reply_length'), numberOf(check, 'max_reply_length') ?? 255]
  const word = settingOf(check, 'min_reply_length')?.statement.keyword
  if (word === undefined || least === undefined || least <= most) return
  const message = `${titleOf(check)}: min_reply_length ${least} is above max_reply_length ${most}: it fails always`
  findings.warning({ code: 'RANGE', at: wordPosition(word), keyword: 'min_reply_length', message })
}

/** What JavaScript reads in another way than PCRE, so that its verdict counts for nothing. */
const PCRE_ONLY = /\(\?|\(\*|\\Q|\[:|\[\^?\]|[*+?}][*+{]/

function reportPattern(url: Block, findings: Findings): void {
  const pattern = textOf(url, 'regex')
  const word = settingOf(url, 'regex')?.statement.args[0]
  const options = settingOf(url, 'regex_options')?.values ?? []
  if (pattern === undefined || word === undefined || PCRE_ONLY.test(pattern)) return
  if (options.includes('literal') || options.includes('extended') || options.includes('extended_more')) return
  const problem = problemOf(pattern)
  if (problem === null) return
  const message = `regex: ${problem}: it can match nothing`
  findings.note({ code: 'REGEX', at: wordPosition(word), keyword: 'regex', message })
}

/** What both of them refuse, in the words of JavaScript. */
const IN_BOTH =
  /^(unterminated group|unterminated character class|unmatched '\)'|\\ at end|range out of|numbers out of)/

/** What is wrong with a pattern; null when PCRE would take it, or may. */
function problemOf(pattern: string): string | null {
  if (/^[*+?]/.test(pattern)) return `nothing that ${pattern.charAt(0)} could repeat stands in front of it`
  try {
    new RegExp(pattern)
    return null
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/^.*\/: /, '').toLowerCase() : ''
    return IN_BOTH.test(text) ? text : null
  }
}
