/**
 * Accounts from passwd(5) and group(5): lines of colon-separated fields, `name:password:uid:gid:…` and
 * `name:password:gid:…`. Node has no getpwnam; accounts of LDAP and the like are unknown here.
 */
import { readFileSync } from 'node:fs'
import { isErrno } from './errors.ts'

/** Taken when the configuration names nobody, as keepalived does. */
const DEFAULT_ACCOUNT = 'keepalived_script'

/** An account by name; null: the default one. */
export type Account = { user: string; group: string | null } | null

export interface Ids {
  uid: number
  gid: number
}

export type Resolved = { ok: true; ids: Ids | null } | { ok: false; detail: string }

export interface AccountFiles {
  passwd: string
  group: string
}

export const SYSTEM_FILES: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' }

/**
 * Whom a script runs as. `ids: null`: as this process does.
 *
 * @param canSwitch false when this process has no right to become somebody else
 */
export function resolveAccount(account: Account, canSwitch: boolean, files: AccountFiles = SYSTEM_FILES): Resolved {
  if (account === null) return { ok: true, ids: canSwitch ? defaultIds(files) : null }
  const { user, group } = account
  const found = findUser(user, files)
  if (found === null) return { ok: false, detail: `there is no user ${user}` }
  const gid = group === null ? found.gid : findGroup(group, files)
  if (gid === null) return { ok: false, detail: `there is no group ${group}` }
  if (canSwitch) return { ok: true, ids: { uid: found.uid, gid } }
  if (found.uid === process.getuid?.()) return { ok: true, ids: null }
  return { ok: false, detail: `cannot run as ${user}: failoverd was not started as root` }
}

/** Nobody was named, and there is no default user either: only then root is taken without being asked for. */
export function isDefaultRoot(account: Account, ids: Ids | null): boolean {
  return account === null && ids?.uid === 0
}

function defaultIds(files: AccountFiles): Ids {
  return findUser(DEFAULT_ACCOUNT, files) ?? { uid: 0, gid: 0 }
}

function findUser(name: string, files: AccountFiles): Ids | null {
  const [uid, gid] = (findLine(files.passwd, name) ?? []).slice(2, 4).map(Number)
  return uid === undefined || gid === undefined || Number.isNaN(uid + gid) ? null : { uid, gid }
}

function findGroup(name: string, files: AccountFiles): number | null {
  const gid = Number(findLine(files.group, name)?.[2])
  return Number.isNaN(gid) ? null : gid
}

/** Read anew each time: accounts may be added while we run. */
function findLine(path: string, name: string): string[] | null {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.map((line) => line.split(':')).find(([first]) => first === name) ?? null
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw cause
  }
}
