/** What failoverd says of a configuration. */
import { type Diagnostic, exitStatus } from '#platform/config/findings/diagnostic.ts'
import { loadConfig } from '#platform/config/load.ts'
import type { Candidate } from './keepalived.ts'

export interface Reading {
  status: ReturnType<typeof exitStatus>
  runs: boolean
  /** Errors and warnings. */
  complaints: Diagnostic[]
  diagnostics: Diagnostic[]
  milliseconds: number
}

export function readOurselves({ path, configId }: Candidate): Reading {
  const start = performance.now()
  const { config, diagnostics } = loadConfig(path, { configId })
  return {
    status: exitStatus(diagnostics, config),
    runs: config !== null,
    complaints: diagnostics.filter(({ severity }) => severity !== 'note'),
    diagnostics,
    milliseconds: performance.now() - start,
  }
}
