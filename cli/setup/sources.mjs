import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './commands.mjs'

const FOLDERS = ['cli', 'platform', 'schemas', 'services']

/** Every source file of the product, as a path from the project's root. */
export function sourceFiles() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  ).sort()
}

/** Changes with any change of a source, of how they are compiled, or of the native addon's source. */
export function sourceStamp() {
  const hash = createHash('sha256')
  const native = readdirSync(join(ROOT, 'platform/native')).filter((name) => /\.[ch]$/.test(name))
  const others = ['package.json', 'cli/setup/compile.mjs', ...native.map((name) => join('platform/native', name))]
  for (const path of [...sourceFiles(), ...others]) hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex')
}
