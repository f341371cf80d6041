/** Where configuration text comes from. A port: the parser itself touches no disk. */
import { accessSync, constants, globSync, readFileSync, statSync } from 'node:fs'
import { isErrno } from '#platform/errors.ts'

export type FileContent =
  | { ok: true; text: string }
  | { ok: false; reason: 'missing' | 'directory' | 'executable' | 'special' | 'unreadable' }

export interface ConfigFiles {
  read(path: string): FileContent
  /** Paths that exist and match a shell pattern without braces, sorted. */
  match(pattern: string): string[]
}

export const diskFiles: ConfigFiles = {
  read(path) {
    try {
      const { mode } = statSync(path)
      const kind = mode & constants.S_IFMT
      if (kind === constants.S_IFDIR) return { ok: false, reason: 'directory' }
      if (kind !== constants.S_IFREG) return { ok: false, reason: 'special' }
      // A file marked executable is a script that got into the wrong folder, not configuration.
      if ((mode & 0o111) !== 0) return { ok: false, reason: 'executable' }
      accessSync(path, constants.R_OK)
      return { ok: true, text: readFileSync(path, 'utf8') }
    } catch (cause) {
      return { ok: false, reason: isErrno(cause, 'ENOENT') || isErrno(cause, 'ENOTDIR') ? 'missing' : 'unreadable' }
    }
  },
  match: (pattern) => globSync(pattern).sort(),
}
