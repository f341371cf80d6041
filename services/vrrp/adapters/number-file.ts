import { chownSync, closeSync, constants, existsSync, openSync, readSync, statfsSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Cancel, Clock } from '#platform/clock-port.ts'
import { describeError, isErrno } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { watchFolder } from '#platform/native/folder-watch.ts'
import type { FileTracker } from '#schemas/tracking.ts'
import { FILE_READ_BYTES } from '../core/file-value.ts'
import type { OpenNumberFile } from '../ports.ts'

/** How often a folder is looked for that is not there. */
const LOOK_AGAIN_MS = 1_000

/** Follows a file by the folder that it is in: it may be replaced, or not be there yet. */
export function numberFiles({ clock, log }: { clock: Clock; log: Log }): OpenNumberFile {
  return (path, onText) => {
    const folder = dirname(path)
    let watch: { close(): void } | null = null
    let cancel: Cancel = () => {}
    let isMissing = false

    function look(): void {
      try {
        watch = watchFolder(folder, (event) => {
          if (event.type === 'lost') lose()
          else if (event.name === basename(path)) onText(readStart(path, log))
        })
        isMissing = false
      } catch (cause) {
        if (!isMissing) log.warn({ path, err: describeError(cause) }, 'the folder of a tracked file cannot be watched')
        isMissing = true
        cancel = clock.at(clock.now() + LOOK_AGAIN_MS, look)
      }
      onText(readStart(path, log))
    }

    function lose(): void {
      watch?.close()
      watch = null
      look()
    }

    look()
    return {
      close() {
        cancel()
        watch?.close()
      },
    }
  }
}

/** null: it is not there, or cannot be read. */
function readStart(path: string, log: Log): string | null {
  const buffer = Buffer.alloc(FILE_READ_BYTES)
  try {
    // A FIFO without a writer must not hold us up.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return buffer.toString('latin1', 0, readSync(fd, buffer))
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) log.warn({ path, err: describeError(cause) }, 'a tracked file cannot be read')
    return null
  }
}

/** statfs(2): proc, sysfs, cgroup2, tracefs, debugfs, NFS, SMB, CIFS and 9p, where a number is not ours to write. */
const FOREIGN = new Set([
  0x9fa0, 0x6265_6572, 0x6367_7270, 0x7472_6163, 0x6462_6720, 0x6969, 0x517b, 0xff53_4d42, 0x0102_1997,
])

/** init_file: what tracked files hold at the start. What cannot be written is said, and everything else goes on. */
export function initialiseFiles(files: readonly FileTracker[], log: Log): void {
  for (const { path, init } of files) {
    if (init === null || (!init.overwrite && existsSync(path))) continue
    try {
      if (FOREIGN.has(statfsSync(dirname(path)).type)) throw new Error('no place for files of ours')
      writeFileSync(path, `${init.value}\n`)
    } catch (cause) {
      log.error({ path, err: describeError(cause) }, 'a tracked file cannot be initialised')
    }
  }
}

/**
 * Whether this is the first process of its name since the daemon was started: a later one must not set files back that
 * somebody has written meanwhile. `folder` is the service's own, `boot` changes with every start of the daemon.
 */
export function isFirstSince(boot: string, folder: string, owner: { uid: number; gid: number } | null): boolean {
  const path = `${folder}/boot`
  const mark = readMark(path)
  if (mark === boot) return false
  writeFileSync(path, boot)
  if (owner !== null && process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid)
  return true
}

function readMark(path: string): string | null {
  try {
    const fd = openSync(path, constants.O_RDONLY)
    try {
      const buffer = Buffer.alloc(256)
      return buffer.toString('utf8', 0, readSync(fd, buffer))
    } finally {
      closeSync(fd)
    }
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw cause
  }
}
