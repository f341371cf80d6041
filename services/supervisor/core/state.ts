import type { ProcessName, SupervisorEvent } from '#schemas/supervisor.ts'

/** What the supervisor knows of one process. */
export interface Process {
  phase: 'waiting' | 'running' | 'ending'
  pid: number
  /** Monotonic milliseconds. */
  startedAt: number
  /** When it last showed a sign of life. */
  aliveAt: number
  /** Whether it has beaten since its start. */
  heard: boolean
  restarts: number
  /** Ends in a row within QUICK_MS of the start: the restart delay doubles with each. */
  quickEnds: number
}

/**
 * What is thought of the store of a server that ends at every start. without-store: tried with memory instead; again:
 * it started so, and is tried with its store once more; fresh: it did not, the store was moved aside; failed: nor with
 * a fresh one; innocent: it did not start with memory either. One that answers with its store ends the trial.
 */
export type StoreTrial = 'none' | 'without-store' | 'again' | 'fresh' | 'failed' | 'innocent'

export interface State {
  wanted: ProcessName[]
  processes: Partial<Record<ProcessName, Process>>
  configDigest: string
  /** Digest of the configuration that the log has; null: not known (any more). */
  recorded: string | null
  bootedAt: number
  /** Signal that asked for the stop; null while running. */
  stopping: string | null
  bus: { connected: boolean; since: number; storage: 'file' | 'memory'; trial: StoreTrial }
  tickedAt: number
}

/** What became of reading the configuration file again. */
export type Reading =
  | { ok: true; digest: string; wanted: ProcessName[]; differences: string[] }
  | { ok: false; digest: string; diagnostics: string[] }

export type Input =
  | { type: 'NodeBooted'; at: number; booted: NodeBoot; adopted: Adopted[] }
  | { type: 'ProcessSpawned'; at: number; process: ProcessName; pid: number }
  | {
      type: 'ProcessEnded'
      at: number
      process: ProcessName
      pid: number
      status: number | null
      signal: string | null
    }
  | { type: 'RestartDue'; at: number; process: ProcessName }
  | { type: 'BeatHeard'; at: number; process: ProcessName }
  | { type: 'BusConnectionChanged'; at: number; connected: boolean }
  | { type: 'Ticked'; at: number }
  | { type: 'StoreSeen'; at: number; free: 'enough' | 'none'; stuck: boolean }
  | { type: 'ConfigRead'; at: number; reading: Reading }
  /** The log has been asked for the configuration that it has last. */
  | { type: 'RecordFound'; recorded: string | null }
  | { type: 'StopAsked'; at: number; signal: string }
  | { type: 'PatienceEnded'; at: number; process: ProcessName; pid: number }

export interface NodeBoot {
  version: string
  pid: number
  configFile: string
  configDigest: string
  wanted: ProcessName[]
}

/** A process of an earlier supervisor that is still alive. */
export interface Adopted {
  process: ProcessName
  pid: number
  restarts: number
}

export type Fact =
  /** A configuration is recorded by an effect: it is too large to be carried about. */
  | Exclude<SupervisorEvent, { type: 'ConfigRecorded' }>
  | { type: 'Booted'; at: number; wanted: ProcessName[]; digest: string }
  | { type: 'ProcessKnown'; at: number; process: ProcessName; pid: number; restarts: number; adopted: boolean }
  | { type: 'ProcessGone'; at: number; process: ProcessName; quick: boolean }
  | { type: 'RestartCame'; process: ProcessName }
  | { type: 'SignOfLife'; at: number; process: ProcessName }
  | { type: 'BusSeen'; at: number; connected: boolean }
  | { type: 'Time'; at: number; jumped: boolean }
  | { type: 'WantedChanged'; wanted: ProcessName[]; digest: string }
  | { type: 'RecordKnown'; digest: string }
  | { type: 'RecordMissing'; digest: string }
  | { type: 'EndAsked'; process: ProcessName; pid: number }
  | { type: 'EndForced'; process: ProcessName; pid: number }
  | { type: 'StoreMovedAside' }
  | { type: 'TrialMoved'; to: StoreTrial }
  | { type: 'StopBegun'; signal: string }
  | { type: 'AllEnded' }

export type Effect =
  | { type: 'Spawn'; process: ProcessName; storage: 'file' | 'memory' }
  | { type: 'Signal'; process: ProcessName; pid: number; signal: 'SIGTERM' | 'SIGKILL' | 'SIGHUP' }
  | { type: 'ArmRestart'; process: ProcessName; delayMs: number }
  | { type: 'ArmPatience'; process: ProcessName; pid: number; delayMs: number }
  | { type: 'Watch'; process: ProcessName; pid: number }
  | { type: 'Remember' }
  | { type: 'RecordConfig' }
  | { type: 'MoveStoreAside' }
  | { type: 'Exit' }

/**
 * keepalived's order: resign, remove addresses and services, stop the checks; then what reports, and the log last.
 */
export const STOP_ORDER: ProcessName[] = ['vrrp', 'ipvs', 'checker', 'notifier', 'nats-server']

export function initialState(): State {
  return {
    wanted: [],
    processes: {},
    configDigest: '',
    recorded: null,
    bootedAt: 0,
    stopping: null,
    bus: { connected: false, since: 0, storage: 'file', trial: 'none' },
    tickedAt: 0,
  }
}
