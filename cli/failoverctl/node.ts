import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { HaError, isErrno } from '#platform/errors.ts'
import { readSettings } from '#platform/settings-file.ts'
import type { Config } from '#schemas/config.ts'
import { NODE_FILE, NodeRecord, PROCESS_FILE, ProcessRecord } from '#schemas/node.ts'
import type { Settings } from '#schemas/settings.ts'

/**
 * The node that runs, or ran, with this state folder; this process goes to the network namespace that it is in, where
 * its bus and its kernel tables are. @throws HaError NODE_UNKNOWN, NET_NAMESPACE
 */
export async function reachNode(stateDir: string): Promise<NodeRecord> {
  const node = findNode(stateDir)
  if (node.netNamespace === null) return node
  // The native addon is of no use to anybody else.
  const { enterNetNamespace } = await import('#platform/native/namespace.ts')
  enterNetNamespace(node.netNamespace)
  return node
}

/** What the node that runs, or ran, with this state folder noted of itself. @throws HaError NODE_UNKNOWN */
export function findNode(stateDir: string): NodeRecord {
  const path = join(stateDir, 'run', NODE_FILE)
  try {
    return NodeRecord.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    const why = isErrno(cause, 'EACCES')
      ? `only root may read ${path}`
      : `no node has run with the state folder ${stateDir} (looked for ${path}); name another with --state-dir`
    throw new HaError('NODE_UNKNOWN', why, { cause })
  }
}

/** What the services were told last. ipvs stands for all of them: it always runs. @throws HaError SETTINGS_INVALID */
export function settingsInForce(stateDir: string): Settings {
  return readSettings(join(stateDir, 'run', 'ipvs.json'))
}

/** The configuration in force: what the services were told, not what the file says now. */
export function configInForce(stateDir: string): Config {
  return settingsInForce(stateDir).config
}

/** The processes that the node noted as its own, alive or not. */
export function notedProcesses(stateDir: string): ProcessRecord[] {
  return z.array(ProcessRecord).parse(JSON.parse(readFileSync(join(stateDir, 'run', PROCESS_FILE), 'utf8')))
}

/** Events that wait on disk, by source: those after the last one the log has. */
export function countSpooled(stateDir: string, storedSequences: Map<string, number>): number {
  const folder = join(stateDir, 'outbox')
  return readdirSync(folder).reduce((sum, service) => sum + waiting(join(folder, service), storedSequences), 0)
}

function waiting(folder: string, stored: Map<string, number>): number {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => isWaiting(line, stored)).length
}

function isWaiting(line: string, stored: Map<string, number>): boolean {
  const found = /"source":"([^"]+)".*"sequence":(\d+)/.exec(line)
  return found !== null && Number(found[2]) > (stored.get(found[1] ?? '') ?? 0)
}
