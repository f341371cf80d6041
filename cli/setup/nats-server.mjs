import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CACHE, findProgram, isExecutable, run, SetupError } from './commands.mjs'

/** Older servers lose a stream when they are killed while they write it. */
const LEAST = [2, 10, 23]

/** Newest first: what only newer servers do (atomic batches, schedules) is used where it is there. */
const SUITES = ['sid', 'trixie']

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

const HOME = join(CACHE, 'nats-server')
const UNPACKED = join(HOME, 'root', 'usr', 'sbin', 'nats-server')

/** Holds the absolute path of the server to run; cli/failoverd/bus-program.ts reads it. */
const NOTE = join(HOME, 'path')

/** A nats-server that is new enough. @type {import('./commands.mjs').Step} */
export const natsServer = {
  missing() {
    // A person who names one has decided.
    if (process.env.FAILOVERD_NATS_SERVER !== undefined || isNoted()) return undefined
    return `nats-server ${LEAST.join('.')} or newer in .cache (the event log; the system's stays as it is)`
  },

  install() {
    const own = findProgram('nats-server')
    const present = [own, UNPACKED].find((path) => path !== undefined && isRecent(path))
    mkdirSync(HOME, { recursive: true })
    writeFileSync(NOTE, `${present ?? unpackNewest()}\n`)
  },
}

function isNoted() {
  return existsSync(NOTE) && isExecutable(readFileSync(NOTE, 'utf8').trim())
}

/** @param {string} path */
function isRecent(path) {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  const version = /v(\d+)\.(\d+)\.(\d+)/
    .exec(stdout ?? '')
    ?.slice(1)
    .map(Number)
  if (version === undefined) return false
  const at = LEAST.findIndex((least, index) => version[index] !== least)
  return at === -1 || (version[at] ?? 0) > (LEAST[at] ?? 0)
}

/** The path of a server from the newest suite that has one which runs here. */
function unpackNewest() {
  if (findProgram('apt-get') === undefined) throw new SetupError(byHand('there is no apt-get here'))
  const failures = []
  for (const suite of SUITES) {
    try {
      unpackFrom(suite)
      if (isRecent(UNPACKED)) return UNPACKED
      failures.push(`Debian ${suite}: its nats-server is older, or does not run here`)
    } catch (cause) {
      if (!(cause instanceof SetupError)) throw cause
      failures.push(`Debian ${suite}: ${cause.message}`)
    }
  }
  throw new SetupError(byHand(failures.join('\n  ')))
}

/** @param {string} reason */
function byHand(reason) {
  const least = LEAST.join('.')
  return `no nats-server ${least} or newer: install one, or name it in FAILOVERD_NATS_SERVER\n  ${reason}`
}

/**
 * Unpacks the package of one suite below our own cache, with package lists of its own: the system's apt is only read.
 *
 * @param {string} suite
 */
function unpackFrom(suite) {
  const work = mkdtempSync(join(HOME, 'work-'))
  try {
    mkdirSync(join(work, 'lists', 'partial'), { recursive: true })
    mkdirSync(join(work, 'cache', 'archives', 'partial'), { recursive: true })
    writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYRING}] ${debianMirror()} ${suite} main\n`)
    const settings = [
      `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
      'Dir::Etc::sourceparts=/dev/null',
      `Dir::State::lists=${join(work, 'lists')}`,
      `Dir::Cache=${join(work, 'cache')}`,
      'Acquire::Languages=none',
      'APT::Sandbox::User=root',
    ].flatMap((setting) => ['-o', setting])
    run(['apt-get', ...settings, '-qq', 'update'])
    run(['apt-get', ...settings, '-qq', 'download', `nats-server/${suite}`], { cwd: work })
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'))
    if (archive === undefined) throw new SetupError('apt-get downloaded no package')
    run(['dpkg-deb', '--extract', join(work, archive), join(work, 'root')])
    rmSync(join(HOME, 'root'), { recursive: true, force: true })
    renameSync(join(work, 'root'), join(HOME, 'root'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The mirror that this machine's apt already uses. @throws {SetupError} when none of its sources is Debian's */
function debianMirror() {
  const parts = '/etc/apt/sources.list.d'
  const files = existsSync(parts)
    ? readdirSync(parts)
        .sort()
        .map((name) => join(parts, name))
    : []
  const sources = ['/etc/apt/sources.list', ...files].filter((path) => existsSync(path))
  const text = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
  const mirror = /^[^#\n]*?(https?:\/\/\S+\/debian\/?)(\s|$)/m.exec(text)?.[1]
  if (mirror === undefined) throw new SetupError("no mirror of Debian in apt's sources")
  return mirror
}
