import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './commands.mjs'
import { sourceStamp } from './sources.mjs'

/** dist/, the sources compiled to JavaScript. @type {import('./commands.mjs').Step} */
export const compiledSources = {
  missing() {
    const stamp = join(ROOT, 'dist', '.stamp')
    const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp()
    return current ? undefined : 'dist/, the sources compiled to JavaScript (each process starts faster and is smaller)'
  },

  install() {
    run([join(ROOT, 'node_modules', '.bin', 'node'), join(ROOT, 'cli', 'setup', 'compile.mjs')], { cwd: ROOT })
  },
}
