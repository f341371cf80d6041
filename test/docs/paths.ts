import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './page.ts'

const TOP = ['.ci', 'cli', 'docs', 'editor', 'platform', 'schemas', 'services', 'test']

/** Files that a page names in backticks or links to, and that are not there. */
export function missingPaths(page: string, at: string): string[] {
  const spans = [...page.matchAll(/`([^`\s]+)`/g)].map(([, code = '']) => code)
  const named = spans
    .flatMap((code) => repositoryPath(code))
    .filter((path) => globSync(path, { cwd: ROOT }).length === 0)
  const links = [...page.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link)
  const local = links.filter((link) => !link.includes(':'))
  return [...named, ...local.filter((link) => !existsSync(join(ROOT, dirname(at), link)))]
}

function repositoryPath(code: string): string[] {
  const path = code.replace(/^dist\/(.*)\.js$/, '$1.ts').replace(/\/$/, '')
  const [top = ''] = path.split('/')
  const isTopFile = /^[\w-]+\.(md|json)$/.test(path) && !path.startsWith('node.json')
  return /^[\w@./*{},-]+$/.test(path) && (isTopFile || (path.includes('/') && TOP.includes(top))) ? [path] : []
}
