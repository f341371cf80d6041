import { createHash } from 'node:crypto'
import { type Diagnostic, formatDiagnostic } from '#platform/config/diagnostic.ts'
import { difference } from '#platform/config/difference.ts'
import { loadConfig } from '#platform/config/load.ts'
import type { Config } from '#schemas/config.ts'

export interface ConfigReading {
  /** SHA-256 of the configuration in its normal form, first 16 hex digits: same digest, same meaning. */
  digest: string
  config: Config | null
  diagnostics: Diagnostic[]
}

/** Reads and validates the configuration file. Trouble of every kind is in `diagnostics`. */
export function readConfigFile(path: string, configId: string): ConfigReading {
  const { config, diagnostics } = loadConfig(path, { configId })
  return { config, diagnostics, digest: configDigest(config) }
}

export function configDigest(config: Config | null): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16)
}

/** What is wrong with it, each in words with file, line and column; notes are left out. */
export function complaints(diagnostics: Diagnostic[]): string[] {
  return diagnostics.filter(({ severity }) => severity !== 'note').map(formatDiagnostic)
}

/** What a reload changes, in words; empty when the two mean the same. */
export function differencesInWords(before: Config, after: Config): string[] {
  return difference(before, after).map(
    ({ kind, path, summary }) => `${kind} ${path}${summary === '' ? '' : `: ${summary}`}`,
  )
}
