import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, formatDiagnostic } from '#platform/config/findings/diagnostic.ts'
import { isErrno } from '#platform/errors.ts'
import type { NodeRecord } from '#schemas/node.ts'
import { type ConfigReading, readConfigFile } from '../../services/supervisor/adapters/config-file.ts'
import { processMark } from '../../services/supervisor/adapters/process-mark.ts'
import { type StagedFile, stageFile } from './apply-file.ts'
import { reloadNode, type Verdict } from './apply-verdict.ts'
import { baseInForce, planReading, planText } from './config-plan.ts'
import { reachNode } from './node.ts'

export interface ApplyOptions {
  /** Must be the file the node was started with, unless `replace`; without it, that file. */
  file?: string
  stateDir: string
  /** Puts `file` in the place of the node's own file, which is kept beside it as `.bak`. */
  replace: boolean
  /** How long to wait for the node, milliseconds. */
  timeoutMs?: number
  print(line: string): void
}

const DONE = 0
const FAILED = 1
const WRONG_USAGE = 2
type Status = typeof DONE | typeof FAILED | typeof WRONG_USAGE

/**
 * Checks the file, shows what it changes, has the running node take it over, and waits until it says that it has. One
 * with errors changes nothing. Returns the exit status.
 *
 * @throws HaError NODE_UNKNOWN, NET_NAMESPACE, SETTINGS_INVALID, CONFIG_FILE
 */
export async function applyConfig(options: ApplyOptions): Promise<Status> {
  const { stateDir, replace, print } = options
  const node = await reachNode(stateDir)
  if (processMark(node.pid) !== node.mark) {
    print(`${node.node} does not run: there is nothing to reload; it will read ${node.configFile} when it starts`)
    return FAILED
  }
  const target = realPath(node.configFile)
  const file = options.file === undefined ? target : realPath(resolve(options.file))
  if (file === target) return applyFile(node, { ...options, file, target, staged: null })
  if (!replace) {
    print(
      `${node.node} runs with ${target}, not with ${file}; --replace puts that in its place, and keeps ${target}.bak`,
    )
    return WRONG_USAGE
  }
  const staged = stageFile(file, target)
  try {
    return await applyFile(node, { ...options, file, target, staged })
  } finally {
    staged.discard()
  }
}

/** A symbolic link is as good as the file behind it, which is the one that is replaced. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return path
    throw cause
  }
}

/** `target` is the node's own file; `staged` is null when that is the one to be applied. */
type Application = ApplyOptions & { file: string; target: string; staged: StagedFile | null }

async function applyFile(node: NodeRecord, application: Application): Promise<Status> {
  const { file, target, staged, stateDir, print, timeoutMs = 10_000 } = application
  const reading = readConfigFile(staged?.path ?? file, node.configId, node.allConfig)
  const plan = planReading(file, reading, baseInForce(stateDir))
  if (plan.result === 'refused') {
    for (const finding of errorsIn(reading, application)) print(formatDiagnostic(finding))
    print(`nothing was changed: ${file} is refused, because ${plan.refusal}`)
    return FAILED
  }
  print(planText(plan))
  if (plan.findings.length > 0) print(`warnings: ${plan.findings.length}; see failoverctl config check ${file}`)
  staged?.put()
  if (staged !== null) print(`${target} is replaced; what it was is in ${target}.bak`)
  if (reading.digest === plan.digest.before) return DONE
  const verdict = await reloadNode(node, { stateDir, digest: reading.digest, timeoutMs })
  return conclude(verdict, reading.digest, node, application)
}

/** Those about the staged copy are about the file. */
function errorsIn({ diagnostics }: ConfigReading, { file, staged }: Application): Diagnostic[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((finding) => (finding.file === staged?.path ? { ...finding, file } : finding))
}

function conclude(verdict: Verdict, digest: string, node: NodeRecord, application: Application): Status {
  const { staged, target, print } = application
  switch (verdict.type) {
    case 'applied':
      if (verdict.digest === digest) {
        print(`applied: configuration ${digest} is in force on ${node.node}`)
        return DONE
      }
      print(`${node.node} applied configuration ${verdict.digest}, and ${digest} was read here: has the file changed?`)
      return FAILED
    case 'rejected':
      for (const diagnostic of verdict.diagnostics) print(diagnostic)
      staged?.putBack()
      print(`rejected: ${node.node} goes on as before${staged === null ? '' : `, and ${target} is what it was`}`)
      return FAILED
    case 'silent':
      print(`${node.node} was asked to reload, and has not said in time what came of it; see failoverctl status`)
      if (!verdict.log) print('its event log cannot be read')
      return FAILED
  }
}
