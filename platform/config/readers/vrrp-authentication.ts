/** The authentication block of a vrrp_instance. */
import type { VrrpInstance } from '#schemas/config.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, settingOf, textOf } from '../statements/block.ts'
import { isStrict } from './vrrp-election.ts'
import { openingOf, type Reading } from './vrrp-reading.ts'

/** Longest simple password that fits an advert (RFC 2338 5.3.6). */
const PASSWORD_LENGTH = 8

/** Anything but a usable simple password means none, which is reported. */
export function readAuthentication(reading: Reading, version: 2 | 3): VrrpInstance['authentication'] {
  const { block, name, findings } = reading
  const authentication = blocksOf(block, 'authentication').at(-1)
  const type = textOf(authentication, 'auth_type')
  // Of the two the signature is the safe one; that they exclude each other has been said.
  if (blocksOf(block, 'auth_hmac').length > 0) return NO_AUTH
  if (authentication === undefined || (type === undefined && authentication.damaged.has('auth_type'))) return NO_AUTH
  const at = openingOf(authentication)
  const none = version === 3 ? 'version 3' : isStrict(reading) ? 'strict_mode' : null
  if (none !== null) {
    const message = `${name}: ${none} has no authentication; it is left out`
    findings.error({ code: 'AUTHENTICATION', at, keyword: 'authentication', message })
    return NO_AUTH
  }
  const password = textOf(authentication, 'auth_pass') ?? ''
  if (type === undefined || password === '') {
    if (authentication.damaged.has('auth_pass')) return NO_AUTH
    const absent = type === undefined ? 'auth_type' : 'auth_pass'
    const message = `${name}: authentication without ${absent} is left out`
    findings.error({ code: 'AUTHENTICATION', at, keyword: 'authentication', message })
    return NO_AUTH
  }
  return { type: 'pass', password: shortened(reading, authentication, password) }
}

const NO_AUTH = { type: 'none' } as const

function shortened({ name, findings }: Reading, authentication: Block, password: string): string {
  const bytes = Buffer.from(password)
  const written = settingOf(authentication, 'auth_pass')
  if (bytes.length <= PASSWORD_LENGTH || written === undefined) return password
  const message = `${name}: auth_pass is longer than ${PASSWORD_LENGTH} characters; only the first ${PASSWORD_LENGTH} count`
  const at = wordPosition(written.statement.keyword)
  findings.warning({ code: 'CUT', at, keyword: 'auth_pass', message })
  return bytes.subarray(0, PASSWORD_LENGTH).toString()
}
