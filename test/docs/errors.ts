import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './page.ts'

/** Every code that an HaError is made with; the codes of KernelRefused are among them. */
export function errorCodes(): Set<string> {
  const sources = globSync('{cli,platform,services}/**/*.ts', { cwd: ROOT })
  const codes = sources.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/new HaError\(\s*'([A-Z_]+)'/g)].map(([, code = '']) => code),
  )
  return new Set(codes)
}

/** Codes that head a row of a table. */
export function documentedCodes(page: string): string[] {
  return [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code = '']) => code)
}
