/** What instances depend on: the blocks track_*, with what the blocks they name say about weights. */
import type { Config, VrrpInstance } from '#schemas/config.ts'
import type { FileTracker, LinkDelay, ProcessTracker, ScriptTracker, Tracked, Trackers } from '#schemas/tracking.ts'
import type { Findings } from '../findings/diagnostic.ts'
import { wordPosition } from '../language/text.ts'
import { parseAccount } from '../statements/arguments.ts'
import {
  type Block,
  blocksOf,
  hasSetting,
  numberOf,
  type Setting,
  scriptOf,
  settingOf,
  textOf,
} from '../statements/block.ts'
import type { Entry } from '../statements/entries.ts'
import { isForInstances, readBfdSessions, usableSessions } from './bfd.ts'

interface Source {
  kind: Tracked['kind']
  /** The block inside an instance. */
  track: string
  /** The blocks that its entries name; none for interfaces. */
  defined: readonly string[]
  /** The statement without which such a block is of no use. */
  essential: string
  /** Where its own block says nothing. */
  weight: number
}

const SOURCES: readonly Source[] = [
  { kind: 'interface', track: 'track_interface', defined: [], essential: '', weight: 0 },
  { kind: 'script', track: 'track_script', defined: ['vrrp_script'], essential: 'script', weight: 0 },
  { kind: 'file', track: 'track_file', defined: ['track_file', 'vrrp_track_file'], essential: 'file', weight: 1 },
  { kind: 'process', track: 'track_process', defined: ['vrrp_track_process'], essential: 'process', weight: 0 },
  { kind: 'bfd', track: 'track_bfd', defined: ['bfd_instance'], essential: 'neighbor_ip', weight: 0 },
]

/** What one instance tracks. Names that nobody has defined are left out: checks/references.ts reports them. */
export function readTracked(
  root: Block,
  block: Block,
  { interface: own, sourceAddress }: Pick<VrrpInstance, 'interface' | 'sourceAddress'>,
): Pick<VrrpInstance, 'trackPrimary' | 'tracked'> {
  const tracked = SOURCES.flatMap((source) => readSource(root, block, source))
  if (hasSetting(block, 'track_src_ip') && sourceAddress !== null) {
    tracked.push({ kind: 'address', name: `${sourceAddress} dev ${own}`, weight: 0, reverse: false })
  }
  return {
    trackPrimary: !hasSetting(block, 'dont_track_primary'),
    // The instance's own interface is watched anyhow, or not at all.
    tracked: tracked.filter(({ kind, name }) => kind !== 'interface' || name !== own),
  }
}

/** Of two entries with one name the first counts. */
function readSource(root: Block, block: Block, source: Source): Tracked[] {
  const tracked = new Map<string, Tracked>()
  for (const entry of blocksOf(block, source.track).flatMap(({ entries }) => entries)) {
    const name = String(entry.values[0])
    const definition = definitionOf(root, source, name)
    if (definition === null || tracked.has(name)) continue
    tracked.set(name, { kind: source.kind, name, ...weightOf(entry, source, definition) })
  }
  return [...tracked.values()]
}

/** undefined: there need not be any; null: there is none, or none that can be used. */
function definitionOf(root: Block, { kind, defined, essential }: Source, name: string): Block | undefined | null {
  if (defined.length === 0) return undefined
  // Of two with one name the first stands.
  const found = defined.flatMap((kind) => blocksOf(root, kind)).find(({ values }) => values[0] === name)
  if (found === undefined || !hasSetting(found, essential)) return null
  return kind !== 'bfd' || (usableSessions(root).includes(found) && isForInstances(found)) ? found : null
}

function weightOf(entry: Entry, source: Source, definition: Block | undefined): Pick<Tracked, 'weight' | 'reverse'> {
  const general = settingOf(definition, 'weight')
  const reverse = general?.options.has('reverse') === true && !general.options.has('noreverse')
  const own = entry.uses.findLast(({ keyword }) => keyword.key === 'weight')
  if (own === undefined) return { weight: numberOf(definition, 'weight') ?? source.weight, reverse }
  const weight = typeof own.values[0] === 'number' ? own.values[0] : source.weight
  return { weight, reverse: own.options.has('noreverse') ? false : own.options.has('reverse') || reverse }
}

/** What is watched on behalf of these instances. */
export function readTrackers(root: Block, instances: readonly VrrpInstance[], findings: Findings): Trackers {
  const used = (kind: Tracked['kind'], block: string): Block[] =>
    blocksOf(root, block).filter((each, index, all) => {
      const isFirst = all.findIndex(({ values }) => values[0] === each.values[0]) === index
      return (
        isFirst &&
        instances.some(({ tracked }) => tracked.some((one) => one.kind === kind && one.name === each.values[0]))
      )
    })
  return {
    linkDelays: readLinkDelays(root, instances, findings),
    scripts: used('script', 'vrrp_script').map(readScript),
    files: ['track_file', 'vrrp_track_file'].flatMap((block) => used('file', block)).map(readFile),
    processes: used('process', 'vrrp_track_process').map(readProcess),
    sessions: readBfdSessions(root),
  }
}

