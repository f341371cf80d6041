import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What set-up keeps between runs; deleting it costs time and nothing else. */
export const CACHE = join(ROOT, '.cache')

/** Something a person has to mend; the message says what and how. */
export class SetupError extends Error {}

/** One thing that must be in place before the project runs. */
/** @typedef {{ missing: () => string | undefined, install: () => void }} Step */

/**
 * Runs a program to its end and returns its standard output. What it says is kept back, and shown only when it fails.
 *
 * @param {readonly string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @throws {SetupError} with the end of what the program said
 */
export function run(argv, options = {}) {
  const [program = '', ...args] = argv
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return stdout
  const outcome = error?.message ?? (signal === null ? `exit status ${status}` : `ended by ${signal}`)
  const said = `${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n')
  // npm gives the reason first, apt-get last.
  const shown = said.length <= 30 ? said : [...said.slice(0, 15), '...', ...said.slice(-15)]
  throw new SetupError([`${argv.join(' ')}: ${outcome}`, ...shown].join('\n    '))
}

/**
 * Where a program is, looking also in the folders that only root has on PATH.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const folders = [...pathFolders(), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** PATH without this project's own programs: what npm ci deletes while it runs must not be what runs it. */
export function foreignPath() {
  return pathFolders()
    .filter((folder) => !folder.startsWith(join(ROOT, 'node_modules')))
    .join(delimiter)
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function pathFolders() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
}
