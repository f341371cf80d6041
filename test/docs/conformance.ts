/** docs/conformance.md: each statement with the tests that name it, out of the sources of the tests. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NOT_YET, SECTIONS, STATEMENTS } from './conformance-statements.ts'
import { ROOT, table } from './page.ts'

export interface Shown {
  file: string
  title: string
}

/** `S6 S7: a backup waits ...`, in quotes of any kind; what a loop fills in is shown as `…`. */
const TITLED = /\b(?:test|it|describe)\(\s*(['"`])((?:[A-Z]\d+ )*[A-Z]\d+): ((?:\\.|(?!\1).)+)\1/gs

/** By id, in the order of the files. */
export function shownBy(): Map<string, Shown[]> {
  const found = new Map<string, Shown[]>()
  for (const file of globSync('test/**/*.test.ts', { cwd: ROOT }).toSorted()) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [, , ids = '', words = ''] of text.matchAll(TITLED)) {
      const title = words.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1')
      for (const id of ids.split(' ')) found.set(id, [...(found.get(id) ?? []), { file, title }])
    }
  }
  return found
}

/** Statements that neither a test names nor NOT_YET excuses. */
export function unproved(shown: ReadonlyMap<string, Shown[]>): string[] {
  return Object.keys(STATEMENTS).filter((id) => !shown.has(id) && !(id in NOT_YET))
}

/** Excuses that are not needed any more. */
export function idleExcuses(shown: ReadonlyMap<string, Shown[]>): string[] {
  return Object.keys(NOT_YET).filter((id) => shown.has(id) || !(id in STATEMENTS))
}

export function conformancePage(shown: ReadonlyMap<string, Shown[]>): string {
  const ids = Object.keys(STATEMENTS)
  const proved = ids.filter((id) => shown.has(id)).length
  const parts = Object.entries(SECTIONS).map(([letter, title]) => {
    const rows = ids.filter((id) => id.startsWith(letter)).map((id) => rowOf(id, shown))
    return `## ${title}\n\n${table(['id', 'statement', 'result', 'tests'], rows)}`
  })
  return [`${proved} of ${ids.length} statements have a test.`, ...parts].join('\n\n')
}

function rowOf(id: string, shown: ReadonlyMap<string, Shown[]>): string[] {
  const tests = shown.get(id) ?? []
  const result = tests.length > 0 ? 'holds' : `no test: ${NOT_YET[id] ?? 'missing'}`
  return [id, STATEMENTS[id] ?? '', result, tests.map(({ file, title }) => `\`${file}\`: ${title}`).join('; ')]
}
