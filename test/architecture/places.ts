import { posix } from 'node:path'
import type { Import } from './source.ts'

/** What a specifier means: a file of ours by its path from the root, or a package. */
export type Target = { path: string } | { package: string }

const MAPS: Record<string, string> = { '#schemas/': 'schemas/', '#platform/': 'platform/' }

export function targetOf(from: string, { specifier }: Import): Target {
  if (specifier.startsWith('.')) return { path: posix.join(posix.dirname(from), specifier) }
  const map = Object.keys(MAPS).find((prefix) => specifier.startsWith(prefix))
  if (map !== undefined) return { path: `${MAPS[map]}${specifier.slice(map.length)}` }
  return { package: specifier }
}

/** `schemas`, `platform`, `cli`, `test`, or `services/<name>`: what may or may not know of each other. */
export function areaOf(path: string): string {
  const [top = '', name = ''] = path.split('/')
  return top === 'services' ? `services/${name}` : top
}

export function isCore(path: string): boolean {
  return /^services\/[^/]+\/core\//.test(path)
}

export function serviceOf(path: string): string | undefined {
  return /^services\/([^/]+)\//.exec(path)?.[1]
}