function readScript(block: Block): ScriptTracker {
  const argv = scriptOf(block, 'script')?.argv ?? []
  const [first = '', ...rest] = argv
  const user = settingOf(block, 'user')?.values.map(String) ?? []
  const intervalMs = milliseconds(block, 'interval') ?? 1_000
  // The path may stand apart from its sign.
  const file = first === '<' ? rest[0] : first.slice(1)
  const opensFile = first.startsWith('<') && file !== undefined ? file : null
  return {
    name: String(block.values[0]),
    argv: opensFile === null ? argv : [],
    opensFile,
    ...parseAccount(user),
    intervalMs,
    timeoutMs: milliseconds(block, 'timeout') ?? intervalMs,
    rise: numberOf(block, 'rise') ?? 1,
    fall: numberOf(block, 'fall') ?? 1,
    initFail: hasSetting(block, 'init_fail'),
  }
}

function readFile(block: Block): FileTracker {
  const init = settingOf(block, 'init_file')
  const value = typeof init?.values[0] === 'number' ? init.values[0] : 0
  return {
    name: String(block.values[0]),
    path: textOf(block, 'file') ?? '',
    init: init === undefined ? null : { value, overwrite: init.options.has('overwrite') },
  }
}

function readProcess(block: Block): ProcessTracker {
  const [command = '', ...parameters] = settingOf(block, 'process')?.values.map(String) ?? []
  const match = textOf(block, 'param_match')
  // Names of the kernel have no folder and no parameters.
  const byArguments =
    parameters.length > 0 ||
    command.includes('/') ||
    hasSetting(block, 'param_match') ||
    hasSetting(block, 'full_command')
  // Which of these stands last decides, as in keepalived.
  const delayMs = milliseconds(block, 'delay') ?? 0
  const { quorum, quorumMax } = readQuorum(block)
  return {
    name: String(block.values[0]),
    command,
    parameters,
    match: !byArguments ? 'name' : match === 'partial' || match === 'initial' ? match : 'exact',
    quorum,
    quorumMax,
    terminateDelayMs: milliseconds(block, 'terminate_delay') ?? delayMs,
    forkDelayMs: milliseconds(block, 'fork_delay') ?? delayMs,
  }
}

/** Of two that contradict each other the first stands; checks/tracking.ts says so. quorum_max 0 alone: there must be none. */
function readQuorum(block: Block): { quorum: number; quorumMax: number | null } {
  const [least, most] = [settingOf(block, 'quorum'), settingOf(block, 'quorum_max')]
  const quorum = numberOf(block, 'quorum') ?? 1
  const quorumMax = numberOf(block, 'quorum_max') ?? null
  if (quorumMax === null || quorumMax >= quorum) return { quorum, quorumMax }
  if (quorumMax === 0 && quorum === 1) return { quorum: 0, quorumMax }
  const isLeastFirst = least !== undefined && most !== undefined && lineOf(least) < lineOf(most)
  return isLeastFirst ? { quorum, quorumMax: null } : { quorum: Math.min(1, quorumMax), quorumMax }
}

function lineOf({ statement }: Setting): number {
  return wordPosition(statement.keyword).line
}

function milliseconds(block: Block, keyword: string): number | null {
  const seconds = numberOf(block, keyword)
  return seconds === undefined ? null : Math.max(1, Math.round(seconds * 1_000))
}

/** interface_up_down_delays, no longer than an instance can take that uses the interface (see there). */
function readLinkDelays(root: Block, instances: readonly VrrpInstance[], findings: Findings): LinkDelay[] {
  const entries = blocksOf(root, 'interface_up_down_delays').flatMap((block) => block.entries)
  return entries.map((entry) => {
    const [name, down, up] = entry.values
    const device = String(name)
    const mostMs = longestDelayMs(device, instances)
    const delayOf = (value: unknown): number => {
      const wantedMs = typeof value === 'number' ? Math.round(value * 1_000) : 0
      if (wantedMs <= mostMs) return wantedMs
      const message = `interface_up_down_delays: ${wantedMs / 1_000} s for ${device} become ${mostMs / 1_000} s: a backup of an instance on it would take over before`
      const at = wordPosition(entry.statement.keyword)
      findings.warning({ code: 'ROUNDED', at, keyword: 'interface_up_down_delays', message })
      return mostMs
    }
    return { interface: device, downMs: delayOf(down), upMs: delayOf(up) }
  })
}

/** A backup takes over after so many intervals (down_timer_adverts): the master must know of its link one before. */
function longestDelayMs(device: string, instances: readonly VrrpInstance[]): number {
  const users = instances.filter((instance) => instance.interface === device || tracks(instance, device))
  return Math.min(...users.map(({ advertIntervalMs, downTimerAdverts }) => (downTimerAdverts - 1) * advertIntervalMs))
}

function tracks({ tracked }: VrrpInstance, device: string): boolean {
  return tracked.some(({ kind, name }) => kind === 'interface' && name === device)
}

/** The configuration without these vrrp_scripts, and without anybody who tracks them. */
export function withoutScripts(config: Config, names: ReadonlySet<string>): Config {
  if (names.size === 0) return config
  const { trackers, instances } = config
  return {
    ...config,
    trackers: { ...trackers, scripts: trackers.scripts.filter(({ name }) => !names.has(name)) },
    instances: instances.map((instance) => ({
      ...instance,
      tracked: instance.tracked.filter(({ kind, name }) => kind !== 'script' || !names.has(name)),
    })),
  }
}
