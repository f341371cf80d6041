import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, ROOT, run } from './commands.mjs'

const FOLDER = join(ROOT, 'platform', 'native')
const BUILT = join(FOLDER, 'socket.node')
const STAMP = join(CACHE, 'setup', 'addon')

/** The native addon, compiled from its sources. @type {import('./commands.mjs').Step} */
export const addon = {
  missing() {
    const isCurrent = existsSync(BUILT) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest()
    return isCurrent ? undefined : 'the native addon, from platform/native/*.c (sockets that Node does not have)'
  },

  install() {
    const compiled = digest()
    run(['sh', join(FOLDER, 'build.sh')], { cwd: ROOT })
    mkdirSync(join(CACHE, 'setup'), { recursive: true })
    writeFileSync(STAMP, compiled)
  },
}

/** Of contents, not of times: a checkout gives every file a new time. */
function digest() {
  const hash = createHash('sha256').update(process.arch)
  const sources = readdirSync(FOLDER).filter((name) => /\.(c|h|sh)$/.test(name))
  for (const name of sources.sort()) hash.update(name).update(readFileSync(join(FOLDER, name)))
  return hash.digest('hex')
}
