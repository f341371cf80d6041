import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './commands.mjs'

const FOLDERS = ['cli', 'platform', 'schemas', 'services']
const SOURCE = /\.(ts|mjs|c|h|sh|conf)$/

/** Changes with any change of what goes into dist/; of contents, not of times. */
export function sourceStamp() {
  const hash = createHash('sha256')
  for (const path of ['package.json', ...FOLDERS.flatMap(sourcesOf)])
    hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex')
}

/** @param {string} folder from the project's root */
function sourcesOf(folder) {
  const all = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return all
    .filter((path) => SOURCE.test(path))
    .sort()
    .map((path) => join(folder, path))
}
