import { createHash } from 'node:crypto'
import { difference, inWords } from '#platform/config/compare/difference.ts'
import { type Diagnostic, formatDiagnostic } from '#platform/config/findings/diagnostic.ts'
import { loadConfig } from '#platform/config/load.ts'
import type { Config } from '#schemas/config.ts'

export interface ConfigReading {
  /** SHA-256 of the configuration in its normal form, first 16 hex digits: same digest, same meaning. */
  digest: string
  config: Config | null
  diagnostics: Diagnostic[]
}

/** Reads and validates the configuration file. Trouble of every kind is in `diagnostics`. Options: see loadConfig. */
export function readConfigFile(path: string, configId: string, allConfig = false): ConfigReading {
  const { config, diagnostics } = loadConfig(path, { configId, allConfig })
  return { config, diagnostics, digest: configDigest(config) }
}

export function configDigest(config: Config | null): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16)
}

/** Whether a reload takes it: the running configuration is replaced only by one without any error. */
export function isAcceptable(reading: ConfigReading): reading is ConfigReading & { config: Config } {
  return reading.config !== null && !reading.diagnostics.some(({ severity }) => severity === 'error')
}

/** Why a configuration without errors cannot replace the running one; said before anything of it is taken over. */
export function obstacleTo({ netNamespace: next }: Config, { netNamespace }: Config): string | null {
  if (next === netNamespace) return null
  const here = netNamespace === null ? 'without net_namespace' : `in net_namespace ${netNamespace}`
  return `net_namespace cannot change while failoverd runs, and it runs ${here}: stop it and start it again`
}

/** What is wrong with it, each in words with file, line and column; notes are left out. */
export function complaints(diagnostics: Diagnostic[]): string[] {
  return atMost(diagnostics.filter(({ severity }) => severity !== 'note').map(formatDiagnostic))
}

/** What a reload changes, in words; empty when the two mean the same. */
export function differencesInWords(before: Config, after: Config): string[] {
  return atMost(difference(before, after).map(inWords))
}

/** An event must not grow with the configuration: lines in one, and characters of a line. */
const MOST_LINES = 100
const LONGEST_LINE = 1_000

function atMost(lines: string[]): string[] {
  const shown = lines.slice(0, MOST_LINES).map((line) => line.slice(0, LONGEST_LINE))
  const more = lines.length - shown.length
  return more === 0 ? shown : [...shown, `and ${more} more`]
}
