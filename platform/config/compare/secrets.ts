/** What of a configuration nobody may read who may read the log. */
import type { Config } from '#schemas/config.ts'

/** What stands in place of a secret. */
export const MASK = '****'

/** Fields of the configuration that hold a secret are known by their names: a new one is masked before anyone thinks of it. */
export function isSecretName(field: string): boolean {
  return /pass(word|phrase)?$|secret$|token$|credentials?$|(^|[a-z]K|_k)ey$|^keys?$|community$/i.test(field)
}

/** The configuration with every secret masked, passwords in addresses (`//user:password@host`) too. */
export function maskedConfig(config: Config): Config {
  return JSON.parse(JSON.stringify(config, masked))
}

function masked(field: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return isSecretName(field) ? MASK : value.replace(/\/\/[^/@\s]+@/g, `//${MASK}@`)
}
