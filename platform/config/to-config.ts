/** keepalived.conf to schemas/config.ts, with everything that is wrong with it, and nothing said twice. */
import { Config } from '#schemas/config.ts'
import { checkMeaning } from './checks/meaning.ts'
import { collectFindings, type Diagnostic, type Findings } from './findings/diagnostic.ts'
import type { Surroundings } from './language/definitions.ts'
import type { ConfigFiles } from './language/files.ts'
import { readLines } from './language/lines.ts'
import { buildTree } from './language/tree.ts'
import { readEventBus } from './readers/event-bus.ts'
import { type Host, readGlobals } from './readers/global-defs.ts'
import { type PlacedScript, placedScripts } from './readers/script-places.ts'
import { readTrackers } from './readers/tracking.ts'
import { readVirtualServers } from './readers/virtual-server.ts'
import { readInstances } from './readers/vrrp-instance.ts'
import { type Block, blocksOf } from './statements/block.ts'
import { checkTree } from './statements/checked-tree.ts'

export interface ConfigResult {
  /** All usable statements, in force or not: what the JSON form shows. */
  root: Block
  /** What can be used of it; null when nothing may start on it. */
  config: Config | null
  diagnostics: Diagnostic[]
  /** All scripts in force; nobody has looked yet whether they exist. */
  scripts: PlacedScript[]
}

/** Findings after which keepalived would not start either. */
const FATAL = ['NO_CONFIGURATION', 'MISSING_PARAMETER', 'INCLUDE_FAILED']

/**
 * Parses the configuration at `path`. Pure but for the reads of `files`. Never throws for anything a file can contain;
 * `config` is null only for the fatal findings (see exitStatus). Broken instances and servers are left out one by one.
 */
export function parseConfig(files: ConfigFiles, path: string, options: Surroundings & Host): ConfigResult {
  const findings = collectFindings()
  const statements = buildTree(readLines(files, path, options, findings), findings)
  const root = checkTree(statements, findings)
  const { head, defaults } = readGlobals(root, options, findings)
  const eventBus = readEventBus(root, findings)
  const instances = readInstances(root, defaults, findings)
  const trackers = readTrackers(root, instances, findings)
  const virtualServers = readVirtualServers(root, defaults, findings)
  checkMeaning(root, statements, findings)
  reportNothing(root, path, findings)
  const parsed = Config.safeParse({ ...head, eventBus, instances, trackers, virtualServers })
  if (!parsed.success) {
    // Only a value the keyword table allows and the schema does not leads here.
    for (const { path: place, message } of parsed.error.issues) {
      const at = { file: path, line: 0, column: 0, source: '' }
      findings.error({
        code: 'INVALID_CONFIGURATION',
        at,
        keyword: place.join('.'),
        message: `${place.join('.')}: ${message}`,
      })
    }
  }
  const diagnostics = findings.list()
  const usable = parsed.success && !root.refused && !diagnostics.some(({ code }) => FATAL.includes(code))
  return { root, config: usable ? parsed.data : null, diagnostics, scripts: placedScripts(root) }
}

/** keepalived starts on such a file as well, and does nothing. */
function reportNothing(root: Block, path: string, findings: Findings): void {
  const places = ['vrrp_instance', 'virtual_server']
  if (places.some((name) => blocksOf(root, name).length > 0 || root.damaged.has(name))) return
  if (findings.list().some(({ code }) => FATAL.includes(code))) return
  const at = { file: path, line: 1, column: 1, source: '' }
  const message = 'there is neither a vrrp_instance nor a virtual_server in it: nothing will be done'
  findings.warning({ code: 'NOTHING_TO_DO', at, message })
}
