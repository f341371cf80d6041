/** keepalived.conf to schemas/config.ts, with everything that is wrong with it, and nothing said twice. */
import type * as z from 'zod'
import { Config, VirtualServer } from '#schemas/config.ts'
import { checkMeaning } from './checks/meaning.ts'
import { collectFindings, type Diagnostic, type Findings } from './findings/diagnostic.ts'
import type { Surroundings } from './language/definitions.ts'
import type { ConfigFiles } from './language/files.ts'
import { eachLine } from './language/lines.ts'
import { repeatable } from './language/random.ts'
import { buildTree, type LineSource } from './language/tree.ts'
import { readPacing, readProbe } from './readers/announcements.ts'
import { readEventBus } from './readers/event-bus.ts'
import { type Host, readGlobals } from './readers/global-defs.ts'
import { numberNames } from './readers/number-names.ts'
import { readRouting } from './readers/routing.ts'
import { withRoutingTracks } from './readers/routing-tracks.ts'
import { type PlacedScript, placedScripts } from './readers/script-places.ts'
import { bindTracking, readSyncGroups } from './readers/sync-group.ts'
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
  const random = repeatable(options.random)
  const read: LineSource = (take) => eachLine(files, path, { ...options, random: random() }, findings, take)
  const statements = buildTree(read, findings)
  const root = checkTree(statements, findings)
  const { head, defaults } = readGlobals(root, options, findings)
  const eventBus = readEventBus(root, findings)
  const { statics, ofInstance } = readRouting(root, numberNames(files), findings)
  const alone = withRoutingTracks(root, readInstances(root, defaults, ofInstance, files, findings))
  const syncGroups = readSyncGroups(root, alone, defaults)
  const instances = bindTracking(root, syncGroups, alone)
  const trackers = readTrackers(root, instances, findings)
  const virtualServers = readVirtualServers(root, defaults, findings)
  checkMeaning(root, statements, findings)
  reportNothing(root, path, findings)
  const config = {
    ...head,
    eventBus,
    announcementPacing: readPacing(root),
    vipProbeMs: readProbe(root),
    instances,
    statics,
    syncGroups,
    trackers,
    virtualServers,
  }
  const issues = issuesOf(config)
  for (const { path: place, message } of issues) {
    // Only a value the keyword table allows and the schema does not leads here.
    const at = { file: path, line: 0, column: 0, source: '' }
    const keyword = place.join('.')
    findings.error({ code: 'INVALID_CONFIGURATION', at, keyword, message: `${keyword}: ${message}` })
  }
  const diagnostics = findings.list()
  const usable = issues.length === 0 && !root.refused && !diagnostics.some(({ code }) => FATAL.includes(code))
  return { root, config: usable ? config : null, diagnostics, scripts: placedScripts(root) }
}

/** So many servers are validated at a time. */
const PORTION = 100

/** In portions: zod copies what it looks at, and a copy of all of it at once would have to be kept. */
function issuesOf({ virtualServers, ...others }: Config): z.core.$ZodIssue[] {
  const issues: z.core.$ZodIssue[] = []
  const look = (schema: z.ZodType, value: unknown): void => {
    const { error } = schema.safeParse(value)
    if (error !== undefined) issues.push(...error.issues)
  }
  look(Config, { ...others, virtualServers: [] })
  for (const { realServers, ...service } of virtualServers) {
    look(VirtualServer, { ...service, realServers: [] })
    for (let from = 0; from < realServers.length; from += PORTION) {
      look(VirtualServer.shape.realServers, realServers.slice(from, from + PORTION))
    }
  }
  return issues
}

/** keepalived starts on such a file as well, and does nothing. */
function reportNothing(root: Block, path: string, findings: Findings): void {
  const places = ['vrrp_instance', 'virtual_server', 'static_ipaddress', 'static_routes', 'static_rules']
  if (places.some((name) => blocksOf(root, name).length > 0 || root.damaged.has(name))) return
  if (findings.list().some(({ code }) => FATAL.includes(code))) return
  const at = { file: path, line: 1, column: 1, source: '' }
  const message =
    'there is neither a vrrp_instance nor a virtual_server nor anything static in it: nothing will be done'
  findings.warning({ code: 'NOTHING_TO_DO', at, message })
}
