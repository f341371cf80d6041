/** Asks a node to read its configuration again, and waits for what it says to it. */
import { type BusReader, openReader } from '#platform/bus-reader.ts'
import { HaError } from '#platform/errors.ts'
import type { NodeRecord } from '#schemas/node.ts'
import { eventFilter } from '#schemas/subjects.ts'
import { ConfigApplied, ConfigRejected } from '#schemas/supervisor.ts'
import { settingsInForce } from './node.ts'

export type Verdict =
  | { type: 'applied'; digest: string }
  | { type: 'rejected'; diagnostics: string[] }
  /** Nothing was heard in time; `log` false: the log could not be read, and the services have not been told. */
  | { type: 'silent'; log: boolean }

/** @param digest of the configuration that is expected to be applied */
export async function reloadNode(
  node: NodeRecord,
  { stateDir, digest, timeoutMs }: { stateDir: string; digest: string; timeoutMs: number },
): Promise<Verdict> {
  const deadline = Date.now() + timeoutMs
  const log = await openLog(node)
  process.kill(node.pid, 'SIGHUP')
  if (log !== null) {
    const verdict = await withinMs(timeoutMs, verdictIn(log.reader, node, log.head))
    await log.reader.close()
    if (verdict !== 'away') return verdict ?? { type: 'silent', log: true }
  }
  return told(stateDir, digest, deadline)
}

/** null: it cannot be read, which is no reason not to reload. */
async function openLog(node: NodeRecord): Promise<{ reader: BusReader; head: number } | null> {
  try {
    const reader = await openReader(node.bus)
    return { reader, head: await reader.head() }
  } catch (cause) {
    if (isAway(cause)) return null
    throw cause
  }
}

function isAway(cause: unknown): boolean {
  return cause instanceof HaError && cause.code === 'BUS_AWAY'
}

async function verdictIn(reader: BusReader, node: NodeRecord, head: number): Promise<Verdict | 'away'> {
  try {
    for await (const { envelope } of reader.follow({ filter: eventFilter(node, 'supervisor'), since: head + 1 })) {
      const applied = ConfigApplied.safeParse(envelope.data)
      if (applied.success) return { type: 'applied', digest: applied.data.digest }
      const rejected = ConfigRejected.safeParse(envelope.data)
      if (rejected.success) return { type: 'rejected', diagnostics: rejected.data.diagnostics }
    }
  } catch (cause) {
    if (!isAway(cause)) throw cause
  }
  return 'away'
}

async function withinMs<T>(limitMs: number, work: Promise<T>): Promise<T | null> {
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), limitMs)
  const answer = await Promise.race([work, late.promise])
  clearTimeout(timer)
  return answer
}

const LOOK_MS = 50

/** Without the log: what the services are told is on disk before they are. */
async function told(stateDir: string, digest: string, deadline: number): Promise<Verdict> {
  while (settingsInForce(stateDir).configDigest !== digest) {
    if (Date.now() > deadline) return { type: 'silent', log: false }
    await new Promise((done) => setTimeout(done, LOOK_MS))
  }
  return { type: 'applied', digest }
}
