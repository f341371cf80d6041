import { chmodSync, chownSync, copyFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { HaError, isErrno } from '#platform/errors.ts'

/** A file that lies beside the one it is to take the place of, so that relative includes in it mean the same there. */
export interface StagedFile {
  path: string
  /** Puts it in place at once, keeping what was there as `.bak`. */
  put(): void
  /** Puts back what was there before `put`. */
  putBack(): void
  /** Takes it away; nothing is left to do after `put`. */
  discard(): void
}

/** Stages a copy of `source` for `target`, with the mode and the owner of what is there. @throws HaError CONFIG_FILE */
export function stageFile(source: string, target: string): StagedFile {
  const path = `${target}.new`
  const backup = `${target}.bak`
  const existed = checked(`cannot write ${path}`, () => {
    const before = statOf(target)
    // To the disk before it takes its place: a power cut must not leave an empty file.
    writeFileSync(path, readFileSync(source), { mode: 0o600, flush: true })
    chmodSync(path, (before?.mode ?? 0o644) & 0o777)
    if (before !== null) chownSync(path, before.uid, before.gid)
    return before
  })

  function keepBackup(): void {
    if (existed === null) return
    copyFileSync(target, backup)
    chmodSync(backup, existed.mode & 0o777)
    chownSync(backup, existed.uid, existed.gid)
  }

  return {
    path,
    put: () =>
      checked(`cannot replace ${target}`, () => {
        keepBackup()
        renameSync(path, target)
      }),
    putBack: () =>
      checked(`cannot put back ${target}`, () =>
        existed === null ? rmSync(target, { force: true }) : renameSync(backup, target),
      ),
    discard: () => rmSync(path, { force: true }),
  }
}

function statOf(path: string) {
  try {
    return statSync(path)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw cause
  }
}

function checked<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new HaError('CONFIG_FILE', what, { cause })
  }
}
