/**
 * Whether somebody other than root could change what root is about to run: the file, a folder on the way to it, or a
 * link on that way. The rules are keepalived's (keepalived.conf(5), SCRIPTS): all belongs to root, nobody else may
 * write; folders with the sticky bit may be writable. Links are followed here and not once for all when the
 * configuration is read, so the folder of a link counts too.
 */
import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { lstat, readlink, stat } from 'node:fs/promises'
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path'
import type { Ids } from './accounts.ts'
import { isErrno } from './errors.ts'

/** As the kernel: more links than that are a loop. */
const MOST_LINKS = 40

/** The file that a command means: by PATH when its name has no slash; null when none of its folders has it. */
export function findProgram(program: string, path = process.env.PATH ?? ''): string | null {
  if (program.includes(sep)) return program
  const candidates = path.split(delimiter).map((folder) => join(folder, program))
  return candidates.find((candidate) => statOf(candidate)?.isFile() === true) ?? null
}

/** Whether a program has root's power: by the account it runs under, or by its own set-id bits. */
export function hasRootPower(path: string, ids: Ids): boolean {
  return isRoot(ids) || isSetId(statOf(path))
}

/** As hasRootPower, without waiting for a disk that hangs. */
export async function hasRootPowerLater(path: string, ids: Ids): Promise<boolean> {
  if (isRoot(ids)) return true
  const look = await lookLater(path, stat)
  return isSetId(look === null || look === 'closed' ? null : look.stats)
}

function isRoot({ uid, gid }: Ids): boolean {
  return uid === 0 || gid === 0
}

function isSetId(stats: Stats | null): boolean {
  if (stats === null) return false
  return ((stats.mode & 0o4000) !== 0 && stats.uid === 0) || ((stats.mode & 0o2000) !== 0 && stats.gid === 0)
}

/** Which part of an absolute or relative path others could change, in words; null: none, or nothing is there. */
export function insecurePart(path: string): string | null {
  const way = walk(path)
  let step = way.next()
  while (step.done !== true) step = way.next(lookAt(step.value))
  return step.value
}

/** As insecurePart, without waiting for a disk that hangs. */
export async function insecurePartLater(path: string): Promise<string | null> {
  const way = walk(path)
  let step = way.next()
  while (step.done !== true) step = way.next(await lookLater(step.value, lstat))
  return step.value
}

/** What is at a place: `closed`, we may not look; null, nothing. */
type Look = { stats: Stats; target: string | null } | 'closed' | null

/** The way to a path, place by place: yields where to look next, and is told what is there. */
function* walk(path: string): Generator<string, string | null, Look> {
  let rest = (isAbsolute(path) ? path : join(process.cwd(), path)).split(sep).filter((name) => name !== '')
  let part: string = sep
  let links = 0
  for (;;) {
    const look: Look = yield part
    if (look === null) return null
    if (look === 'closed') {
      const folder = dirname(part)
      return behindClosed(folder, yield folder)
    }
    const flaw = flawOf(look.stats)
    if (flaw !== null) return `${part} ${flaw}`
    if (look.target !== null) {
      links += 1
      if (links > MOST_LINKS) return `${part} is one of too many links`
      const target = look.target.split(sep)
      rest = [...target, ...rest].filter((name) => name !== '')
      part = target[0] === '' ? sep : dirname(part)
      continue
    }
    const next = rest.shift()
    if (next === undefined) return null
    part = join(part, next)
  }
}

function flawOf(stats: Stats): string | null {
  if (stats.uid !== 0) return `belongs to user ${stats.uid}, not to root`
  // A link has no rights of its own; a sticky folder lets others add files, but not replace root's.
  if (stats.isSymbolicLink() || (stats.isDirectory() && (stats.mode & 0o1000) !== 0)) return null
  if ((stats.mode & 0o002) !== 0) return 'may be written by everybody'
  return (stats.mode & 0o020) !== 0 && stats.gid !== 0 ? `may be written by group ${stats.gid}` : null
}

/**
 * The notifier is not root any more when it looks. A folder that nobody but root may enter keeps all others away from
 * what is below; of one that a group may enter we cannot tell.
 */
function behindClosed(folder: string, look: Look): string | null {
  if (look === null || look === 'closed') return null
  const { mode, gid } = look.stats
  const entered = (mode & 0o001) !== 0 || ((mode & 0o010) !== 0 && gid !== 0)
  return entered ? `what is in ${folder} cannot be looked at` : null
}

function lookAt(path: string): Look {
  try {
    const stats = lstatSync(path)
    return { stats, target: stats.isSymbolicLink() ? readlinkSync(path) : null }
  } catch (cause) {
    return unseen(cause)
  }
}

async function lookLater(path: string, look: (path: string) => Promise<Stats>): Promise<Look> {
  try {
    const stats = await look(path)
    return { stats, target: stats.isSymbolicLink() ? await readlink(path) : null }
  } catch (cause) {
    return unseen(cause)
  }
}

function unseen(cause: unknown): 'closed' | null {
  if (isErrno(cause, 'EACCES')) return 'closed'
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(cause, code))) return null
  throw cause
}

/** What a path leads to; null when nothing is there, or nothing that we may see. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].some((name) => isErrno(cause, name))) return null
    throw cause
  }
}
