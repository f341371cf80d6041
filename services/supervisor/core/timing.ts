import type { ProcessName } from '#schemas/supervisor.ts'

/** A process that lived shorter than this crashed at its start, milliseconds. */
export const QUICK_MS = 1_500
/** A service that beats each 500 ms is hung when this long silent. */
export const SILENT_MS = 5_000
/** How long a service may take from its start to its first heartbeat: Node starts slowly on a busy machine. */
export const FIRST_BEAT_MS = 30_000
/** The embedded server is hung when its process lives and no connection to it works for this long. */
export const BUS_SILENT_MS = 10_000
/** What is not needed for the addresses starts when those that are have shown life, or after this long. */
export const LATER_MS = 3_000
/** How long a process may take to end in order before it is killed. */
export const PATIENCE_MS = 5_000
/** Ticks come each second; one this late means that we ourselves stood still. */
export const JUMP_MS = 3_000
/** Quick ends of the embedded server in a row before its store is taken for damaged. */
export const STORE_SUSPECT = 3

/**
 * At once, unless it keeps crashing at its start: then 100 ms, doubling. A service stops at 30 s, so that its deaths
 * cannot flood the log; the server of that log at 2 s, because everybody waits for it.
 */
export function restartDelayMs(process: ProcessName, quickEnds: number): number {
  const longest = process === 'nats-server' ? 2_000 : 30_000
  return quickEnds === 0 ? 0 : Math.min(longest, 100 * 2 ** (quickEnds - 1))
}
