import { chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { HaError, isErrno } from '#platform/errors.ts'
import { NODE_FILE, NodeRecord, PROCESS_FILE, ProcessRecord } from '#schemas/node.ts'
import type { NodeFiles, RememberedProcess } from '../ports.ts'
import { processMark } from './process-mark.ts'

/** The run folder of a node: which processes are ours, and what each service is told. */
export function nodeFiles(stateDir: string): NodeFiles {
  const runDir = join(stateDir, 'run')
  const processFile = join(runDir, PROCESS_FILE)
  mkdirSync(runDir, { recursive: true, mode: 0o755 })
  return {
    readProcesses: () => stillAlive(processFile),
    writeProcesses(processes) {
      const marked = processes.flatMap((known) => {
        const mark = processMark(known.pid)
        return mark === null ? [] : [{ ...known, mark }]
      })
      replaceFile(processFile, `${JSON.stringify(marked)}\n`)
    },
    writeSettings(settings) {
      const path = join(runDir, `${settings.service}.json`)
      const text = `${JSON.stringify(settings)}\n`
      if (readText(path) !== text) replaceFile(path, text, settings.identity)
      return path
    },
    writeNode: (node) => replaceFile(join(runDir, NODE_FILE), `${JSON.stringify(NodeRecord.parse(node))}\n`),
  }
}

function stillAlive(path: string): RememberedProcess[] {
  const text = readText(path)
  if (text === null) return []
  const parsed = z.array(ProcessRecord).safeParse(parseJson(text))
  // A file cut short by a full disk names nobody: the processes are then started anew and the old ones found busy.
  if (!parsed.success) return []
  return parsed.data
    .filter(({ pid, mark }) => processMark(pid) === mark)
    .map(({ process, pid, restarts }) => ({ process, pid, restarts }))
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw new HaError('STATE_DIR', `cannot read ${path}`, { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Written beside and renamed: a reader sees the old file or the new one, whole. */
export function replaceFile(path: string, content: string, owner: { uid: number; gid: number } | null = null): void {
  const next = `${path}.new`
  try {
    writeFileSync(next, content, { mode: 0o600 })
    if (owner !== null) chownSync(next, owner.uid, owner.gid)
    renameSync(next, path)
  } catch (cause) {
    throw new HaError('STATE_DIR', `cannot write ${path}`, { cause })
  }
}
