import { resolve } from 'node:path'
import { type Diagnostic, inOrder, type Look } from '#platform/config/findings/diagnostic.ts'
import { asErrors, fullReportText, reportText, summaryOf, summaryText } from '#platform/config/findings/report.ts'
import { loadForTest } from '#platform/config/load.ts'
import { compareWith, type PeerVerdict } from './config-peer.ts'
import type { Outcome } from './outcome.ts'
import { shortPath } from './short-path.ts'

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
  /** Files of other nodes that it has to go with. */
  peer: string[]
  look: Look
}

/** What is wrong with the file, alone and beside those of its peers; fails where something is, but for warnings unless strict. */
export function checkConfig(file: string, { strict, json, verbose, peer, look, ...options }: CheckOptions): Outcome {
  const path = resolve(file)
  const result = loadForTest(path, options)
  const { config, diagnostics: alone } = result
  const peers = peer.map((other) => compareWith(other, { path, result }, options))
  const found = inOrder([...alone, ...peers.flatMap((each) => each.diagnostics)])
  const diagnostics = strict ? asErrors(found) : found
  const summary = summaryOf(diagnostics)
  const starts = config !== null
  const passes = starts && summary.error === 0
  const { error: errors, warning: warnings, note: notes } = summary
  const verdicts = [verdict(starts, alone), ...peers.map(inWords)].join('; ')
  const report = verbose ? fullReportText : reportText
  const text = json
    ? JSON.stringify({ file: path, passes, starts, errors, warnings, notes, peers: peers.map(inShort), diagnostics })
    : `${report(diagnostics.map(nearby), look)}${file}: ${summaryText(summary)}; ${verdicts}`
  return { status: passes ? 0 : 1, out: `${text}\n`, err: '' }
}

/** What a node would do with the file. */
function verdict(starts: boolean, diagnostics: readonly Diagnostic[]): string {
  if (!starts) return 'failoverd does not start with it'
  if (summaryOf(diagnostics).error === 0) return 'failoverd starts with it'
  return 'failoverd starts with what is right, and a reload takes over nothing'
}

function inShort({ peer, agrees }: PeerVerdict) {
  return { peer, agrees }
}

function inWords({ peer, agrees }: PeerVerdict): string {
  return agrees ? `agrees with ${peer}` : `does not agree with ${peer}`
}

function nearby(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, file: shortPath(diagnostic.file) }
}
