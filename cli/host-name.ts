import { hostname } from 'node:os'

/** The host name up to its first dot: the id of a configuration unless -i says another. */
export function shortHostName(): string {
  return hostname().split('.')[0] ?? ''
}
