/**
 * Command lines that travel as files, one line a file, numbered from 1: into a guest without a terminal. Its hostfs
 * tells nothing of changes and caches the pages of a growing file, but a name that has come into being is seen at once.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isErrno } from '#platform/errors.ts'

const LOOK_EVERY_MS = 200

export interface CommandFolder {
  write(line: string): void
}

export function writeCommands(folder: string): CommandFolder {
  let number = 0
  return {
    write(line) {
      number += 1
      const file = join(folder, `${number}.command`)
      writeFileSync(`${file}.tmp`, line)
      // A reader must never see half a line.
      renameSync(`${file}.tmp`, file)
    },
  }
}

/** The lines in their order, as they come, without end. */
export async function* readCommands(folder: string): AsyncGenerator<string> {
  for (let number = 1; ; number += 1) {
    const file = join(folder, `${number}.command`)
    let line = readIfThere(file)
    while (line === null) {
      await pause(LOOK_EVERY_MS)
      line = readIfThere(file)
    }
    rmSync(file, { force: true })
    yield line
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw cause
  }
}
