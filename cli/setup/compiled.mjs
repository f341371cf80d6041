import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CACHE, findProgram, ROOT, run } from './commands.mjs'

const NATIVE = join(ROOT, 'platform', 'native')
const UML_SOURCE = join(ROOT, 'cli', 'lab', 'uml-xstate.c')
const UML_LIBRARY = join(CACHE, 'uml-xstate.so')

/** The native addon: sockets that Node does not have. */
export const addon = compiled({
  what: 'the native addon from platform/native/*.c (sockets that Node does not have)',
  target: join(NATIVE, 'socket.node'),
  sources: () => filesOf(NATIVE, /\.(c|h|sh)$/),
  command: ['sh', join(NATIVE, 'build.sh')],
})

/** What lets User-Mode Linux run on processors that are newer than it. Of use only where that is installed. */
export const umlLibrary = compiled({
  what: 'a library for User-Mode Linux from cli/lab/uml-xstate.c (it fails on recent processors without)',
  target: UML_LIBRARY,
  sources: () => (findProgram('linux.uml') === undefined ? [] : [UML_SOURCE]),
  command: ['cc', '-O2', '-Wall', '-shared', '-fPIC', '-o', UML_LIBRARY, UML_SOURCE],
})

/**
 * Something that `command` makes of `sources`; without any sources it is not wanted.
 *
 * @param {{ what: string, target: string, sources: () => string[], command: string[] }} build
 * @returns {import('./commands.mjs').Step}
 */
function compiled({ what, target, sources, command }) {
  const stamp = join(CACHE, 'setup', `${basename(target)}.sha256`)
  return {
    missing() {
      const files = sources()
      if (files.length === 0) return undefined
      const isCurrent = existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest(files)
      return isCurrent ? undefined : what
    },
    install() {
      mkdirSync(join(CACHE, 'setup'), { recursive: true })
      const before = digest(sources())
      run(command, { cwd: ROOT })
      writeFileSync(stamp, before)
    },
  }
}

/** Of contents, not of times: a checkout gives every file a new time. @param {string[]} files */
function digest(files) {
  const hash = createHash('sha256').update(process.arch)
  for (const file of files) hash.update(basename(file)).update(readFileSync(file))
  return hash.digest('hex')
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
function filesOf(folder, pattern) {
  const names = readdirSync(folder).filter((name) => pattern.test(name))
  return names.sort().map((name) => join(folder, name))
}
