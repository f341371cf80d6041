import { relative } from 'node:path'

/** Files below the working directory are named from there. */
export function shortPath(file: string): string {
  const short = relative(process.cwd(), file)
  return short.startsWith('..') ? file : short
}
