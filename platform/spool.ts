import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { appendFile, chown, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from './errors.ts'
import type { Log } from './log.ts'

const SPOOL_FILE = 'outbox.jsonl'
/** How long to leave a disk alone that refused a write, milliseconds. */
const RETRY_MS = 5_000
const NEWLINE = 0x0a

/** The outbox on disk: one event a line, oldest first; the last line is the head of the source's chain. */
export interface Spool {
  append(line: Uint8Array): void
  /** Writes the file anew from `contents` when it holds more lines than these. */
  compact(keepLines: number): void
  /** Resolves when nothing waits to be written, or when the disk refuses. */
  settled(): Promise<void>
}

export interface SpoolOptions {
  folder: string
  /** Who will go on writing once this process has given up root. */
  owner: { uid: number; gid: number } | null
  /** All lines that have to be in the file. */
  contents(): Uint8Array[]
  log: Log
}

/** What an earlier process left; a line that it was killed in the middle of is left out. Never throws. */
export function readSpool(folder: string, log: Log): Uint8Array[] {
  try {
    return splitLines(readFileSync(join(folder, SPOOL_FILE)))
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ENOENT')) log.error({ err }, 'cannot read the spool')
    return []
  }
}

/**
 * A spool that never blocks: writes are handed to libuv's pool, one at a time, whatever has come together meanwhile in
 * one write. The disk's refusal (full, read-only) is logged once; the lines stay in memory and are written later.
 */
export function openSpool(options: SpoolOptions): Spool {
  const { contents, log } = options
  prepareFolder(options)
  const file = spoolFile(options)
  // Whatever is there may end in half a line, so the first write replaces the file.
  let rewrite = true
  let waiting: Uint8Array[] = []
  let working: Promise<void> | null = null
  let refused = false
  let mended = false

  async function writeOnce(): Promise<void> {
    const batch = waiting
    waiting = []
    if (!rewrite) return file.append(batch)
    rewrite = false
    await file.replace(contents())
  }

  async function work(): Promise<void> {
    while (rewrite || waiting.length > 0) {
      try {
        await writeOnce()
        if (refused) log.info('the spool is written again')
        refused = false
      } catch (err) {
        // The failed write may have left half a line: begin again from what is in memory.
        rewrite = true
        // Half-way through giving root up the file is still root's: replacing it, which the folder's owner may, mends it.
        const mendable = !mended && (isErrno(err, 'EACCES') || isErrno(err, 'EPERM'))
        mended ||= mendable
        if (mendable) continue
        if (!refused) log.error({ err }, 'cannot write the spool: events are kept in memory')
        refused = true
        setTimeout(start, RETRY_MS).unref()
        return
      }
    }
  }

  /** Begins after the caller, and after what it has just given the network: lines of one moment are one write. */
  function start(): void {
    working ??= Promise.resolve()
      .then(work)
      .finally(() => {
        working = null
      })
  }

  return {
    append(line) {
      waiting.push(line)
      if (!refused) start()
    },
    compact(keepLines) {
      if (refused || file.lines() <= keepLines) return
      rewrite = true
      start()
    },
    async settled() {
      while (working !== null) await working
    },
  }
}

/** The file itself; its promises reject when the disk refuses. */
function spoolFile({ folder, owner }: SpoolOptions) {
  const path = join(folder, SPOOL_FILE)
  const fresh = `${path}.new`
  let lines = 0
  return {
    lines: () => lines,
    async append(more: Uint8Array[]): Promise<void> {
      lines += more.length
      await appendFile(path, joinLines(more))
    },
    async replace(all: Uint8Array[]): Promise<void> {
      try {
        await writeFile(fresh, joinLines(all), { mode: 0o600 })
        // Written by root, appended to by whom the process becomes: the write may have begun before it gave root up.
        if (owner !== null && process.getuid?.() === 0) await chown(fresh, owner.uid, owner.gid)
        await rename(fresh, path)
        lines = all.length
      } catch (cause) {
        // Half a file on a full disk takes the room that the store needs. The first error is the one to tell.
        await unlink(fresh).catch(() => undefined)
        throw cause
      }
    },
  }
}

function prepareFolder({ folder, owner, log }: SpoolOptions): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (owner !== null) {
      const path = join(folder, SPOOL_FILE)
      writeFileSync(path, '', { flag: 'a', mode: 0o600 })
      chownSync(folder, owner.uid, owner.gid)
      chownSync(path, owner.uid, owner.gid)
    }
  } catch (err) {
    log.error({ err }, 'cannot prepare the spool')
  }
}

function splitLines(file: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let start = 0
  for (let end = file.indexOf(NEWLINE); end >= 0; end = file.indexOf(NEWLINE, start)) {
    if (end > start) lines.push(file.subarray(start, end))
    start = end + 1
  }
  return lines
}

function joinLines(lines: Uint8Array[]): Uint8Array {
  const newline = Uint8Array.of(NEWLINE)
  return Buffer.concat(lines.flatMap((line) => [line, newline]))
}
