/** Whether the mail server has an address: asked in a test of the configuration only, for the answer may take its time. */
import { spawnSync } from 'node:child_process'
import type { Config } from '#schemas/config.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, mergeBlocks, settingOf } from '../statements/block.ts'
import { parseIpAddress } from '../statements/ip-address.ts'

export type Resolution = 'found' | 'unknown' | 'no-answer'

/** Longest wait for the address, in milliseconds. */
const PATIENCE_MS = 2_000

/**
 * Warns when the name of smtp_server leads nowhere; keepalived complains too, and sends no mail then. failoverd asks again
 * for each mail. Takes two seconds at most.
 */
export function checkMailServer(root: Block, config: Config, findings: Findings, resolve = resolveHost): void {
  const host = config.mail.server?.host
  const globals = mergeBlocks(blocksOf(root, 'global_defs'))
  const [word] = settingOf(globals, 'smtp_server')?.statement.args ?? []
  // Another namespace may ask other name servers.
  if (host === undefined || word === undefined || config.netNamespace !== null) return
  if (parseIpAddress(host) !== null) return
  const problem = problemOf(resolve(host))
  if (problem === null) return
  const message = `smtp_server: ${host} ${problem}: mail cannot be sent now`
  const hint = 'an address in its place, or a line in /etc/hosts, works without name servers'
  findings.warning({ code: 'MAIL_SERVER', at: wordPosition(word), keyword: 'smtp_server', message, hint })
}

function problemOf(resolution: Resolution): string | null {
  switch (resolution) {
    case 'found':
      return null
    case 'unknown':
      return 'has no address'
    case 'no-answer':
      return `has no address after ${PATIENCE_MS / 1_000} seconds`
  }
}

/** As getaddrinfo(3) does, with /etc/hosts. A process of its own, because only that can be given up. */
export function resolveHost(host: string): Resolution {
  const { status, signal } = spawnSync('getent', ['ahosts', '--', host], { timeout: PATIENCE_MS, stdio: 'ignore' })
  if (signal !== null) return 'no-answer'
  // 2: no such key. Where there is no getent, nothing is known and nothing is said.
  return status === 2 ? 'unknown' : 'found'
}
