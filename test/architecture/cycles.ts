import { targetOf } from './places.ts'
import type { Finding } from './rules.ts'
import type { Source } from './source.ts'

/** One finding for each circle of files that import each other at run time. */
export function findCycles(sources: readonly Source[]): Finding[] {
  const importsOf = new Map(sources.map((source) => [source.path, filesImportedBy(source)]))
  const findings: Finding[] = []
  const done = new Set<string>()

  function visit(path: string, trail: readonly string[]): void {
    const seenAt = trail.indexOf(path)
    if (seenAt >= 0) {
      const circle = [...trail.slice(seenAt), path].join(' -> ')
      const message = `a circle of imports, ${circle}: move what both need into a file of its own`
      findings.push({ path, line: 1, message })
      return
    }
    if (done.has(path)) return
    for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }

  for (const { path } of sources) visit(path, [])
  return findings
}

function filesImportedBy(source: Source): string[] {
  return source.imports.flatMap((entry) => {
    const target = targetOf(source.path, entry)
    return !entry.isType && 'path' in target ? [target.path] : []
  })
}
