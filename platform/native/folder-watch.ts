import { closeSync, readSync } from 'node:fs'
import { isErrno } from '../errors.ts'
import { addon, check, errnoError } from './addon.ts'

/** inotify(7) */
const IN_CLOSE_WRITE = 0x8
const IN_MOVED_FROM = 0x40
const IN_MOVED_TO = 0x80
const IN_DELETE = 0x200
const IN_DELETE_SELF = 0x400
const IN_MOVE_SELF = 0x800
const IN_IGNORED = 0x8000
const IN_ONLYDIR = 0x100_0000
const GONE = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED
const MASK = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
const READ_SIZE = 16_384

/** What happened in a folder. */
export type FolderEvent =
  /** A file was written and closed, moved in or out, or removed. */
  | { type: 'changed'; name: string }
  /** The folder itself is gone, or too much has happened at once: nothing is known any more. */
  | { type: 'lost' }

/**
 * Tells when files of a folder are complete: after they were closed, moved or removed, not while they are written.
 *
 * @throws an errno error; ENOENT and ENOTDIR when there is no such folder
 */
export function watchFolder(path: string, onEvent: (event: FolderEvent) => void): { close(): void } {
  const fd = check('inotify_init', addon.inotifyInit())
  let handle: object | null = null
  try {
    check('inotify_add_watch', addon.inotifyAdd(fd, path, MASK))
    arm()
  } catch (cause) {
    closeSync(fd)
    throw cause
  }

  /** The addon says once that there is something to read. */
  function arm(): void {
    const next = addon.watch(fd, 0, 0, 0, read)
    if (typeof next === 'number') throw errnoError('poll', next)
    handle = next
  }

  function read(): void {
    if (handle === null) return
    addon.unwatch(handle)
    handle = null
    arm()
    const buffer = Buffer.alloc(READ_SIZE)
    for (const event of decodeEvents(buffer.subarray(0, readQueued(fd, buffer)))) if (handle !== null) onEvent(event)
  }

  return {
    close() {
      if (handle === null) return
      addon.unwatch(handle)
      handle = null
      closeSync(fd)
    },
  }
}

function readQueued(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer)
  } catch (cause) {
    if (isErrno(cause, 'EAGAIN')) return 0
    throw cause
  }
}

/** struct inotify_event: watch i32 | mask u32 | cookie u32 | length u32 | name, padded with NULs. */
export function decodeEvents(bytes: Buffer): FolderEvent[] {
  const events: FolderEvent[] = []
  for (let at = 0; at + 16 <= bytes.length; ) {
    const mask = bytes.readUInt32LE(at + 4)
    const length = bytes.readUInt32LE(at + 12)
    const name = bytes.toString('utf8', at + 16, at + 16 + length).replace(/\0.*$/s, '')
    // An overflow of the queue has neither a name nor a folder.
    events.push((mask & GONE) !== 0 || name === '' ? { type: 'lost' } : { type: 'changed', name })
    at += 16 + length
  }
  return events
}
