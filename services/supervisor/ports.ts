import type { Config } from '#schemas/config.ts'
import type { NodeRecord } from '#schemas/node.ts'
import type { Identity, Settings } from '#schemas/settings.ts'
import type { ProcessName } from '#schemas/supervisor.ts'

export interface ProcessEnd {
  status: number | null
  signal: string | null
}

/** A command of ours to be run as a process of its own. */
export interface Command {
  argv: string[]
  environment: Record<string, string>
  /** The process changes to it before it starts; null: it does so itself, or stays what we are. */
  identity: Identity | null
  /** Scheduling priority as setpriority(2) counts it, -20 first; 0 leaves it as it is. */
  niceness: number
}

/** Starting, watching and signalling processes. */
export interface Processes {
  /** The process id; null when it could not be started, and `onFailure` will say why (HaError PROCESS_START). */
  spawn(command: Command, on: { onEnd(end: ProcessEnd): void; onFailure(reason: Error): void }): number | null
  /** Watches a process that is not our child; its status is then unknown. */
  watch(pid: number, onEnd: (end: ProcessEnd) => void): void
  /** A process that is gone is not an error. */
  signal(pid: number, signal: NodeJS.Signals): void
}

/** What survives the supervisor on disk, so that the next one can take over. */
export interface NodeFiles {
  readProcesses(): RememberedProcess[]
  writeProcesses(processes: RememberedProcess[]): void
  /** Returns the path; nothing is written when it says the same already. */
  writeSettings(settings: Settings): string
  /** How failoverctl finds the node and its bus. */
  writeNode(node: NodeRecord): void
}

export interface RememberedProcess {
  process: ProcessName
  pid: number
  restarts: number
}

/** A configuration that was read and is good enough to run. */
export interface LoadedConfig {
  config: Config
  digest: string
}
