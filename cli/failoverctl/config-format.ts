import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { Look } from '#platform/config/findings/diagnostic.ts'
import { reportText } from '#platform/config/findings/report.ts'
import { formatConfig } from '#platform/config/forms/format.ts'
import { HaError } from '#platform/errors.ts'
import { done, failed, type Outcome } from './outcome.ts'

export interface FormatOptions {
  check: boolean
  write: boolean
  look: Look
}

/** The name of standard input. */
const STDIN = '-'

/**
 * The file formatted, or written back, or only whether that would change it. Fails for one that cannot be formatted,
 * with the findings, and with `check` for one that would change. @throws HaError USAGE, CONFIG_FILE
 */
export function formatFile(file: string, { check, write, look }: FormatOptions): Outcome {
  if (write && file === STDIN) throw new HaError('USAGE', 'standard input cannot be written back')
  const { text, encoding } = readText(file)
  const result = formatConfig(text, file)
  if (!result.ok) return failed(`${reportText(result.diagnostics, look)}${file}: not formatted\n`)
  const changes = result.text !== text
  if (check) return changes ? failed('', `${file} would be formatted\n`) : done('')
  const bytes = Buffer.from(result.text, encoding)
  if (!write) return done(bytes)
  if (changes) replaceFile(realpathSync(file), bytes)
  return done('')
}

/** Comments in an encoding of the past have to come out as they went in. */
function readText(file: string): { text: string; encoding: 'utf8' | 'latin1' } {
  const bytes = readBytes(file)
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return { text, encoding: 'utf8' }
  return { text: bytes.toString('latin1'), encoding: 'latin1' }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file === STDIN ? 0 : file)
  } catch (cause) {
    throw new HaError('CONFIG_FILE', `cannot read ${file}`, { cause })
  }
}

/** All of it or nothing, with the mode and the owner that it had. */
function replaceFile(path: string, content: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const { mode, uid, gid } = statSync(path)
    const file = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(file, content)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    chownSync(temporary, uid, gid)
    chmodSync(temporary, mode & 0o7777)
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new HaError('CONFIG_FILE', `cannot write ${path}`, { cause })
  }
}
