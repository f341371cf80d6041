import { relative, resolve } from 'node:path'
import type { Diagnostic, Look } from '#platform/config/diagnostic.ts'
import { loadForTest } from '#platform/config/load.ts'
import { asErrors, fullReportText, reportText, summaryOf, summaryText } from '#platform/config/report.ts'
import type { Outcome } from './outcome.ts'

export interface CheckOptions {
  /** Warnings count as errors. */
  strict: boolean
  json: boolean
  /** Every finding with its source line, however many there are. */
  verbose: boolean
  /** Decides about `@ID` lines. */
  configId: string
  /** Every include is strict. */
  allConfig: boolean
  look: Look
}

/** Everything that is wrong with the file; fails where something is, but for warnings unless strict. */
export function checkConfig(file: string, { strict, json, verbose, look, ...options }: CheckOptions): Outcome {
  const path = resolve(file)
  const { config, diagnostics: found } = loadForTest(path, options)
  const diagnostics = strict ? asErrors(found) : found
  const summary = summaryOf(diagnostics)
  const starts = config !== null
  const passes = starts && summary.error === 0
  const { error: errors, warning: warnings, note: notes } = summary
  const report = verbose ? fullReportText : reportText
  const text = json
    ? JSON.stringify({ file: path, passes, starts, errors, warnings, notes, diagnostics })
    : `${report(diagnostics.map(nearby), look)}${file}: ${summaryText(summary)}; ${verdict(starts, found)}`
  return { status: passes ? 0 : 1, out: `${text}\n`, err: '' }
}

/** What a node would do with the file. */
function verdict(starts: boolean, diagnostics: readonly Diagnostic[]): string {
  if (!starts) return 'failoverd does not start with it'
  if (summaryOf(diagnostics).error === 0) return 'failoverd starts with it'
  return 'failoverd starts with what is right, and a reload takes over nothing'
}

/** Files below the working directory are named from there. */
function nearby(diagnostic: Diagnostic): Diagnostic {
  const short = relative(process.cwd(), diagnostic.file)
  return short.startsWith('..') ? diagnostic : { ...diagnostic, file: short }
}
