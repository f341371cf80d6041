// Puts in place what the project needs before it runs: `node cli/setup/setup.mjs start|test`.
// npm calls it before `npm start`, `npm test` and `npm run bench`. It is plain JavaScript, because on a bare machine it
// runs on whatever Node is there (18 or newer); everything after it runs on the Node that it installs.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, findProgram, SetupError } from './commands.mjs'
import { addon, umlLibrary } from './compiled.mjs'
import { debianPackages } from './debian-packages.mjs'
import { compiledSources } from './dist.mjs'
import { natsServer } from './nats-server.mjs'
import { nodeBinary, npmPackages } from './npm-packages.mjs'

const LOCKED = 'FAILOVERD_SETUP_LOCKED'
const WAIT_SECONDS = 900

const purpose = process.argv[2] === 'test' ? 'test' : 'start'
const steps = [npmPackages, nodeBinary, debianPackages(purpose), addon, umlLibrary, natsServer, compiledSources]

try {
  setUp()
} catch (cause) {
  if (!(cause instanceof SetupError)) throw cause
  process.stderr.write(`set-up: ${cause.message}\n`)
  process.exitCode = 1
}

function setUp() {
  if (steps.every((step) => step.missing() === undefined)) {
    say(`everything for "${purpose}" is in place`)
    return
  }
  const flock = findProgram('flock')
  if (process.env[LOCKED] !== undefined || flock === undefined) installMissing()
  else startAgainAlone(flock)
}

/**
 * Two at a time would tear down each other's half-finished work; the kernel ends this lock with its holder.
 *
 * @param {string} flock
 */
function startAgainAlone(flock) {
  mkdirSync(join(CACHE, 'setup'), { recursive: true })
  const lock = ['--close', '--wait', String(WAIT_SECONDS), '--conflict-exit-code', '75', join(CACHE, 'setup', 'lock')]
  const self = [process.execPath, process.argv[1] ?? '', purpose]
  const { status } = spawnSync(flock, [...lock, ...self], { stdio: 'inherit', env: { ...process.env, [LOCKED]: '1' } })
  if (status === 75) throw new SetupError(`another set-up has been running here for ${WAIT_SECONDS} s`)
  process.exitCode = status ?? 1
}

function installMissing() {
  for (const step of steps) {
    const missing = step.missing()
    if (missing === undefined) continue
    say(`installing ${missing}`)
    step.install()
    const still = step.missing()
    if (still !== undefined) throw new SetupError(`installed, and still missing: ${still}`)
  }
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`set-up: ${text}\n`)
}
