import { equal } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** What stands between `<!-- name -->` and `<!-- /name -->` on a page must be this; with UPDATE=1 it is written there. */
export function assertSection(path: string, name: string, wanted: string): void {
  const page = readPage(path)
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const from = page.indexOf(open) + open.length
  const to = page.indexOf(close)
  equal(from >= open.length && to >= from, true, `${path} has no section ${open.trim()} ... ${close}`)
  const content = `${wanted.trim()}\n`
  if (process.env.UPDATE === '1') writeFileSync(join(ROOT, path), page.slice(0, from) + content + page.slice(to))
  else
    equal(page.slice(from, to), content, `${path}, section ${name}: UPDATE=1 node --test test/docs.test.ts writes it`)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** Bars end a cell, and outside of code a `<word>` would be taken for HTML. */
function cellText(text: string): string {
  const parts = text.replaceAll('|', '\\|').split('`')
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part)).join('`')
}
