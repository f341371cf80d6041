import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { foreignPath, ROOT, run, SetupError } from './commands.mjs'

const MODULES = join(ROOT, 'node_modules')
const NODE = join(MODULES, '.bin', 'node')
const MAJOR = 'v24.'

/** The npm packages of package-lock.json. @type {import('./commands.mjs').Step} */
export const npmPackages = {
  missing() {
    if (!existsSync(MODULES)) return 'npm packages of package-lock.json (libraries, type checker, linter)'
    const name = firstDifference()
    return name === undefined ? undefined : `npm packages of package-lock.json (${name} is not as it says)`
  },

  install() {
    // Scripts of dependencies stay out of it: npm 12 blocks them by default, and the one that is needed runs below.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    run(['npm', 'ci', ...flags], { cwd: ROOT, env: npmEnvironment() })
  },
}

/** Node 24 itself, which comes as an npm package. @type {import('./commands.mjs').Step} */
export const nodeBinary = {
  missing() {
    return isBinary(NODE) ? undefined : 'Node 24 in node_modules/.bin (the project runs on this version alone)'
  },

  install() {
    const home = join(MODULES, 'node')
    if (!isBinary(join(home, 'bin', 'node'))) {
      // The package's own install script: it fetches the package that holds the binary for this architecture.
      run(['node', 'installArchSpecificPackage.js'], { cwd: home, env: npmEnvironment() })
    }
    rmSync(NODE, { force: true })
    symlinkSync('../node/bin/node', NODE)
    const version = run([NODE, '--version']).trim()
    if (!version.startsWith(MAJOR)) throw new SetupError(`node_modules/.bin/node is ${version}, wanted ${MAJOR}x`)
  },
}

/** The first package that node_modules holds in another version than package-lock.json names, by npm's own records. */
function firstDifference() {
  const present = lockedPackages(join(MODULES, '.package-lock.json'))
  for (const [path, { version, optional }] of Object.entries(lockedPackages(join(ROOT, 'package-lock.json')))) {
    const found = present[path]
    if (path === '' || found?.version === version) continue
    // npm leaves an optional package out where it does not fit the machine.
    if (found !== undefined || optional !== true) return path.replace('node_modules/', '')
  }
  return undefined
}

/**
 * @param {string} path
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function lockedPackages(path) {
  if (!existsSync(path)) return {}
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/** @param {string} path */
function isBinary(path) {
  return existsSync(path) && statSync(path).size > 1_000_000
}

function npmEnvironment() {
  const path = foreignPath()
  // Without another Node on PATH npm has to run on the one that runs this.
  const hasNode = path.split(delimiter).some((folder) => existsSync(join(folder, 'node')))
  return { ...process.env, PATH: hasNode ? path : process.env.PATH }
}
