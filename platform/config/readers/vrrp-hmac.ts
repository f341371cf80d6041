/** The auth_hmac block of a vrrp_instance. */
import type { AdvertHmac, VrrpInstance } from '#schemas/config.ts'
import { wordPosition } from '../language/text.ts'
import { type Block, blocksOf, numberOf, type Setting, settingsOf, textOf } from '../statements/block.ts'
import { isStrict } from './vrrp-election.ts'
import { leaveOut, type Reading } from './vrrp-reading.ts'

/** Lengths of keys, in bytes. */
const SHORTEST = 32
const LONGEST = 64
const IN_FILE = 'file:'
const IN_DIGITS = 'hex:'
const SMALLEST_WINDOW_MS = 5_000

/**
 * null: no signatures. `undefined`: signatures are wanted and there is nothing to sign with, so that the instance is left
 * out, which is reported: other nodes would drop its adverts, and both would be master.
 */
export function readHmac(reading: Reading, advertIntervalMs: number): VrrpInstance['hmac'] | undefined {
  const block = blocksOf(reading.block, 'auth_hmac').at(-1)
  if (block === undefined) return null
  const keys = readKeys(reading, block)
  const activeKeyId = numberOf(block, 'active_key')
  if (activeKeyId === undefined || !keys.some(({ id }) => id === activeKeyId)) {
    const hint = 'active_key is the number of one of its keys, which have 32 to 64 bytes'
    leaveOut(reading, 'KEY', 'has no key that it could sign its adverts with (auth_hmac)', hint)
    return undefined
  }
  const window = numberOf(block, 'time_window')
  return {
    keys,
    activeKeyId,
    mode: isStrict(reading) ? 'enforce' : modeOf(textOf(block, 'mode')),
    antiReplay: textOf(block, 'anti_replay') === 'monotonic' ? 'monotonic' : 'time',
    windowMs: window === undefined ? Math.max(SMALLEST_WINDOW_MS, 3 * advertIntervalMs) : window * 1_000,
  }
}

function modeOf(word: string | undefined): AdvertHmac['mode'] {
  return word === 'permissive' || word === 'receive-only' ? word : 'enforce'
}

/** The first of a number counts. What is wrong with the others, and with the text of a key, is said elsewhere. */
function readKeys(reading: Reading, block: Block): AdvertHmac['keys'] {
  const keys = new Map<number, string>()
  for (const setting of settingsOf(block, 'key')) {
    const [id, text] = setting.values
    if (typeof id !== 'number' || typeof text !== 'string' || keys.has(id)) continue
    const key = text.startsWith(IN_FILE) ? keyInFile(reading, setting, text.slice(IN_FILE.length)) : keyBytes(text)
    if (key !== null) keys.set(id, key.toString('hex'))
  }
  return [...keys].map(([id, key]) => ({ id, key }))
}

/** null: not to be used. */
function keyBytes(text: string): Buffer | null {
  const digits = text.startsWith(IN_DIGITS) ? text.slice(IN_DIGITS.length) : null
  if (digits !== null && !/^([\da-f]{2})*$/i.test(digits)) return null
  const key = digits === null ? Buffer.from(text) : Buffer.from(digits, 'hex')
  return key.length >= SHORTEST && key.length <= LONGEST ? key : null
}

/** A file holds a key as the configuration would: text, or hex: and digits; the end of its line does not count. */
function keyInFile({ name, files, findings }: Reading, { statement, values }: Setting, path: string): Buffer | null {
  const content = files.read(path)
  const key = content.ok ? keyBytes(content.text.replace(/\r?\n$/, '')) : null
  if (key !== null) return key
  const reason = content.ok
    ? `has no key of ${SHORTEST} to ${LONGEST} bytes in it`
    : `cannot be read (${content.reason})`
  const message = `${name}: key ${values[0]}: ${path} ${reason}; it is not used`
  findings.error({ code: 'KEY', at: wordPosition(statement.keyword), keyword: 'key', message })
  return null
}
