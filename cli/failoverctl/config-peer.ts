import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { comparePeer, type NodeFile } from '#platform/config/compare/peer.ts'
import type { Diagnostic } from '#platform/config/findings/diagnostic.ts'
import { summaryOf } from '#platform/config/findings/report.ts'
import { type LoadOptions, loadConfig } from '#platform/config/load.ts'
import { shortPath } from './short-path.ts'

/** Whether another node's file goes with ours. */
export interface PeerVerdict {
  /** As it was named. */
  peer: string
  agrees: boolean
  diagnostics: Diagnostic[]
}

/** Compares our file with that of another node; `peer` is its path, or its path, `@` and the id of that node's `@ID` lines. */
export function compareWith(peer: string, own: NodeFile, options: LoadOptions): PeerVerdict {
  const { path, configId } = fileAndId(peer, options.configId)
  const other = { path, result: loadConfig(path, { ...options, configId }) }
  const compared = other.result.config === null ? [] : comparePeer(own, other, shortPath)
  const diagnostics = [...troubleOf(other), ...compared]
  return { peer, agrees: diagnostics.length === 0, diagnostics }
}

/** One file can serve all nodes, each with an id of its own. */
function fileAndId(peer: string, configId: string): { path: string; configId: string } {
  const at = peer.lastIndexOf('@')
  if (at <= 0 || existsSync(peer)) return { path: resolve(peer), configId }
  return { path: resolve(peer.slice(0, at)), configId: peer.slice(at + 1) }
}

/** What is wrong in the other file is not told here, but what comes of it is. */
function troubleOf({ path, result: { config, diagnostics } }: NodeFile): Diagnostic[] {
  // What is not in force yet is compared all the same.
  const errors = summaryOf(diagnostics.filter(({ code }) => code !== 'NOT_IN_FORCE')).error
  if (config !== null && errors === 0) return []
  const severity = config === null ? 'error' : 'note'
  const message =
    config === null ? 'nothing can be made of it' : 'it has errors of its own: what they leave out is not compared'
  const hint = `see failoverctl config check ${shortPath(path)}`
  return [{ severity, code: 'PEER', file: path, line: 0, column: 0, keyword: null, message, hint, text: '' }]
}
