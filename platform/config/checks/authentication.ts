/** auth_hmac blocks whose keys cannot be used. */

import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, hasSetting, numberOf, settingOf, settingsOf } from '../statements/block.ts'
import { nameOf } from './instances.ts'

/** Lengths of keys, in bytes. */
const SHORTEST = 32
const LONGEST = 64

export function checkAuthentication(root: Block, findings: Findings): void {
  for (const instance of blocksOf(root, 'vrrp_instance')) {
    for (const block of blocksOf(instance, 'auth_hmac')) {
      reportKeys(block, nameOf(instance), findings)
      reportActiveKey(block, nameOf(instance), findings)
      reportBoth(instance, block, findings)
    }
  }
}

function reportKeys(block: Block, name: string, findings: Findings): void {
  const seen = new Set<number>()
  for (const { statement, values } of settingsOf(block, 'key')) {
    const [id, key] = values
    if (typeof id !== 'number' || typeof key !== 'string') continue
    const about = { at: wordPosition(statement.keyword), keyword: 'key' }
    const problem = problemOf(key)
    if (problem !== null) {
      const hint = `allowed: ${SHORTEST} to ${LONGEST} bytes; behind hex: two digits each`
      findings.error({ ...about, code: 'KEY', message: `${name}: key ${id} ${problem}; it is not used`, hint })
    }
    if (seen.has(id)) findings.error({ ...about, code: 'REPEATED', message: `${name}: key ${id} is given twice` })
    seen.add(id)
  }
}

/** What is wrong with the text of a key; null when nothing can be seen of it, as of a file. */
function problemOf(key: string): string | null {
  if (key.startsWith('file:')) return null
  const digits = key.startsWith('hex:') ? key.slice('hex:'.length) : null
  if (digits !== null && !/^([\da-f]{2})*$/i.test(digits)) return 'is not hexadecimal'
  const bytes = digits === null ? Buffer.byteLength(key) : digits.length / 2
  if (bytes >= SHORTEST && bytes <= LONGEST) return null
  return `has ${bytes} bytes, and not ${SHORTEST} to ${LONGEST}`
}

function reportActiveKey(block: Block, name: string, findings: Findings): void {
  const active = numberOf(block, 'active_key')
  const word = settingOf(block, 'active_key')?.statement.args[0]
  const keys = settingsOf(block, 'key')
  // A key that could not be read may be the one.
  if (active === undefined || word === undefined || keys.length === 0 || block.damaged.has('key')) return
  if (keys.some(({ values: [id] }) => id === active)) return
  const message = `${name}: active_key ${active} is not among its keys: no advert can be signed`
  const hint = `its keys are ${keys.map(({ values: [id] }) => id).join(', ')}`
  findings.error({ code: 'UNKNOWN_NAME', at: wordPosition(word), keyword: 'active_key', message, hint })
}

function reportBoth(instance: Block, block: Block, findings: Findings): void {
  const [simple] = blocksOf(instance, 'authentication')
  const word = block.statement?.keyword
  if (simple === undefined || !hasSetting(simple, 'auth_type') || word === undefined) return
  const message = `${nameOf(instance)}: auth_hmac and authentication exclude each other`
  const hint = 'auth_hmac is the safe one; keep the same on all nodes'
  findings.error({ code: 'AUTHENTICATION', at: wordPosition(word), keyword: 'auth_hmac', message, hint })
}
